package io.saddlebag.lab.message;

import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Instant;
import java.util.List;

/**
 * One claimed file as the journal knows it.
 *
 * @param number in the order of claiming, from 1
 * @param messageId the id under which it travels
 * @param claim what was known when it was claimed
 * @param state see {@link State}
 * @param size of the content in bytes
 * @param sha256 of the content; null until it was digested
 * @param manifest the manifest's JSON; null until it is sealed, and again once it is settled
 * @param envelope the manifest's DSSE envelope; null until it is signed, and again once it is settled
 * @param formerId the id of its claim, when headquarters had another message of that id; null for most
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

    /**
     * @param routeId the drop folder's route
     * @param folder where it was dropped, see {@link io.saddlebag.site.SiteHome#nameOf}
     * @param fileName as dropped
     * @param contentType an IANA media type
     * @param recipients in the route's order
     * @param sentTimestamp when it was claimed, UTC
     * @param look of the file when it was found complete
     * @param receiptSecret of this claim, the same in every seal of it
     */
    public record Claim(
            String routeId,
            String folder,
            String fileName,
            String contentType,
            List<SiteId> recipients,
            Instant sentTimestamp,
            FileLook look,
            ReceiptSecret receiptSecret) {
        public Claim {
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

    /** A new claim. */
    public static OutgoingMessage claimed(long number, MessageId messageId, Claim claim) {
        long size = claim.look().size();
        return new OutgoingMessage(number, messageId, claim, State.CLAIMED, size, null, null, null, null);
    }

    public OutgoingMessage digested(ContentDigest content) {
        return new OutgoingMessage(
                number, messageId, claim, State.CLAIMED, content.size(), content.sha256(), null, null, null);
    }

    /** @param json of the manifest */
    public OutgoingMessage sealed(byte[] json) {
        return new OutgoingMessage(number, messageId, claim, State.SEALED, size, sha256, json, null, null);
    }

    public OutgoingMessage signed(byte[] signedManifest) {
        return new OutgoingMessage(number, messageId, claim, state, size, sha256, manifest, signedManifest, null);
    }

    /** Claimed again, under another id. */
    public OutgoingMessage renamed(MessageId next) {
        return new OutgoingMessage(number, next, claim, State.CLAIMED, size, null, null, null, messageId);
    }

    /** True if content and sealed message are held in memory and the journal, and not in files of their own. */
    public boolean isSmall() {
        return size <= SMALL;
    }

    /** True if a folder may have been dropped, which travels as a tar; a file may be a tar too. */
    public boolean mayBeFolder() {
        return Message.TAR.equals(claim.contentType());
    }

    public boolean isSettled() {
        return state == State.SENT || state == State.FAILED;
    }

    /** For a log that people search by the name of their file: the id, and the name where the id is not its beginning. */
    public String named() {
        return named(messageId, claim.fileName());
    }

    public static String named(MessageId messageId, String fileName) {
        return fileName.startsWith(messageId.value())
                ? messageId.value()
                : messageId + " (" + Printable.of(fileName) + ")";
    }

    /** For logs: no content, no file name. */
    @Override
    public String toString() {
        return messageId + " " + state;
    }
}
