package io.saddlebag.stomp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bytes to {@link StompFrame}s (STOMP 1.2, Augmented BNF). Each byte is read one time, however the network splits the
 * frames; a body goes straight into its own array, which grows with it. Line ends between frames, the heart-beats, are dropped here.
 *
 * <p>The first fault raises a {@link Refusal} (MALFORMED or TOO_LARGE) through the pipeline; the bytes after it are
 * dropped, since the begin of the next frame is unknown. Not sharable: one a connection.
 */
public final class StompFrameDecoder extends ByteToMessageDecoder {
    private static final StompCommand[] COMMANDS = StompCommand.values();
    private static final byte[][] COMMAND_BYTES = Arrays.stream(COMMANDS)
            .map(command -> command.name().getBytes(StandardCharsets.US_ASCII))
            .toArray(byte[][]::new);
    private static final byte[] NO_BODY = {};
    private static final int FIRST_LINE = 256;
    private static final int FIRST_BODY = 512;
    /** A body's array grows as its bytes come: who announces much and sends little takes little. */
    private static final int FIRST_ROOM = 128 * 1024;

    private static final int UNKNOWN = -1;

    private enum Step {
        BETWEEN,
        COMMAND,
        HEADERS,
        BODY,
        BODY_TO_NUL,
        NUL,
        BROKEN
    }

    private final StompLimits limits;
    private Step step = Step.BETWEEN;
    /** Bytes of the unfinished line that were searched for its end already, counted from the reader index. */
    private int searched;

    private byte[] line = new byte[FIRST_LINE];
    private int headerBytes;
    private int headerCount;
    private StompCommand command;
    private Map<String, String> headers;
    private byte[] body = NO_BODY;
    private int bodyBytes;
    /** As announced. */
    private int bodyLength;

    public StompFrameDecoder(StompLimits limits) {
        this.limits = limits;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        try {
            while (in.isReadable() && advance(in, out)) {
                // Repeats until a step needs more bytes.
            }
        } catch (Refusal refusal) {
            step = Step.BROKEN;
            body = NO_BODY;
            in.skipBytes(in.readableBytes());
            throw refusal;
        }
    }

    /** Takes one step; false when it needs bytes that have not come. */
    private boolean advance(ByteBuf in, List<Object> out) {
        return switch (step) {
            case BETWEEN -> skipLineEnds(in);
            case COMMAND -> readCommand(in);
            case HEADERS -> readHeader(in);
            case BODY -> readBody(in);
            case BODY_TO_NUL -> readBodyToNul(in, out);
            case NUL -> readNul(in, out);
            case BROKEN -> {
                in.skipBytes(in.readableBytes());
                yield false;
            }
        };
    }

    private boolean skipLineEnds(ByteBuf in) {
        while (in.isReadable()) {
            byte next = in.getByte(in.readerIndex());
            if (next == '\n') {
                in.skipBytes(1);
            } else if (next == '\r') {
                if (in.readableBytes() < 2) {
                    return false;
                }
                if (in.getByte(in.readerIndex() + 1) != '\n') {
                    throw malformed("expected LF after CR between frames, found another byte");
                }
                in.skipBytes(2);
            } else {
                step = Step.COMMAND;
                headerBytes = 0;
                headerCount = 0;
                return true;
            }
        }
        return false;
    }

