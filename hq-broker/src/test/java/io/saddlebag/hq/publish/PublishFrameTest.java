package io.saddlebag.hq.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.testing.StepFixture;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.Part;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import org.junit.jupiter.api.Test;

class PublishFrameTest {
    private static StompFrame.Builder send() {
        return StompFrame.of(StompCommand.SEND).header(Headers.DESTINATION, "/exchange/labs");
    }

    private static StompFrame whole(StompFrame.Builder frame) {
        return frame.header(Headers.MESSAGE_ID, "FL-LAB_DAT_20251008_001")
                .header(Headers.ROUTING_KEY, "ca_rc, sf_rc,ca_rc")
                .header(Headers.MANIFEST_LENGTH, 3)
                .body(new byte[] {1, 2, 3, 4, 5})
                .build();
    }

    @Test
    void splitsManifestAndBytes() {
        PublishFrame frame = PublishFrame.of(whole(send().header(Headers.RECEIVER_CLIENT_ID, "CA-RC, SF-RC")));
        assertThat(frame.exchange()).isEqualTo("labs");
        assertThat(frame.routingKeys()).containsExactly("ca_rc", "sf_rc");
        assertThat(frame.envelope()).containsExactly(1, 2, 3);
        assertThat(frame.bytes()).containsExactly(4, 5);
        assertThat(frame.part()).isEqualTo(Part.WHOLE);
        assertThat(frame.receivers()).containsExactly(SiteId.of("CA-RC"), SiteId.of("SF-RC"));
        assertThat(frame.senderId()).isNull();
        assertThat(frame.sentTimestamp()).isNull();
    }

    @Test
    void aLaterPartIsAllBytes() {
        PublishFrame frame = PublishFrame.of(whole(send().header(Headers.PART, "2/3")));
        assertThat(frame.part()).isEqualTo(new Part(2, 3));
        assertThat(frame.envelope()).isEmpty();
        assertThat(frame.bytes()).hasSize(5);
    }

    @Test
    void refusesEachMalformedHeader() {
        assertRefused(Code.MALFORMED, whole(send().header(Headers.PART, "0/1")));
        assertRefused(Code.MALFORMED, whole(send().header(Headers.PART, "3/2")));
        assertRefused(Code.MALFORMED, whole(send().header(Headers.PART, "99999999999/99999999999")));
        assertRefused(Code.MALFORMED, whole(send().header(Headers.MANIFEST_LENGTH, "6")));
        assertRefused(Code.MALFORMED, whole(send().header(Headers.MANIFEST_LENGTH, "-1")));
        assertRefused(Code.MALFORMED, whole(send().header(Headers.MESSAGE_ID, "../../etc/passwd")));
        assertRefused(Code.MALFORMED, whole(send().header(Headers.SENT_TIMESTAMP, "yesterday")));
        assertRefused(Code.MALFORMED, whole(send().header(Headers.RECEIVER_CLIENT_ID, "CA-RC,")));
        assertRefused(Code.MALFORMED, whole(send().header(Headers.SENDER_ID, "nobody")));
        assertRefused(Code.MALFORMED, whole(send().header(Headers.ROUTING_KEY, " ")));
    }

    @Test
    void refusesMoreThanItsLimits() {
        assertRefused(
                Code.TOO_LARGE,
                send().header(Headers.MANIFEST_LENGTH, PublishFrame.MAX_MANIFEST + 1)
                        .body(new byte[PublishFrame.MAX_MANIFEST + 2])
                        .build());
        assertRefused(
                Code.TOO_LARGE,
                send().header(Headers.PART, "2/3")
                        .body(new byte[Manifest.PART_SIZE + 1])
                        .build());
    }

    private static void assertRefused(Code code, StompFrame frame) {
        StepFixture.assertRefused(code, () -> PublishFrame.of(frame));
    }
}
