package io.saddlebag.lab.drop;

import io.saddlebag.files.DroppedName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * The claims that the journal has not committed yet, or whose file is on its way into the work folder. They share
 * commits; their number is bounded, so that a full folder takes no more memory. No file of the same name is judged
 * meanwhile. For any number of threads.
 */
final class ClaimsUnderWay {
    private static final int MOST = 256;

    private final Semaphore room = new Semaphore(MOST);
    private final Map<Object, CompletableFuture<Void>> byName = new ConcurrentHashMap<>();

    /**
     * Waits for room.
     *
     * @return to be run when the claim is over, however it ends
     */
    Runnable begin(DroppedName name) throws InterruptedException {
        room.acquire();
        CompletableFuture<Void> end = new CompletableFuture<>();
        namesOf(name).forEach(each -> byName.put(each, end));
        return () -> {
            namesOf(name).forEach(each -> byName.remove(each, end));
            room.release();
            end.complete(null);
        };
    }

    /** Returns when none is under way of the same file name or message_id. */
    void awaitThoseOf(DroppedName name) {
        for (Object each : namesOf(name)) {
            CompletableFuture<Void> end = byName.get(each);
            if (end != null) {
                end.join();
            }
        }
    }

    private static List<Object> namesOf(DroppedName name) {
        return name.messageId() == null ? List.of(name.fileName()) : List.of(name.fileName(), name.messageId());
    }
}
