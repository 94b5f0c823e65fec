package io.saddlebag.stomp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.saddlebag.message.Refusal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Bytes to frames and back through a channel without a socket. */
public final class Frames {
    private Frames() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static List<StompFrame> decode(StompLimits limits, byte[]... pieces) {
        EmbeddedChannel channel = new EmbeddedChannel(new StompFrameDecoder(limits));
        List<StompFrame> frames = new ArrayList<>();
        try {
            for (byte[] piece : pieces) {
                channel.writeInbound(Unpooled.copiedBuffer(piece));
            }
        } catch (DecoderException e) {
            if (e.getCause() instanceof Refusal refusal) {
                throw refusal;
            }
            throw e;
        } finally {
            for (StompFrame frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
                frames.add(frame);
            }
            channel.finishAndReleaseAll();
        }
        return frames;
    }

    static List<StompFrame> decode(String text) {
        return decode(StompLimits.DEFAULT, bytes(text));
    }

    static byte[] encode(StompFrame... frames) {
        EmbeddedChannel channel = new EmbeddedChannel(new StompFrameEncoder());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (StompFrame frame : frames) {
            channel.writeOutbound(frame);
        }
        for (ByteBuf buffer = channel.readOutbound(); buffer != null; buffer = channel.readOutbound()) {
            byte[] bytes = new byte[buffer.readableBytes()];
            buffer.readBytes(bytes);
            all.writeBytes(bytes);
            buffer.release();
        }
        channel.finishAndReleaseAll();
        return all.toByteArray();
    }
}
