package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.stomp.DefaultStompFrame;
import io.netty.handler.codec.stomp.StompSubframeAggregator;
import io.netty.handler.codec.stomp.StompSubframeDecoder;
import io.netty.handler.codec.stomp.StompSubframeEncoder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The codec against itself and against the one that Netty brings, which shares nothing with it. */
class StompFrameEncoderTest {
    private static StompFrame frame(byte[] body) {
        return StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, "/exchange/labs")
                .header("odd:name\\", "line\r\nbreak: and \u00fc \\")
                .header("empty", "")
                .body(body)
                .build();
    }

    private static byte[] random(int size) {
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        return body;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, StompFrameEncoder.COPIED_BODY - 1, StompFrameEncoder.COPIED_BODY, 1 << 20})
    void whatItWritesReadsBackTheSame(int size) {
        StompFrame frame = frame(random(size));
        StompFrame back =
                Frames.decode(StompLimits.DEFAULT, Frames.encode(frame)).get(0);
        assertThat(back.command()).isEqualTo(frame.command());
        assertThat(back.body()).isEqualTo(frame.body());
        assertThat(back.headers()).containsAllEntriesOf(frame.headers()).hasSize(4);
        assertThat(back.header(Headers.CONTENT_LENGTH)).isEqualTo(Integer.toString(size));
    }

    @Test
    void nettysDecoderReadsWhatItWrites() {
        byte[] body = random(10_000);
        EmbeddedChannel netty = new EmbeddedChannel(new StompSubframeDecoder(), new StompSubframeAggregator(1 << 20));
        netty.writeInbound(Unpooled.wrappedBuffer(Frames.encode(frame(body))));
        io.netty.handler.codec.stomp.StompFrame read = netty.readInbound();
        assertThat(read.command()).isEqualTo(io.netty.handler.codec.stomp.StompCommand.SEND);
        assertThat(read.headers().getAsString(Headers.DESTINATION)).isEqualTo("/exchange/labs");
        assertThat(read.headers().getAsString("odd:name\\")).isEqualTo("line\r\nbreak: and \u00fc \\");
        byte[] found = new byte[read.content().readableBytes()];
        read.content().readBytes(found);
        assertThat(found).isEqualTo(body);
        read.release();
        netty.finishAndReleaseAll();
    }

    @Test
    void readsWhatNettysEncoderWrites() {
        byte[] body = random(5_000);
        io.netty.handler.codec.stomp.StompFrame frame =
                new DefaultStompFrame(io.netty.handler.codec.stomp.StompCommand.MESSAGE, Unpooled.wrappedBuffer(body));
        frame.headers()
                .set(Headers.MESSAGE_ID_OF_STOMP, "1:2\\3\n4")
                .set(Headers.CONTENT_LENGTH, Integer.toString(body.length));
        EmbeddedChannel netty = new EmbeddedChannel(new StompSubframeEncoder());
        netty.writeOutbound(frame);
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf piece = netty.readOutbound(); piece != null; piece = netty.readOutbound()) {
            all.writeBytes(piece);
            piece.release();
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        netty.finishAndReleaseAll();
        StompFrame read = Frames.decode(StompLimits.DEFAULT, bytes).get(0);
        assertThat(read.command()).isEqualTo(StompCommand.MESSAGE);
        assertThat(read.header(Headers.MESSAGE_ID_OF_STOMP)).isEqualTo("1:2\\3\n4");
        assertThat(read.body()).isEqualTo(body);
    }

    @Test
    void writesTheLengthOfTheBodyWhateverTheHeadersSay() {
        StompFrame frame = StompFrame.of(StompCommand.SEND)
                .header(Headers.CONTENT_LENGTH, "99")
                .body(new byte[2])
                .build();
        assertThat(Frames.encode(frame)).isEqualTo(Frames.bytes("SEND\ncontent-length:2\n\n\0\0\0"));
    }

    @Test
    void doesNotCopyALargeBody() {
        byte[] body = new byte[StompFrameEncoder.COPIED_BODY];
        EmbeddedChannel channel = new EmbeddedChannel(new StompFrameEncoder());
        channel.writeOutbound(frame(body));
        ByteBuf first = channel.readOutbound();
        first.release();
        ByteBuf second = channel.readOutbound();
        assertThat(second.array()).isSameAs(body);
        channel.finishAndReleaseAll();
    }

    @Test
    void refusesABodyOnACommandThatHasNone() {
        StompFrame frame = StompFrame.of(StompCommand.ACK).body(new byte[1]).build();
        assertThatThrownBy(() -> Frames.encode(frame)).hasRootCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesALineEndInAHeaderThatIsNotEscaped() {
        StompFrame frame =
                StompFrame.of(StompCommand.CONNECTED).header("a", "b\nc").build();
        assertThatThrownBy(() -> Frames.encode(frame)).hasRootCauseInstanceOf(IllegalArgumentException.class);
    }
}
