package io.saddlebag.lab.outgoing;

import io.saddlebag.log.ProgressLog;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.Part;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.OneConnection;
import io.saddlebag.stomp.client.PartWindow;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * One upload of a message to headquarters. For a message in several parts the manifest is sent first, without a part.
 * Its receipt names the part that headquarters wants, since an earlier connection may have brought some. From there on
 * the parts go within the connection's {@link PartWindow}, in turns with those of other uploads. Started once.
 */
final class PartUpload {
    /** Headquarters gives these before anything of a message of one part is stored; none is sent for a frame that it took. */
    private static final Set<Refusal.Code> NOT_TAKEN = Set.of(
            Refusal.Code.QUEUE_FULL, Refusal.Code.STORAGE_LOW, Refusal.Code.CLOCK_DOUBTFUL, Refusal.Code.LIST_STALE);

    private final Manifest manifest;
    private final byte[] envelope;
    private final Sealed sealed;
    private final OneConnection connection;
    private final Executor workers;
    private final Runnable wanted;
    private final ProgressLog progress;
    private final CompletableFuture<Void> confirmed = new CompletableFuture<>();
    /** True while headquarters surely lacks a part, also when all frames under way arrive. */
    private boolean isIncomplete;

    /** True when an earlier attempt of this process has sent the last part. */
    private final boolean mayBeWhole;

    private int next;
    private int underWay;

    /**
     * The sealed message.
     *
     * @param bytes null when it is the file
     */
    record Sealed(byte[] bytes, Path file) {}

    /**
     * @param left in earlier attempts
     * @param wanted runs before each part while that is so; throws when the message is not to be sent any more
     */
    PartUpload(
            Manifest manifest,
            byte[] envelope,
            Sealed sealed,
            OneConnection connection,
            Executor workers,
            WithdrawSteps.Left left,
            Runnable wanted,
            ProgressLog progress) {
        this.manifest = manifest;
        this.envelope = envelope;
        this.sealed = sealed;
        this.connection = connection;
        this.workers = workers;
        this.isIncomplete = left == WithdrawSteps.Left.INCOMPLETE;
        this.mayBeWhole = left == WithdrawSteps.Left.MAYBE_WHOLE;
        this.wanted = wanted;
        this.progress = progress;
    }

    /** Completes when headquarters has confirmed the whole; by a thread of the link or a worker. */
    CompletableFuture<Void> start() {
        try {
            requireWanted();
            StompFrame first = manifest.parts() == 1 ? part(1) : frame(1, envelope);
            connection.request(first).whenCompleteAsync(this::firstReceipt, workers);
        } catch (IOException | RuntimeException e) {
            confirmed.completeExceptionally(e);
        }
        return confirmed;
    }

    private void firstReceipt(StompFrame receipt, Throwable failure) {
        if (failure != null) {
            confirmed.completeExceptionally(failure);
        } else if (manifest.parts() == 1) {
            confirmed.complete(null);
        } else {
            try {
                next = nextPart(receipt);
                progress.resumed((next - 1L) * Manifest.PART_SIZE);
                // Headquarters has a part and wants more: only an upload that it has not committed is in that state.
                isIncomplete = next <= manifest.parts() && (isIncomplete || next > 1 && !mayBeWhole);
                sendOn();
            } catch (RuntimeException e) {
                confirmed.completeExceptionally(e);
            }
        }
    }

    private int nextPart(StompFrame receipt) {
        String text = receipt.header(Headers.NEXT_PART);
        int part = text != null && text.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(text) : 0;
        if (part < 1 || part > manifest.parts() + 1) {
            throw new Refusal(
                    Refusal.Code.MALFORMED,
                    "Expected " + Headers.NEXT_PART + " from 1 to " + (manifest.parts() + 1)
                            + " on the receipt of the manifest, found '" + Printable.of(text)
                            + "'; is headquarters of another version?");
        }
        return part;
    }

    private synchronized void sendOn() {
        if (next <= manifest.parts()) {
            connection.parts().turn(length(next)).thenAcceptAsync(this::sendPart, workers);
        } else if (underWay == 0) {
            confirmed.complete(null);
        }
    }

