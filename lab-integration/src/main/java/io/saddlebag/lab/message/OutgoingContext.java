package io.saddlebag.lab.message;

import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.MessageSealer;
import java.util.Map;
import org.apache.camel.Exchange;

/**
 * One attempt to send a message, as the steps of {@code hq-publish} know it, each adding its part. Belongs to one
 * exchange; one thread at a time.
 */
public final class OutgoingContext {
    /**
     * The exchange property by which the routes choose: {@code new} or {@code duplicate} of a dropped file; {@code
     * sent}, {@code next-id} or {@code refused} of a message that is in conflict.
     */
    public static final String VERDICT = "verdict";

    /** The message's state as the routes read it: {@code claimed}, {@code sealed} or {@code signed}. */
    private static final String STATE = "state";

    private static final String PROPERTY = "outgoing";

    private OutgoingMessage message;
    private Map<SiteId, KeyBundle.Key> keys;
    private ContentDigest digested;
    private byte[] content;
    private byte[] sealed;
    private MessageSealer.Sealed facts;
    private SiteIdentity signer;
    private Manifest manifest;
    private SentManifest held;

    public static OutgoingContext of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, OutgoingContext.class);
    }

    public static OutgoingMessage message(Exchange exchange) {
        return of(exchange).message;
    }

    /** Sets the message in its present state; begins the attempt when it is the first. */
    public static OutgoingContext message(Exchange exchange, OutgoingMessage message) {
        OutgoingContext context = of(exchange);
        if (context == null) {
            context = new OutgoingContext();
            exchange.setProperty(PROPERTY, context);
        }
        context.message = message;
        exchange.setProperty(
                STATE,
                message.state() == OutgoingMessage.State.CLAIMED
                        ? "claimed"
                        : message.envelope() == null ? "sealed" : "signed");
        return context;
    }

    public OutgoingMessage message() {
        return message;
    }

    /** The current key of each recipient. */
    public Map<SiteId, KeyBundle.Key> keys() {
        return keys;
    }

    public void keys(Map<SiteId, KeyBundle.Key> found) {
        keys = found;
    }

    /** The digest of the content, by this attempt; null when it was sealed in an earlier one. */
    public ContentDigest digested() {
        return digested;
    }

    public void digested(ContentDigest found) {
        digested = found;
    }

    /** The content as it was digested; null when it is too large to be held, and again once it is sealed. */
    public byte[] content() {
        return content;
    }

    public void content(byte[] whole) {
        content = whole;
    }

    /** The sealed message; null when it is a file, or was made in an earlier attempt. */
    public byte[] sealed() {
        return sealed;
    }

    public MessageSealer.Sealed facts() {
        return facts;
    }

    /** The identity that the seal binds the message to, and that signs it; null when it was sealed in an earlier attempt. */
    public SiteIdentity signer() {
        return signer;
    }

    /** @param inMemory null when the sealed message is a file */
    public void sealed(MessageSealer.Sealed made, byte[] inMemory, SiteIdentity boundTo) {
        facts = made;
        signer = boundTo;
        sealed = inMemory;
        content = null;
    }

    /** The message's manifest; null when it was made in an earlier attempt. */
    public Manifest manifest() {
        return manifest;
    }

    public void manifest(Manifest made) {
        manifest = made;
    }

    /** The manifest that headquarters has under the message's id; null when none is known. */
    public SentManifest held() {
        return held;
    }

    public void held(SentManifest found) {
        held = found;
    }
}
