package io.saddlebag.rc.intake;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.Part;
import io.saddlebag.stomp.StompFrame;
import java.net.ProtocolException;

/** The headers of a MESSAGE frame that name its message and its part (docs/wire.md). */
final class PartHeaders {
    private PartHeaders() {}

    /** @throws ProtocolException when a header that names the delivery or the part is missing or malformed */
    static Part part(StompFrame frame) throws ProtocolException {
        String part = frame.header(Headers.PART);
        try {
            if (part != null && frame.header(Headers.ACK) != null) {
                return Part.of(part);
            }
        } catch (IllegalArgumentException e) {
            // The error below.
        }
        throw new ProtocolException(
                "Expected a MESSAGE with the headers ack and part (k/n), found part '" + Printable.of(part) + "'");
    }

    /** True of a part that stays on the disk when its connection breaks: neither the last nor the only one. */
    static boolean isKept(StompFrame frame) {
        try {
            return !part(frame).isLast();
        } catch (ProtocolException e) {
            return false;
        }
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
