package io.saddlebag.rc.intake;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import java.net.ProtocolException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part that a MESSAGE frame brings, by its headers (docs/wire.md).
 *
 * @param number from 1
 * @param count of all parts of the sealed message
 */
record PartHeaders(int number, int count) {
    private static final Pattern PART = Pattern.compile("([1-9][0-9]{0,6})/([1-9][0-9]{0,6})");

    /** @throws ProtocolException when a header that names the delivery or the part is missing or malformed */
    static PartHeaders of(StompFrame frame) throws ProtocolException {
        Matcher part = PART.matcher(String.valueOf(frame.header(Headers.PART)));
        if (frame.header(Headers.ACK) == null || !part.matches()) {
            throw new ProtocolException("Expected a MESSAGE with the headers ack and part (k/n), found part '"
                    + Printable.of(frame.header(Headers.PART)) + "'");
        }
        return new PartHeaders(Integer.parseInt(part.group(1)), Integer.parseInt(part.group(2)));
    }

    /** True of a part that stays on the disk when its connection breaks: neither the last nor the only one. */
    static boolean isKept(StompFrame frame) {
        Matcher part = PART.matcher(String.valueOf(frame.header(Headers.PART)));
        return part.matches() && !part.group(1).equals(part.group(2));
    }

    boolean isLast() {
        return number == count;
    }

    /** @throws ProtocolException when the frame names no message */
    static MessageId messageId(StompFrame frame) throws ProtocolException {
        try {
            return MessageId.of(String.valueOf(frame.header(Headers.MESSAGE_ID)));
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(e.getMessage());
        }
    }

    /**
     * The length of the manifest's envelope at the beginning of the body.
     *
     * @throws ProtocolException when the header is missing or malformed, or the body is too short
     */
    static int manifestLength(StompFrame frame) throws ProtocolException {
        try {
            int length = Integer.parseInt(String.valueOf(frame.header(Headers.MANIFEST_LENGTH)));
            if (length > 0 && length <= Envelope.MAX_SIZE && length < frame.body().length) {
                return length;
            }
        } catch (NumberFormatException e) {
            // The error below.
        }
        throw new ProtocolException("Expected a manifest-length from 1 to " + Envelope.MAX_SIZE
                + " and below the body's " + frame.body().length + " bytes, found '"
                + Printable.of(frame.header(Headers.MANIFEST_LENGTH)) + "'");
    }
}
