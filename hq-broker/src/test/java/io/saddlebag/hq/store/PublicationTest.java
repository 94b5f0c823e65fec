package io.saddlebag.hq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PublicationTest {
    private static Publication sentAt(Instant time) {
        Publication plain = Samples.publication(1, "CA-RC");
        return new Publication(
                plain.messageId(),
                plain.senderId(),
                plain.exchangeName(),
                time,
                plain.receivedTime(),
                null,
                plain.manifest(),
                plain.manifestSha256(),
                Sha256.of(new byte[0]),
                0,
                plain.deliveries());
    }

    @Test
    void keepsTimesToTheMicrosecondAsTheDatabaseDoes() {
        assertThat(sentAt(Instant.parse("2026-11-22T10:15:30.123456789Z")).sentTimestamp())
                .isEqualTo(Instant.parse("2026-11-22T10:15:30.123456Z"));
    }

    @Test
    void refusesATimeThatTheDatabaseDoesNotHold() {
        for (Instant time : new Instant[] {Instant.MAX, Instant.MIN, Instant.parse("+10000-01-01T00:00:00Z")}) {
            assertThatThrownBy(() -> sentAt(time))
                    .isInstanceOfSatisfying(
                            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.MALFORMED));
        }
    }

    @Test
    void refusesAQueueTwiceAndNoQueueAtAll() {
        assertThatThrownBy(() -> Samples.publication(1, "CA-RC", "CA-RC")).hasMessageContaining("ca_rc_queue twice");
        assertThatThrownBy(() -> Samples.publication(1)).hasMessageContaining("at least one delivery");
    }
}
