package io.saddlebag.bench.parts;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.StompFrameDecoder;
import io.saddlebag.stomp.StompFrameEncoder;
import io.saddlebag.stomp.StompLimits;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** A SEND from bytes and to bytes, {@value #FRAMES} frames a read or flush; the figures are those of one frame. */
@State(Scope.Benchmark)
public class FrameBenchmark {
    static final int FRAMES = 8;

    @Param({"1024", "65536"})
    public int size;

    private StompFrame frame;
    private ByteBuf read;
    private EmbeddedChannel decoder;
    private EmbeddedChannel encoder;

    @Setup
    public void begin() {
        frame = StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, Headers.EXCHANGE_PREFIX + BenchedLab.EXCHANGE)
                .header(Headers.MESSAGE_ID, BenchedLab.messageId(1).value())
                .header(Headers.ROUTING_KEY, BenchedLab.ROUTING_KEY)
                .header(Headers.RECEIVER_CLIENT_ID, BenchedLab.CENTRE.value())
                .header(Headers.SENT_TIMESTAMP, BenchedLab.SENT.toString())
                .header(Headers.PART, "1/1")
                .header(Headers.MANIFEST_LENGTH, size / 2)
                .header(Headers.RECEIPT, "_1")
                .body(BenchedLab.randomBytes(size))
                .build();
        decoder = new EmbeddedChannel(new StompFrameDecoder(StompLimits.DEFAULT));
        encoder = new EmbeddedChannel(new StompFrameEncoder());
        writeFrames();
        ByteBuf bytes = Unpooled.buffer();
        for (ByteBuf each = encoder.readOutbound(); each != null; each = encoder.readOutbound()) {
            bytes.writeBytes(each);
            each.release();
        }
        // As the bytes come from TLS: in memory outside the heap.
        read = Unpooled.directBuffer(bytes.readableBytes()).writeBytes(bytes);
    }

    private void writeFrames() {
        for (int i = 0; i < FRAMES; i++) {
            encoder.write(frame);
        }
        encoder.flush();
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public void decode(Blackhole hole) {
        decoder.writeInbound(read.retainedDuplicate());
        for (int i = 0; i < FRAMES; i++) {
            StompFrame decoded = decoder.readInbound();
            if (decoded == null) {
                throw new IllegalStateException("Expected " + FRAMES + " frames, found " + i);
            }
            hole.consume(decoded);
        }
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public long encode() {
        writeFrames();
        long bytes = 0;
        for (ByteBuf each = encoder.readOutbound(); each != null; each = encoder.readOutbound()) {
            bytes += each.readableBytes();
            each.release();
        }
        if (bytes != read.readableBytes()) {
            throw new IllegalStateException("Expected " + read.readableBytes() + " bytes, found " + bytes);
        }
        return bytes;
    }

    @TearDown
    public void end() {
        decoder.finishAndReleaseAll();
        encoder.finishAndReleaseAll();
        read.release();
    }
}
