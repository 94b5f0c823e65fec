package io.saddlebag.hq.publish;

import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.PayloadStore.Upload;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;

/**
 * The open uploads, each with the connection that fills it. An upload belongs to its sender, message_id and manifest
 * digest: part 1 on another connection takes it over. Blocks on the disk; safe for any number of threads.
 */
public final class Uploads {
    private final PayloadStore payloads;
    private final FreeSpace space;
    private final Clock clock;
    private final Map<Key, OpenUpload> open = new HashMap<>();
    private final Map<Session, Map<MessageId, OpenUpload>> bySession = new HashMap<>();

    /**
     * @param space refuses what headquarters' disk has no room for
     * @param clock dates the progress of an upload
     */
    public Uploads(PayloadStore payloads, FreeSpace space, Clock clock) {
        this.clock = clock;
        this.payloads = payloads;
        this.space = space;
    }

    private record Key(SiteId sender, MessageId messageId, Sha256 manifestSha256) {
        static Key of(OpenUpload upload) {
            return of(upload.first());
        }

        static Key of(Submission first) {
            Manifest manifest = first.manifest();
            return new Key(manifest.sender().id(), manifest.messageId(), first.manifestSha256());
        }
    }

    /**
     * Opens the upload that the part 1 belongs to, or takes it over from another connection.
     *
     * @throws Refusal {@code QUEUE_FULL} when the connection has too many open, {@code STORAGE_LOW} when there is no
     *     room for the other parts, {@code UPLOAD_LOST} when the connection has ended. A frame that still waits then
     *     takes nothing over from a later connection
     */
    OpenUpload open(Session session, Submission first) throws IOException {
        OpenUpload upload = new OpenUpload(first.judgement(), clock);
        // The lock guards the maps alone, so that waiting for the disk holds up no other upload.
        place(session, upload).forEach(OpenUpload::close);
        try {
            upload.begin(() -> begin(Key.of(first), first));
        } catch (IOException | RuntimeException e) {
            ended(upload);
            throw e;
        }
        return upload;
    }

    /** Returns the uploads that it has replaced, to be closed. */
    private synchronized List<OpenUpload> place(Session session, OpenUpload upload) {
        Submission first = upload.first();
        if (session.isClosed()) {
            throw new Refusal(
                    Code.UPLOAD_LOST,
                    "Expected part 1 of " + first.manifest().messageId()
                            + " on a connection that lasts, found it ended." + " Send part 1 on the next");
        }
        Map<MessageId, OpenUpload> ofSession = bySession.get(session);
        if (ofSession == null) {
            ofSession = new HashMap<>();
            bySession.put(session, ofSession);
            session.onClose(() -> closeLater(session));
        }
        if (ofSession.size() >= session.limits().uploads()
                && !ofSession.containsKey(first.manifest().messageId())) {
            throw new Refusal(
                    Code.QUEUE_FULL,
                    "Expected at most " + session.limits().uploads()
                            + " messages in several parts open on a connection, found one more. Finish one first");
        }
        List<OpenUpload> before = new ArrayList<>();
        OpenUpload same = open.remove(Key.of(first));
        if (same != null) {
            bySession.values().forEach(uploads -> uploads.values().remove(same));
            before.add(same);
        }
        open.put(Key.of(first), upload);
        OpenUpload other = ofSession.put(first.manifest().messageId(), upload);
        if (other != null) {
            forget(other);
            before.add(other);
        }
        return before;
    }

    private Upload begin(Key key, Submission first) throws IOException {
        long size = first.manifest().body().size();
        Upload upload = resumeWhole(key, first, size);
        try {
            requireRoom(key.sender(), size - upload.received(), upload.received());
        } catch (Refusal refusal) {
            if (upload.received() == 0) {
                upload.discard();
            }
            upload.close();
            throw refusal;
        }
        return upload;
    }

    /** @param received of the upload that is being begun */
    private void requireRoom(SiteId sender, long more, long received) throws IOException {
        long left = payloads.leftBy(sender);
        long unfinished = left;
        long present = left + received;
        for (OpenUpload each : openOf(sender)) {
            unfinished += each.first().manifest().body().size();
            present += each.received();
        }
        space.requireRoomFor(more, sender, unfinished, present);
    }

    /** The one that is being begun is among them, with nothing received. */
    private synchronized List<OpenUpload> openOf(SiteId sender) {
        return open.entrySet().stream()
                .filter(each -> each.getKey().sender().equals(sender))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** Closes uploads whose connection brings no more parts. */
    void closeIdle(Predicate<Instant> idle) {
        List<OpenUpload> found;
        synchronized (this) {
            found = open.values().stream()
                    .filter(each -> idle.test(each.progressed()))
                    .toList();
        }
        found.forEach(each -> {
            ended(each);
            each.close();
        });
    }

    /** Resumes after whole parts only. An upload whose last part a crash has cut is begun anew. */
    private Upload resumeWhole(Key key, Submission first, long size) throws IOException {
        Upload upload = resume(key, first, size);
        if (upload.received() % Manifest.PART_SIZE == 0 || upload.received() == size) {
            return upload;
        }
        upload.discard();
        return resume(key, first, size);
    }

    private Upload resume(Key key, Submission first, long size) throws IOException {
        return payloads.upload(key.sender(), key.messageId(), first.frame().envelope(), key.manifestSha256(), size);
    }

    /** @throws Refusal {@code UPLOAD_LOST} when part 1 did not come on this connection, or on another since */
    synchronized OpenUpload find(Session session, PublishFrame part) {
        OpenUpload upload = bySession.getOrDefault(session, Map.of()).get(part.messageId());
        if (upload == null) {
            throw new Refusal(
                    Code.UPLOAD_LOST,
                    "Expected part 1 of " + part.messageId() + " on this connection first, found part "
                            + part.part().number()
                            + ". Send part 1; its receipt says which part is wanted next");
        }
        return upload;
    }

    /** The upload is complete or refused. */
    synchronized void ended(OpenUpload upload) {
        forget(upload);
        bySession.values().forEach(uploads -> uploads.values().remove(upload));
    }

    private void forget(OpenUpload upload) {
        open.remove(Key.of(upload), upload);
    }

    /** Behind the parts that still wait their turn on the session, where it may block. */
    private void closeLater(Session session) {
        try {
            session.inOrder().execute(() -> close(session));
        } catch (RejectedExecutionException e) {
            close(session);
        }
    }

    private void close(Session session) {
        leave(session).forEach(OpenUpload::close);
    }

    private synchronized Collection<OpenUpload> leave(Session session) {
        Map<MessageId, OpenUpload> uploads = bySession.remove(session);
        if (uploads == null) {
            return List.of();
        }
        uploads.values().forEach(this::forget);
        return uploads.values();
    }
}
