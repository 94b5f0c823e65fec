package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.saddlebag.message.Refusal;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StompFrameDecoderTest {
    private static final StompLimits SMALL = new StompLimits(2048, 1024, 4);

    private static void refuses(Refusal.Code code, String expected, String text) {
        assertThatThrownBy(() -> Frames.decode(text))
                .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(expected);
    }

    private static void refusesAsMalformed(String expected, String text) {
        refuses(Refusal.Code.MALFORMED, expected, text);
    }

    @Test
    void readsAFrameWithABodyThatHoldsNul() {
        StompFrame frame = Frames.decode("SEND\ndestination:/queue/a\ncontent-length:3\n\na\0b\0")
                .get(0);
        assertThat(frame.command()).isEqualTo(StompCommand.SEND);
        assertThat(frame.headers())
                .containsExactly(Map.entry("destination", "/queue/a"), Map.entry("content-length", "3"));
        assertThat(frame.body()).isEqualTo(Frames.bytes("a\0b"));
    }

    @Test
    void countsWhatAFrameBroughtWithItsHeaders() {
        String header = "SEND\r\nname:" + "v".repeat(1000) + "\n\n";
        List<StompFrame> frames = Frames.decode(header + "hello\0\n" + header + "\0");
        assertThat(frames.get(0).size()).isEqualTo(header.length() + 5);
        assertThat(frames.get(1).size()).isEqualTo(header.length());
    }

    @Test
    void readsABodyWithoutALengthUpToItsNul() {
        assertThat(Frames.decode("SEND\n\nhello\0").get(0).body()).isEqualTo(Frames.bytes("hello"));
        assertThat(Frames.decode("SEND\n\n\0").get(0).body()).isEmpty();
    }

    @Test
    void readsManyFramesOfOneRead() {
        assertThat(Frames.decode("BEGIN\ntransaction:1\n\n\0\n\r\n\nCOMMIT\r\ntransaction:1\r\n\r\n\0\n"))
                .extracting(StompFrame::command)
                .containsExactly(StompCommand.BEGIN, StompCommand.COMMIT);
    }

    @Test
    void readsTheSameFramesHoweverTheyAreCutUp() {
        byte[] all =
                Frames.bytes("\r\nSEND\r\na:1\\n\r\nb:\u00e9\r\ncontent-length:4\r\n\r\n\0\0\0\0\0\nSEND\n\nxyz\0\n");
        for (int size = 1; size <= all.length; size++) {
            byte[][] pieces = new byte[(all.length + size - 1) / size][];
            for (int i = 0; i < pieces.length; i++) {
                pieces[i] = Arrays.copyOfRange(all, i * size, Math.min(all.length, (i + 1) * size));
            }
            List<StompFrame> frames = Frames.decode(StompLimits.DEFAULT, pieces);
            assertThat(frames).hasSize(2);
            assertThat(frames.get(0).header("a")).isEqualTo("1\n");
            assertThat(frames.get(0).header("b")).isEqualTo("\u00e9");
            assertThat(frames.get(0).body()).hasSize(4);
            assertThat(frames.get(1).body()).isEqualTo(Frames.bytes("xyz"));
        }
    }

    @Test
    void looksAtEachByteOnceWhenALongHeaderTrickles() {
        long begun = processorNanos();
        StompLimits wide = new StompLimits(2 << 20, 1 << 20, 4);
        EmbeddedChannel channel = new EmbeddedChannel(new StompFrameDecoder(wide));
        channel.writeInbound(Unpooled.copiedBuffer("SEND\nname:", StandardCharsets.US_ASCII));
        for (int i = 0; i < 500_000; i++) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {'x'}));
        }
        channel.writeInbound(Unpooled.copiedBuffer("\n\n\0", StandardCharsets.US_ASCII));
        StompFrame frame = channel.readInbound();
        assertThat(frame.header("name")).hasSize(500_000);
        assertThat(Duration.ofNanos(processorNanos() - begun)).isLessThan(Duration.ofSeconds(10));
        channel.finishAndReleaseAll();
    }

    @Test
    void keepsTheFirstOfARepeatedHeader() {
        assertThat(Frames.decode("SEND\nfoo:World\nfoo:Hello\n\n\0").get(0).header("foo"))
                .isEqualTo("World");
    }

    @Test
    void unescapesNamesAndValues() {
        assertThat(Frames.decode("SEND\na\\cb:1\\n2\\r3\\\\4\\c5\n\n\0").get(0).headers())
                .containsExactly(Map.entry("a:b", "1\n2\r3\\4:5"));
    }

    @Test
    void leavesTheHeadersOfConnectAsTheyAre() {
        assertThat(Frames.decode("CONNECT\npasscode:a\\nb\n\n\0").get(0).header("passcode"))
                .isEqualTo("a\\nb");
    }

    @Test
    void acceptsAColonWithinAValue() {
        assertThat(Frames.decode("SEND\nsent_timestamp:2025-10-08T10:00:00Z\n\n\0")
                        .get(0)
                        .header("sent_timestamp"))
                .isEqualTo("2025-10-08T10:00:00Z");
    }

    @Test
    void keepsSpacesOfAValue() {
        assertThat(Frames.decode("SEND\na: b \n\n\0").get(0).header("a")).isEqualTo(" b ");
    }

    @Test
    void refusesAnUnknownCommand() {
        refusesAsMalformed("found 'PUBLISH'", "PUBLISH\n\n\0");
        refusesAsMalformed("found 'send'", "send\n\n\0");
        refusesAsMalformed("found 'GET / HTTP/1.1'", "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    @Test
    void refusesAHeaderWithoutAColon() {
        refusesAsMalformed("NAME:VALUE", "SEND\nno colon here\n\n\0");
    }

    @Test
    void refusesAHeaderWithoutAName() {
        refusesAsMalformed("NAME:VALUE", "SEND\n:value\n\n\0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\tb", "a\\", "a\\\\\\x"})
    void refusesAnUnknownEscape(String value) {
        refusesAsMalformed("escapes", "SEND\nname:" + value + "\n\n\0");
    }

    @Test
    void refusesNulAndCarriageReturnWithinAHeader() {
        refusesAsMalformed("NUL or CR", "SEND\nname:a\0b\n\n\0");
        refusesAsMalformed("NUL or CR", "SEND\nname:a\rb\n\n\0");
    }

    @Test
    void refusesHeadersThatAreNotUtf8() {
        byte[] frame = Frames.bytes("SEND\nname:x\n\n\0");
        frame[10] = (byte) 0xff;
        assertThatThrownBy(() -> Frames.decode(StompLimits.DEFAULT, frame)).hasMessageContaining("UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "1x", " 1", "0x10", "\u0661"})
    void refusesAContentLengthThatIsNoNumber(String length) {
        refusesAsMalformed("content-length in decimal digits", "SEND\ncontent-length:" + length + "\n\n\0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2147483647", "4294967297", "99999999999999999999999"})
    void refusesAContentLengthBeyondTheLimitBeforeTheBodyComes(String length) {
        refuses(Refusal.Code.TOO_LARGE, "a frame of at most", "SEND\ncontent-length:" + length + "\n\n");
    }

    @Test
    void refusesABodyThatIsLongerThanItsLength() {
        refusesAsMalformed("expected NUL", "SEND\ncontent-length:2\n\nabc\0");
    }

    @Test
    void refusesABodyOnACommandThatHasNone() {
        refusesAsMalformed("no body on SUBSCRIBE", "SUBSCRIBE\ncontent-length:1\n\nx\0");
        refusesAsMalformed("expected NUL", "ACK\nid:1\n\nbody\0");
    }

    @Test
    void refusesACarriageReturnAloneBetweenFrames() {
        refusesAsMalformed("LF after CR", "\rSEND\n\n\0");
    }

    @Test
    void refusesTooManyHeaders() {
        byte[] frame = Frames.bytes("SEND\na:1\nb:1\nc:1\nd:1\ne:1\n\n\0");
        assertThatThrownBy(() -> Frames.decode(SMALL, frame)).hasMessageContaining("at most 4 headers");
    }

    @Test
    void refusesHeadersBeyondTheirLimitAsSoonAsTheyAreSeen() {
        byte[] endless = Frames.bytes("SEND\nname:" + "x".repeat(1024));
        assertThatThrownBy(() -> Frames.decode(SMALL, endless))
                .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.code()).isEqualTo(Refusal.Code.TOO_LARGE))
                .hasMessageContaining("1024 bytes of command and headers");
    }

    @Test
    void refusesABodyWithoutAnEndBeyondTheLimit() {
        byte[] endless = Frames.bytes("SEND\n\n" + "x".repeat(2048));
        assertThatThrownBy(() -> Frames.decode(SMALL, endless))
                .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.code()).isEqualTo(Refusal.Code.TOO_LARGE));
    }

    @Test
    void acceptsAFrameOfExactlyTheLimit() {
        String head = "SEND\ncontent-length:NNNN\n\n";
        int body = 2048 - head.length() - 1;
        byte[] frame = Frames.bytes(head.replace("NNNN", Integer.toString(body)) + "x".repeat(body) + "\0");
        assertThat(frame).hasSize(2048);
        assertThat(Frames.decode(SMALL, frame).get(0).body()).hasSize(body);
    }

    @Test
    void dropsEverythingAfterTheFirstFault() {
        EmbeddedChannel channel = new EmbeddedChannel(new StompFrameDecoder(StompLimits.DEFAULT));
        assertThatThrownBy(() -> channel.writeInbound(
                        Unpooled.copiedBuffer("SEND\n\n\0BAD\n\n\0SEND\n\n\0", StandardCharsets.US_ASCII)))
                .isInstanceOf(DecoderException.class);
        channel.writeInbound(Unpooled.copiedBuffer("SEND\n\n\0", StandardCharsets.US_ASCII));
        assertThat(channel.inboundMessages()).hasSize(1);
        channel.finishAndReleaseAll();
    }

    @Test
    void readsAMebibyteInSmallPiecesInLinearTime() {
        EmbeddedChannel channel = new EmbeddedChannel(new StompFrameDecoder(StompLimits.DEFAULT));
        long begun = processorNanos();
        channel.writeInbound(Unpooled.copiedBuffer("SEND\ncontent-length:1048576\n\n", StandardCharsets.US_ASCII));
        for (int i = 0; i < 1_048_576 / 16; i++) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[16]));
        }
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[1]));
        StompFrame frame = channel.readInbound();
        assertThat(frame.body()).hasSize(1_048_576);
        assertThat(Duration.ofNanos(processorNanos() - begun)).isLessThan(Duration.ofSeconds(5));
        channel.finishAndReleaseAll();
    }

    /** The processor time of this thread, which a busy machine does not change. */
    private static long processorNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    @Test
    void aBodyTakesMemoryAsItsBytesCome() {
        com.sun.management.ThreadMXBean thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] body = new byte[5_000_000];
        new Random(1).nextBytes(body);
        EmbeddedChannel channel = new EmbeddedChannel(new StompFrameDecoder(new StompLimits(8 << 20, 1024, 4)));
        channel.writeInbound(Unpooled.copiedBuffer("SEND\n\n\0", StandardCharsets.US_ASCII));
        channel.readInbound();

        long before = thread.getCurrentThreadAllocatedBytes();
        channel.writeInbound(Unpooled.copiedBuffer("SEND\ncontent-length:5000000\n\n", StandardCharsets.US_ASCII));
        channel.writeInbound(Unpooled.wrappedBuffer(body, 0, 1));
        assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(1_000_000);

        for (int at = 1; at < body.length; at += 70_001) {
            channel.writeInbound(Unpooled.wrappedBuffer(body, at, Math.min(70_001, body.length - at)));
        }
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[1]));
        StompFrame frame = channel.readInbound();
        assertThat(frame.body()).isEqualTo(body);
        channel.finishAndReleaseAll();
    }
}
