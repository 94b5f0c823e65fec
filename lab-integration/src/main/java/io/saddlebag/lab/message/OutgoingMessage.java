package io.saddlebag.lab.message;

import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * One claimed file as the journal knows it.
 *
 * @param number in the order of claiming, from 1
 * @param messageId the id under which it travels
 * @param claim what was known when it was claimed
 * @param state where it stands
 * @param size of the content in bytes; of an older version's rows 0 until it was digested
 * @param sha256 of the content; null until it was digested
 * @param manifest the manifest's JSON; null until it is sealed, and again once it is settled
 * @param envelope the manifest's DSSE envelope; null until it is signed, and again once it is settled
 * @param formerId the id that it was claimed under, when headquarters turned out to have another message of that id;
 *     null for most
 */
public record OutgoingMessage(
        long number,
        MessageId messageId,
        Claim claim,
        State state,
        long size,
        Sha256 sha256,
        byte[] manifest,
        byte[] envelope,
        MessageId formerId) {
    /** In bytes of content. */
    private static final int SMALL = 32 * 1024;

    /** One that has the id of its claim. */
    public OutgoingMessage(
            long number,
            MessageId messageId,
            Claim claim,
            State state,
            long size,
            Sha256 sha256,
            byte[] manifest,
            byte[] envelope) {
        this(number, messageId, claim, state, size, sha256, manifest, envelope, null);
    }

    public OutgoingMessage {
        Objects.requireNonNull(messageId, "message id");
        Objects.requireNonNull(claim, "claim");
        Objects.requireNonNull(state, "state");
    }

    /**
     * @param routeId the drop folder's route
     * @param folder where it was dropped, see {@code LabFolders.nameOf}; null in rows of an older version
     * @param fileName as dropped
     * @param contentType an IANA media type
     * @param recipients whom it is for, in the route's order
     * @param sentTimestamp when it was claimed, UTC
     * @param look of the file when it was found complete; null in rows of an older version
     */
    public record Claim(
            String routeId,
            String folder,
            String fileName,
            String contentType,
            List<SiteId> recipients,
            Instant sentTimestamp,
            FileLook look) {
        public Claim {
            Objects.requireNonNull(routeId, "route id");
            Objects.requireNonNull(fileName, "file name");
            Objects.requireNonNull(contentType, "content type");
            Objects.requireNonNull(sentTimestamp, "sent timestamp");
            recipients = List.copyOf(recipients);
        }
    }

    /** The states, each with one way on: claimed, sealed, then sent or failed. */
    public enum State {
        /** The file lies in the work folder. */
        CLAIMED,
        /** The sealed message and its manifest are durable; from here on the same bytes are sent, however often. */
        SEALED,
        /** Headquarters has confirmed it. */
        SENT,
        /** It was refused, here or by headquarters. */
        FAILED
    }

    /** Whether content and sealed message are held in memory and the journal, and not in files of their own. */
    public boolean isSmall() {
        return size <= SMALL;
    }

    /** Whether a folder may have been dropped, which travels as a tar; a file may be one too. */
    public boolean mayBeFolder() {
        return Message.TAR.equals(claim.contentType());
    }

    public boolean isSettled() {
        return state == State.SENT || state == State.FAILED;
    }

    /** For logs: no content, no file name. */
    @Override
    public String toString() {
        return messageId + " " + state;
    }
}