    private synchronized void sendPart(PartWindow.Turn turn) {
        if (confirmed.isDone()) {
            turn.over();
            return;
        }
        try {
            requireWanted();
            StompFrame frame = part(next);
            isIncomplete &= next < manifest.parts();
            next++;
            underWay++;
            connection
                    .request(frame)
                    // Not on a worker, so that the failure of the first part is the one reported.
                    .whenComplete((receipt, failure) -> {
                        turn.over();
                        failAtOnce(failure);
                    })
                    .whenCompleteAsync(this::laterReceipt, workers);
            turn.sent();
            if (next <= manifest.parts()) {
                sendOn();
            }
        } catch (IOException | RuntimeException e) {
            turn.over();
            confirmed.completeExceptionally(e);
        }
    }

    private void requireWanted() {
        if (isIncomplete) {
            wanted.run();
        }
    }

    /** The part of the message that has left with this upload, which failed. */
    synchronized WithdrawSteps.Left leftAfter(Throwable failure) {
        boolean isNotTaken = failure instanceof Refusal refusal && NOT_TAKEN.contains(refusal.code());
        if (isIncomplete && (manifest.parts() > 1 || isNotTaken)) {
            return WithdrawSteps.Left.INCOMPLETE;
        }
        boolean hasSentLast = manifest.parts() == 1 ? !isNotTaken : next > manifest.parts();
        return hasSentLast || mayBeWhole ? WithdrawSteps.Left.MAYBE_WHOLE : WithdrawSteps.Left.UNKNOWN;
    }

    private void failAtOnce(Throwable failure) {
        if (failure != null) {
            confirmed.completeExceptionally(failure);
        }
    }

    private synchronized void laterReceipt(StompFrame receipt, Throwable failure) {
        underWay--;
        if (failure != null) {
            confirmed.completeExceptionally(failure);
        } else {
            progress.add(Manifest.PART_SIZE);
            if (underWay == 0 && next > manifest.parts()) {
                confirmed.complete(null);
            }
        }
    }

    private StompFrame part(int part) throws IOException {
        return frame(part, body(part, part == 1 ? envelope : new byte[0]));
    }

    private StompFrame frame(int part, byte[] body) {
        return StompFrame.of(StompCommand.SEND)
                .header(
                        Headers.DESTINATION,
                        Headers.EXCHANGE_PREFIX + manifest.routing().exchange())
                .header(Headers.ROUTING_KEY, String.join(",", manifest.routing().routingKeys()))
                .header(Headers.MESSAGE_ID, manifest.messageId().value())
                .header(Headers.SENDER_ID, manifest.sender().id().value())
                .header(Headers.SENT_TIMESTAMP, manifest.sentTimestamp().toString())
                .header(
                        Headers.RECEIVER_CLIENT_ID,
                        manifest.recipients().stream()
                                .map(Manifest.Recipient::id)
                                .map(SiteId::value)
                                .collect(Collectors.joining(",")))
                .header(Headers.PART, new Part(part, manifest.parts()).toString())
                .header(Headers.MANIFEST_LENGTH, part == 1 ? Integer.toString(envelope.length) : null)
                .header(Headers.CONTENT_LENGTH, body.length)
                .body(body)
                .build();
    }

    private static long offset(int part) {
        return (long) (part - 1) * Manifest.PART_SIZE;
    }

    private int length(int part) {
        return (int) Math.min(Manifest.PART_SIZE, manifest.body().size() - offset(part));
    }

    private byte[] body(int part, byte[] head) throws IOException {
        long offset = offset(part);
        int length = length(part);
        ByteBuffer body = ByteBuffer.allocate(head.length + length).put(head);
        if (sealed.bytes() != null) {
            return body.put(sealed.bytes(), (int) offset, length).array();
        }
        try (FileChannel channel = FileChannel.open(sealed.file(), StandardOpenOption.READ)) {
            while (body.hasRemaining()) {
                if (channel.read(body, offset + body.position() - head.length) < 0) {
                    throw new EOFException(sealed.file() + ": expected "
                            + manifest.body().size() + " bytes, found its end at " + channel.size());
                }
            }
        } catch (NoSuchFileException | EOFException e) {
            throw new Refusal(
                    Refusal.Code.BAD_FILE,
                    "Expected the sealed message in the work folder as it was written, found it missing or cut short ("
                            + e.getMessage() + "). Drop the file again",
                    e);
        }
        return body.array();
    }
}
