package io.saddlebag.rc.work;

import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The opening of one delivery while its parts still come in. It may be discarded at any time: the delivery is then opened
 * once all parts are there. A thread of {@code OpenAhead} does the work. The thread that handles the delivery's frames calls
 * the other methods; {@link #take} and {@link #discard} wait until the work has ended.
 */
public final class OpeningAhead {
    private final GrowingParts parts;
    private final CompletableFuture<OpenedSeal> end = new CompletableFuture<>();
    /** Null until it is begun. */
    private Sha256 manifestSha256;

    private boolean taken;

    public OpeningAhead(GrowingParts parts) {
        this.parts = parts;
    }

    /** The parts; abandoned when this is discarded. */
    public GrowingParts parts() {
        return parts;
    }

    /**
     * Begins the opening under that manifest; once. The caller must call {@link #end} too.
     *
     * @return false when it was discarded before; it has ended then
     */
    public synchronized boolean begin(Sha256 manifest) {
        manifestSha256 = manifest;
        return !end.isDone();
    }

    /**
     * The work has ended.
     *
     * @param opened null when it failed; the work folder holds nothing of it then
     */
    public void end(OpenedSeal opened) {
        end.complete(opened);
    }

    /** Runs the action when it has ended, on the thread that ended it; on the caller's when it has ended before. */
    public void whenEnded(Runnable action) {
        end.whenComplete((opened, failure) -> action.run());
    }

    /**
     * Takes the opened message, which the caller owns then. Once the last part is there.
     *
     * @param manifest whose digest of the sealed message is right
     * @return null when it was never begun, discarded, failed, or opened under another manifest; the work folder holds
     *     nothing of it then
     */
    public synchronized OpenedSeal take(Sha256 manifest) throws IOException {
        OpenedSeal opened = manifest.equals(manifestSha256) ? await() : null;
        if (opened == null || parts.isAbandoned()) {
            discard();
            return null;
        }
        taken = true;
        return opened;
    }

    /** Aborts it, and deletes the opened file unless it was taken. A second call does nothing. */
    public synchronized void discard() throws IOException {
        parts.abandon();
        if (manifestSha256 == null) {
            end.complete(null);
        }
        OpenedSeal opened = await();
        if (opened != null && !taken) {
            Files.deleteIfExists(opened.file());
        }
    }

    private OpenedSeal await() throws InterruptedIOException {
        try {
            return end.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a seal was opened");
        } catch (ExecutionException e) {
            throw new IllegalStateException("Expected an opening to end with a result", e);
        }
    }
}
