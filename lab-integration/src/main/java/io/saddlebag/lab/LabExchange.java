package io.saddlebag.lab;

import io.saddlebag.folder.Dropped;
import io.saddlebag.folder.DroppedName;
import io.saddlebag.message.Manifest;
import org.apache.camel.Exchange;

/** What the steps of the lab's routes hand on to each other, as exchange properties. */
final class LabExchange {
    /** The drop route's recipients, comma separated. */
    static final String RECIPIENTS = "recipients";
    /** The drop route's media type, or {@link #BY_NAME}. */
    static final String CONTENT_TYPE = "contentType";

    static final String BY_NAME = "by-name";
    /** The drop route's way with names that are no message_id: {@code strict}, or {@link #ASSIGN}. */
    static final String NAMING = "naming";

    static final String ASSIGN = "assign";
    /** Whether the drop route sends the files of a stem together: {@code none}, or {@link #STEM}. */
    static final String GROUP = "group";

    static final String STEM = "stem";
    /** The TYPE of the ids that the drop route assigns. */
    static final String TYPE = "type";
    /** What {@link CompareWithEarlier} found: {@code new} or {@code duplicate}; later, what {@link JudgeConflict} did. */
    static final String VERDICT = "verdict";
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

    static void dropped(Exchange exchange, Dropped dropped) {
        exchange.setProperty(DROPPED, dropped);
    }

    static Dropped dropped(Exchange exchange) {
        return exchange.getProperty(DROPPED, Dropped.class);
    }

    static void droppedName(Exchange exchange, DroppedName name) {
        exchange.setProperty(DROPPED_NAME, name);
    }

    static void droppedLook(Exchange exchange, FileLook look) {
        exchange.setProperty(DROPPED_LOOK, look);
    }

    /** How the dropped file looked when it was judged. */
    static FileLook droppedLook(Exchange exchange) {
        return exchange.getProperty(DROPPED_LOOK, FileLook.class);
    }

    /** Null before the name was judged, or when it was refused. */
    static DroppedName droppedName(Exchange exchange) {
        return exchange.getProperty(DROPPED_NAME, DroppedName.class);
    }

    /** Whether the files of a stem travel together. */
    static boolean isByStem(Exchange exchange) {
        return STEM.equals(exchange.getProperty(GROUP, String.class));
    }

    static void outgoing(Exchange exchange, OutgoingMessage message) {
        exchange.setProperty(OUTGOING, message);
        String state = message.state() == OutgoingMessage.State.CLAIMED
                ? "claimed"
                : message.envelope() == null ? "sealed" : "signed";
        exchange.setProperty(STATE, state);
    }

    static void manifest(Exchange exchange, Manifest manifest) {
        exchange.setProperty(MANIFEST, manifest);
    }

    /** The message's manifest; null when it was made in an earlier attempt. */
    static Manifest manifest(Exchange exchange) {
        return exchange.getProperty(MANIFEST, Manifest.class);
    }

    static void content(Exchange exchange, byte[] content) {
        exchange.setProperty(CONTENT, content);
    }

    /** The content as it was digested; null when it is too large to be held. */
    static byte[] content(Exchange exchange) {
        return exchange.getProperty(CONTENT, byte[].class);
    }

    static void sealed(Exchange exchange, byte[] sealed) {
        exchange.setProperty(SEALED, sealed);
    }

    /** The sealed message; null when it is a file, or was made in an earlier attempt. */
    static byte[] sealed(Exchange exchange) {
        return exchange.getProperty(SEALED, byte[].class);
    }

    static void held(Exchange exchange, SentManifest manifest) {
        exchange.setProperty(HELD, manifest);
    }

    /** What headquarters has under the message's id, when it turned out to have it; null otherwise. */
    static SentManifest held(Exchange exchange) {
        return exchange.getProperty(HELD, SentManifest.class);
    }

    static OutgoingMessage outgoing(Exchange exchange) {
        return exchange.getProperty(OUTGOING, OutgoingMessage.class);
    }
}
