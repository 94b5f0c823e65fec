package io.saddlebag.lab.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.NotYetException;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class PushBackTest {
    private static final List<SiteId> CA = List.of(SiteId.of("CA-RC"));
    private static final List<SiteId> NY = List.of(SiteId.of("NY-RC"));

    private Instant now = Instant.parse("2025-10-08T09:00:00Z");
    private final PushBack pushBack = new PushBack(Duration.ofSeconds(30), new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    });

    private static Exchange to(List<SiteId> recipients) {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        OutgoingContext.message(
                exchange,
                OutgoingMessage.claimed(
                        1,
                        MessageId.of("FL-LAB_DAT_20251008_001"),
                        new OutgoingMessage.Claim(
                                "route",
                                "drop",
                                "a.csv",
                                "text/csv",
                                recipients,
                                Instant.EPOCH,
                                new FileLook(0, Instant.EPOCH),
                                TestLab.SECRET)));
        return exchange;
    }

    @Test
    void pausesDoubleUpToTheLongest() {
        List<Long> seconds = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            Duration pause = pushBack.pushedBack(CA, false).orElseThrow();
            assertThat(pushBack.pushedBack(CA, false)).isEmpty();
            seconds.add(pause.toSeconds());
            now = now.plus(pause);
        }
        assertThat(seconds).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Test
    void holdsUpMessagesToTheSameRecipientsOnly() {
        pushBack.pushedBack(CA, false);
        assertThatThrownBy(() -> pushBack.process(to(CA))).isInstanceOf(NotYetException.class);
        assertThatCode(() -> pushBack.process(to(NY))).doesNotThrowAnyException();
        now = now.plusSeconds(1);
        assertThatCode(() -> pushBack.process(to(CA))).doesNotThrowAnyException();
    }

    @Test
    void aFullDiskHoldsUpEverythingUntilAConfirm() {
        pushBack.pushedBack(CA, true);
        assertThatThrownBy(() -> pushBack.process(to(NY))).isInstanceOf(NotYetException.class);
        pushBack.confirmed(NY);
        assertThatCode(() -> pushBack.process(to(CA))).doesNotThrowAnyException();
    }
}
