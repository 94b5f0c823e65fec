package io.saddlebag.lab.message;

import io.saddlebag.files.DroppedName;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.message.Manifest;
import org.apache.camel.Exchange;

/** What the steps of the lab's routes hand on to each other, as exchange properties. */
public final class LabExchange {
    /** The drop route's recipients, comma separated. */
    public static final String RECIPIENTS = "recipients";
    /** The drop route's media type, or {@link #BY_NAME}. */
    public static final String CONTENT_TYPE = "contentType";

    public static final String BY_NAME = "by-name";
    /** The drop route's way with names that are no message_id: {@code strict}, or {@link #ASSIGN}. */
    public static final String NAMING = "naming";

    public static final String ASSIGN = "assign";
    /** Whether the drop route sends the files of a stem together: {@code none}, or {@link #STEM}. */
    public static final String GROUP = "group";

    public static final String STEM = "stem";
    /** The TYPE of the ids that the drop route assigns. */
    public static final String TYPE = "type";
    /** What {@code CompareWithEarlier} found: {@code new} or {@code duplicate}; later, what {@code JudgeConflict} did. */
    public static final String VERDICT = "verdict";
    /** The message's state as the routes read it: {@code claimed}, {@code sealed} or {@code signed}. */
    static final String STATE = "state";

    private static final String DROPPED = "dropped";
    private static final String DROPPED_NAME = "droppedName";
    private static final String DROPPED_LOOK = "droppedLook";
    private static final String OUTGOING = "outgoing";
    private static final String MANIFEST = "manifest";
    private static final String CONTENT = "content";
    private static final String SEALED = "sealed";
    private static final String HELD = "held";

    private LabExchange() {}

    public static void dropped(Exchange exchange, Dropped dropped) {
        exchange.setProperty(DROPPED, dropped);
    }

    public static Dropped dropped(Exchange exchange) {
        return exchange.getProperty(DROPPED, Dropped.class);
    }

    public static void droppedName(Exchange exchange, DroppedName name) {
        exchange.setProperty(DROPPED_NAME, name);
    }

    public static void droppedLook(Exchange exchange, FileLook look) {
        exchange.setProperty(DROPPED_LOOK, look);
    }

    /** How the dropped file looked when it was judged. */
    public static FileLook droppedLook(Exchange exchange) {
        return exchange.getProperty(DROPPED_LOOK, FileLook.class);
    }

    /** Null before the name was judged, or when it was refused. */
    public static DroppedName droppedName(Exchange exchange) {
        return exchange.getProperty(DROPPED_NAME, DroppedName.class);
    }

    /** Whether the files of a stem travel together. */
    public static boolean isByStem(Exchange exchange) {
        return STEM.equals(exchange.getProperty(GROUP, String.class));
    }

    public static void outgoing(Exchange exchange, OutgoingMessage message) {
        exchange.setProperty(OUTGOING, message);
        String state = message.state() == OutgoingMessage.State.CLAIMED
                ? "claimed"
                : message.envelope() == null ? "sealed" : "signed";
        exchange.setProperty(STATE, state);
    }

    public static void manifest(Exchange exchange, Manifest manifest) {
        exchange.setProperty(MANIFEST, manifest);
    }

    /** The message's manifest; null when it was made in an earlier attempt. */
    public static Manifest manifest(Exchange exchange) {
        return exchange.getProperty(MANIFEST, Manifest.class);
    }

    public static void content(Exchange exchange, byte[] content) {
        exchange.setProperty(CONTENT, content);
    }

    /** The content as it was digested; null when it is too large to be held. */
    public static byte[] content(Exchange exchange) {
        return exchange.getProperty(CONTENT, byte[].class);
    }

    public static void sealed(Exchange exchange, byte[] sealed) {
        exchange.setProperty(SEALED, sealed);
    }

    /** The sealed message; null when it is a file, or was made in an earlier attempt. */
    public static byte[] sealed(Exchange exchange) {
        return exchange.getProperty(SEALED, byte[].class);
    }

    public static void held(Exchange exchange, SentManifest manifest) {
        exchange.setProperty(HELD, manifest);
    }

    /** What headquarters has under the message's id, when it turned out to have it; null otherwise. */
    public static SentManifest held(Exchange exchange) {
        return exchange.getProperty(HELD, SentManifest.class);
    }

    public static OutgoingMessage outgoing(Exchange exchange) {
        return exchange.getProperty(OUTGOING, OutgoingMessage.class);
    }
}
