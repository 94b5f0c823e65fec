package io.saddlebag.hq.publish;

import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.Publication;
import io.saddlebag.hq.store.Publication.Target;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Sha256;
import java.time.Instant;
import java.util.List;
import org.apache.camel.Exchange;

/**
 * What the steps of the publish route learn about one frame, each adding its part. Belongs to one exchange; one thread at
 * a time.
 */
public final class Submission {
    /** The exchange property that holds it. */
    public static final String PROPERTY = "submission";

    private final PublishFrame frame;
    private Manifest manifest;
    private Sha256 manifestSha256;
    private List<Target> targets;
    private OpenUpload upload;
    private PayloadRef payload;
    private int nextPart;
    private boolean committedBefore;

    Submission(PublishFrame frame) {
        this.frame = frame;
    }

    /** The submission of an exchange that {@link ReadSend} has seen. */
    public static Submission of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, Submission.class);
    }

    /** What part 1 was judged by, to be kept while the other parts come: without its bytes. */
    Submission judgement() {
        Submission judgement = new Submission(frame.withoutBytes());
        judgement.signed(manifest, manifestSha256);
        judgement.routed(targets);
        return judgement;
    }

    public PublishFrame frame() {
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

    /** Null for a part after the first, and for a repeat that leads nowhere any more. */
    List<Target> targets() {
        return targets;
    }

    /** It is a repeat of what is committed, to be confirmed and not to be stored. */
    void committedBefore() {
        committedBefore = true;
    }

    boolean isCommittedBefore() {
        return committedBefore;
    }

    /** The upload that the part belongs to; what part 1 was judged by counts for the others too. */
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

    void next(int part) {
        nextPart = part;
    }

    /** The part that headquarters wants next; 0 when that is not settled yet. */
    public int nextPart() {
        return nextPart;
    }

    /** For the route: whether the message is whole now and can be committed. */
    public boolean isWhole() {
        return frame.parts() == 1 || payload != null;
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