    /** Copies the next line without its end to {@link #line}; its length, or {@link #UNKNOWN} when its end is to come. */
    private int readLine(ByteBuf in) {
        int start = in.readerIndex();
        int end = in.indexOf(start + searched, in.writerIndex(), (byte) '\n');
        int seen = end < 0 ? in.readableBytes() : end - start + 1;
        if (headerBytes + seen > limits.maxHeaderBytes()) {
            throw new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "expected at most " + limits.maxHeaderBytes() + " bytes of command and headers, found more");
        }
        if (end < 0) {
            searched = seen;
            return UNKNOWN;
        }
        searched = 0;
        headerBytes += seen;
        int length = seen - 1;
        if (line.length < length) {
            line = new byte[Math.max(length, line.length * 2)];
        }
        in.readBytes(line, 0, length);
        in.skipBytes(1);
        return length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    }

    private boolean readCommand(ByteBuf in) {
        int length = readLine(in);
        if (length == UNKNOWN) {
            return false;
        }
        for (int i = 0; i < COMMANDS.length; i++) {
            byte[] name = COMMAND_BYTES[i];
            if (name.length == length && Arrays.equals(line, 0, length, name, 0, length)) {
                command = COMMANDS[i];
                headers = new LinkedHashMap<>();
                step = Step.HEADERS;
                return true;
            }
        }
        throw malformed("expected a command of STOMP 1.2, found '"
                + Printable.of(new String(line, 0, length, StandardCharsets.ISO_8859_1)) + "'");
    }

    private boolean readHeader(ByteBuf in) {
        int length = readLine(in);
        if (length == UNKNOWN) {
            return false;
        }
        if (length == 0) {
            beginBody();
            return true;
        }
        if (++headerCount > limits.maxHeaders()) {
            throw new Refusal(
                    Refusal.Code.TOO_LARGE, "expected at most " + limits.maxHeaders() + " headers, found more");
        }
        int colon = 0;
        while (colon < length && line[colon] != ':') {
            colon++;
        }
        if (colon == 0 || colon == length) {
            throw malformed("expected a header NAME:VALUE, found '"
                    + Printable.of(new String(line, 0, length, StandardCharsets.ISO_8859_1)) + "'");
        }
        String name = HeaderText.decode(line, 0, colon, command.escapesHeaders());
        // A colon within a value should have been escaped; clients in use leave it plain, and it is not ambiguous.
        headers.putIfAbsent(name, HeaderText.decode(line, colon + 1, length, command.escapesHeaders()));
        return true;
    }

    private void beginBody() {
        String announced = headers.get(Headers.CONTENT_LENGTH);
        bodyBytes = 0;
        if (announced == null) {
            body = NO_BODY;
            step = command.mayHaveBody() ? Step.BODY_TO_NUL : Step.NUL;
            return;
        }
        int length = contentLength(announced);
        if (length > 0 && !command.mayHaveBody()) {
            throw malformed("expected no body on " + command + ", found content-length:" + length);
        }
        requireFits(length);
        bodyLength = length;
        body = length == 0 ? NO_BODY : new byte[Math.min(length, FIRST_ROOM)];
        step = length == 0 ? Step.NUL : Step.BODY;
    }

    private static int contentLength(String digits) {
        int length = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw malformed("expected content-length in decimal digits, found '" + Printable.of(digits) + "'");
            }
            // Stays at the largest value once there, which no limit allows.
            length = length > (Integer.MAX_VALUE - digit) / 10 ? Integer.MAX_VALUE : length * 10 + digit;
        }
        if (digits.isEmpty()) {
            throw malformed("expected content-length in decimal digits, found nothing");
        }
        return length;
    }

    private void requireFits(int length) {
        if (length > limits.maxFrameBytes() - headerBytes - 1) {
            throw new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "expected a frame of at most " + limits.maxFrameBytes()
                            + " bytes, found a larger one. Send the content in parts");
        }
    }

    private boolean readBody(ByteBuf in) {
        int taken = Math.min(in.readableBytes(), bodyLength - bodyBytes);
        if (body.length < bodyBytes + taken) {
            body = Arrays.copyOf(body, Math.min(bodyLength, Math.max(bodyBytes + taken, body.length * 2)));
        }
        in.readBytes(body, bodyBytes, taken);
        bodyBytes += taken;
        if (bodyBytes == bodyLength) {
            step = Step.NUL;
        }
        return true;
    }

    private boolean readBodyToNul(ByteBuf in, List<Object> out) {
        int end = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) 0);
        int taken = end < 0 ? in.readableBytes() : end - in.readerIndex();
        requireFits(bodyBytes + taken);
        if (body.length < bodyBytes + taken) {
            int grown = Math.max(bodyBytes + taken, Math.min(body.length * 2, limits.maxFrameBytes()));
            body = Arrays.copyOf(body, end < 0 ? Math.max(grown, FIRST_BODY) : bodyBytes + taken);
        }
        in.readBytes(body, bodyBytes, taken);
        bodyBytes += taken;
        if (end < 0) {
            return false;
        }
        if (body.length != bodyBytes) {
            body = Arrays.copyOf(body, bodyBytes);
        }
        return readNul(in, out);
    }

    private boolean readNul(ByteBuf in, List<Object> out) {
        if (in.readByte() != 0) {
            throw malformed("expected NUL at the end of a " + command + " frame, found another byte");
        }
        out.add(new StompFrame(command, headers, body, headerBytes));
        headers = null;
        body = NO_BODY;
        step = Step.BETWEEN;
        return true;
    }

    private static Refusal malformed(String reason) {
        return new Refusal(Refusal.Code.MALFORMED, reason);
    }
}
