package io.saddlebag.lab;

import io.saddlebag.folder.DroppedName;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * The claims that the journal has not committed yet, or whose file is on its way into the work folder: so many at once, so
 * that they share commits and no folder, however full, takes more memory. Nothing of the same name is judged meanwhile. For
 * any number of threads.
 */
final class ClaimsUnderWay {
    private static final int MOST = 256;

    private final Semaphore room = new Semaphore(MOST);
    private final Map<Object, CompletableFuture<?>> byName = new ConcurrentHashMap<>();

    /** Waits for room. */
    void awaitRoom() throws InterruptedException {
        room.acquire();
    }

    /** After {@link #awaitRoom}: this one is under way until it is done, however it ends. */
    void begun(DroppedName name, CompletableFuture<?> claim) {
        Object id = name.messageId() == null ? name.fileName() : name.messageId();
        byName.put(name.fileName(), claim);
        byName.put(id, claim);
        claim.whenComplete((done, failure) -> {
            byName.remove(name.fileName(), claim);
            byName.remove(id, claim);
            room.release();
        });
    }

    /** Returns when none is under way of the same file name or message_id. */
    void awaitThoseOf(DroppedName name) {
        await(byName.get(name.fileName()));
        if (name.messageId() != null) {
            await(byName.get(name.messageId()));
        }
    }

    private static void await(CompletableFuture<?> claim) {
        if (claim != null) {
            claim.handle((done, failure) -> null).join();
        }
    }
}
