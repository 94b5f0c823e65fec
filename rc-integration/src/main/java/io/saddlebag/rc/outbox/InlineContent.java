package io.saddlebag.rc.outbox;

import io.saddlebag.message.StandardizedMessage;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * How a content stands in the standardized file: text as it is, other bytes as base64, and what is longer than the limit
 * by the name of the payload beside it.
 */
public final class InlineContent {
    private InlineContent() {}

    /** @param text what {@code encoding} says: the text, base64, or a file name */
    public record Content(String encoding, String text) {}

    /** @param bytes null when they are too many */
    public static Content of(byte[] bytes, String payloadName) {
        if (bytes == null) {
            return new Content(StandardizedMessage.FILE, payloadName);
        }
        if (hasOnlyTextControls(bytes)) {
            try {
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
                return new Content(StandardizedMessage.UTF_8, text);
            } catch (CharacterCodingException e) {
                // Not UTF-8: base64 below.
            }
        }
        return new Content(StandardizedMessage.BASE64, Base64.getEncoder().encodeToString(bytes));
    }

    /** Control characters other than tab and line ends are legal in JSON but break what many tools take for text. */
    private static boolean hasOnlyTextControls(byte[] bytes) {
        for (byte each : bytes) {
            if (each >= 0 && each < ' ' && each != '\t' && each != '\n' && each != '\r') {
                return false;
            }
        }
        return true;
    }
}
