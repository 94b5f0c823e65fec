package io.saddlebag.hq.publish;

import io.saddlebag.hq.store.MessageStore.StoredMessage;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.Publication;
import io.saddlebag.hq.store.Publication.Target;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import java.time.Instant;
import java.util.List;
import org.apache.camel.Exchange;

/** One SEND and all that the steps of the publish routes have learned about it. Belongs to one exchange; not thread-safe. */
final class Submission {
    /** The exchange property that holds it. */
    static final String PROPERTY = "submission";

    private final PublishFrame frame;
    private Manifest manifest;
    private Sha256 manifestSha256;
    private List<Target> targets;
    private OpenUpload upload;
    private PayloadRef payload;
    private boolean committedBefore;

    Submission(PublishFrame frame) {
        this.frame = frame;
    }

    /** The submission that {@link JudgeSteps#readSend} has made. */
    static Submission of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, Submission.class);
    }

    /** The same without the bytes of the sealed message, to be kept while the other parts come. */
    Submission judgement() {
        Submission judgement = new Submission(frame.withoutBytes());
        judgement.signed(manifest, manifestSha256);
        judgement.routed(targets);
        return judgement;
    }

    PublishFrame frame() {
        return frame;
    }

    /** Read from a verified envelope. */
    void signed(Manifest verified, Sha256 sha256) {
        manifest = verified;
        manifestSha256 = sha256;
    }

    Manifest manifest() {
        return manifest;
    }

    Sha256 manifestSha256() {
        return manifestSha256;
    }

    void routed(List<Target> found) {
        targets = found;
    }

    /** Null for a part after the first, and for a repeat whose targets the topology no longer has. */
    List<Target> targets() {
        return targets;
    }

    /** It repeats a committed message: it is confirmed and not stored. */
    void committedBefore() {
        committedBefore = true;
    }

    boolean isCommittedBefore() {
        return committedBefore;
    }

    /** The upload that the part belongs to. The judgement of part 1 counts for the other parts too. */
    void belongsTo(OpenUpload open) {
        upload = open;
    }

    OpenUpload upload() {
        return upload;
    }

    /** All bytes are here and durable. */
    void uploaded(PayloadRef complete) {
        payload = complete;
    }

    PayloadRef payload() {
        return payload;
    }

    boolean isWhole() {
        return frame.part().count() == 1 || payload != null;
    }

    /** Headquarters has stored the same manifest under its message_id. */
    boolean isRepeatOf(StoredMessage stored) {
        return stored.manifestSha256().equals(manifestSha256);
    }

    /** The refusal when headquarters has stored another manifest under the message_id. */
    Refusal conflict() {
        return new Refusal(
                Code.CONFLICT,
                "Expected the manifest that " + manifest.messageId()
                        + " was committed with, found another. Send a correction under its own message_id, such as "
                        + manifest.messageId() + "_r2");
    }

    Publication publication(Instant received) {
        return new Publication(
                manifest.messageId(),
                manifest.sender().id(),
                frame.exchange(),
                manifest.sentTimestamp(),
                received,
                manifest.expires(),
                frame.envelope(),
                manifestSha256,
                manifest.body().sha256(),
                manifest.body().size(),
                targets);
    }
}
