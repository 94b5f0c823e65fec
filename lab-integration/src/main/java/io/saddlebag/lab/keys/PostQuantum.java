package io.saddlebag.lab.keys;

import io.saddlebag.message.Printable;

/** How much a laboratory insists on post-quantum keys of a recipient. */
public enum PostQuantum {
    /** Its post-quantum keys are not used. */
    OFF,
    /** They are used where every recipient of the message has one. */
    PREFERRED,
    /** A message for it waits until every recipient of the message has one. */
    REQUIRED;

    /** @throws IllegalArgumentException when the text is none of {@code off}, {@code preferred}, {@code required} */
    public static PostQuantum of(String text) {
        return switch (text) {
            case "off" -> OFF;
            case "preferred" -> PREFERRED;
            case "required" -> REQUIRED;
            default ->
                throw new IllegalArgumentException(
                        "Expected off, preferred or required, found '" + Printable.of(text) + "'");
        };
    }
}
