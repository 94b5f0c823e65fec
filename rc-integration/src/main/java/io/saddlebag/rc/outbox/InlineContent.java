package io.saddlebag.rc.outbox;

import io.saddlebag.message.StandardizedMessage;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A content in the standardized file: text as it is, other bytes as base64, and a content above the limit by the name of its
 * payload.
 *
 * @param text the text, base64, or a file name, by {@code encoding}
 */
public record InlineContent(String encoding, String text) {
    /** @param bytes null when the content is above the limit */
    public static InlineContent of(byte[] bytes, String payloadName) {
        if (bytes == null) {
            return new InlineContent(StandardizedMessage.FILE, payloadName);
        }
        if (hasOnlyTextControls(bytes)) {
            try {
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
                return new InlineContent(StandardizedMessage.UTF_8, text);
            } catch (CharacterCodingException e) {
                // Not UTF-8, hence base64.
            }
        }
        return new InlineContent(StandardizedMessage.BASE64, Base64.getEncoder().encodeToString(bytes));
    }

    /** Other control characters than tab and line ends are legal in JSON, but many tools do not take them for text. */
    private static boolean hasOnlyTextControls(byte[] bytes) {
        for (byte each : bytes) {
            if (each >= 0 && each < ' ' && each != '\t' && each != '\n' && each != '\r') {
                return false;
            }
        }
        return true;
    }
}
