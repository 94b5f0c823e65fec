package io.saddlebag.stomp;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One STOMP 1.2 frame. Headers are unescaped; of a repeated header the first counts (STOMP 1.2, Repeated Header
 * Entries). The body is a plain array, not counted by reference, so a frame may cross threads and outlive its
 * connection; it is not copied, and nobody writes to it.
 *
 * @param command never null
 * @param headers in the order of the wire
 * @param body never null; empty when the frame has none
 * @param headerBytes the size of command and headers on the wire; 0 for a frame that was made here
 */
public record StompFrame(StompCommand command, Map<String, String> headers, byte[] body, int headerBytes) {
    private static final byte[] NO_BODY = {};
    /** The memory of a frame without headers, and of a header beyond its text. */
    private static final int FRAME_MEMORY = 512;

    private static final int HEADER_MEMORY = 128;

    public StompFrame(StompCommand command, Map<String, String> headers, byte[] body) {
        this(command, headers, body, 0);
    }

    /** The size on the wire, in bytes. */
    public int size() {
        return headerBytes + body.length;
    }

    /** The memory that a received frame takes, in bytes, at most: a header of one byte takes far more than on the wire. */
    public int memory() {
        return FRAME_MEMORY + HEADER_MEMORY * headers.size() + 2 * headerBytes + body.length;
    }

    public static Builder of(StompCommand command) {
        return new Builder(command);
    }

    /** The header's value, or null. */
    public String header(String name) {
        return headers.get(name);
    }

    /** For logs: never the body's bytes, nor a header's value. */
    @Override
    public String toString() {
        return command + " " + headers.keySet() + " " + body.length + " bytes";
    }

    /** Builds a frame. For one thread. */
    public static final class Builder {
        private final StompCommand command;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private byte[] body = NO_BODY;

        private Builder(StompCommand command) {
            this.command = command;
        }

        /** Adds a header; a null value adds nothing. */
        public Builder header(String name, String value) {
            if (value != null) {
                headers.putIfAbsent(name, value);
            }
            return this;
        }

        public Builder header(String name, long value) {
            return header(name, Long.toString(value));
        }

        public Builder body(byte[] bytes) {
            body = bytes;
            return this;
        }

        public StompFrame build() {
            return new StompFrame(command, headers, body);
        }
    }
}
