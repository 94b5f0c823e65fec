package io.saddlebag.stomp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageEncoder;
import java.util.List;
import java.util.Map;

/**
 * {@link StompFrame}s to bytes. A body of {@value #COPIED_BODY} bytes or more is not copied; a smaller one goes into one
 * buffer with its headers. {@code content-length} is written from the body, whatever the frame's headers say.
 */
@Sharable
public final class StompFrameEncoder extends MessageToMessageEncoder<StompFrame> {
    static final int COPIED_BODY = 8 * 1024;
    private static final int HEADER_GUESS = 512;
    private static final byte[] NUL = {0};

    public StompFrameEncoder() {
        super(StompFrame.class);
    }

    @Override
    protected void encode(ChannelHandlerContext ctx, StompFrame frame, List<Object> out) {
        byte[] body = frame.body();
        if (body.length > 0 && !frame.command().mayHaveBody()) {
            throw new IllegalArgumentException(
                    frame.command() + " has no body in STOMP, found " + body.length + " bytes");
        }
        boolean copied = body.length < COPIED_BODY;
        ByteBuf head = ctx.alloc().buffer(HEADER_GUESS + (copied ? body.length : 0));
        try {
            writeHead(head, frame);
            if (copied) {
                head.writeBytes(body).writeByte(0);
            }
        } catch (RuntimeException e) {
            head.release();
            throw e;
        }
        out.add(head);
        if (!copied) {
            out.add(Unpooled.wrappedBuffer(body));
            out.add(Unpooled.wrappedBuffer(NUL));
        }
    }

    private static void writeHead(ByteBuf head, StompFrame frame) {
        StompCommand command = frame.command();
        ByteBufUtil.writeAscii(head, command.name());
        head.writeByte('\n');
        for (Map.Entry<String, String> header : frame.headers().entrySet()) {
            if (!header.getKey().equals(Headers.CONTENT_LENGTH)) {
                writeText(head, header.getKey(), command);
                head.writeByte(':');
                writeText(head, header.getValue(), command);
                head.writeByte('\n');
            }
        }
        if (command.mayHaveBody()) {
            ByteBufUtil.writeAscii(head, Headers.CONTENT_LENGTH);
            head.writeByte(':');
            ByteBufUtil.writeAscii(head, Integer.toString(frame.body().length));
            head.writeByte('\n');
        }
        head.writeByte('\n');
    }

    private static void writeText(ByteBuf head, String text, StompCommand command) {
        String escaped = text;
        if (HeaderText.needsEscape(text)) {
            if (command.escapesHeaders()) {
                escaped = HeaderText.escape(text);
            } else if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
                throw new IllegalArgumentException("A header of " + command + " cannot hold a line end");
            }
        }
        ByteBufUtil.writeUtf8(head, escaped);
    }
}
