package io.saddlebag.hq.consume;

import static io.saddlebag.hq.queue.QueueFixture.delivery;
import static io.saddlebag.hq.testing.StepFixture.assertRefused;
import static io.saddlebag.hq.testing.StepFixture.with;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.hq.deliver.Subscription;
import io.saddlebag.hq.queue.MemoryStores;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.store.SoleUse;
import io.saddlebag.hq.testing.StepFixture;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.LoggedLines;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubscribeStepsTest {
    private static final StompFrame SUBSCRIBE = StompFrame.of(StompCommand.SUBSCRIBE)
            .header(Headers.ID, "s")
            .header(Headers.DESTINATION, "/queue/ca_rc_queue")
            .header(Headers.ACK, "client-individual")
            .build();

    @TempDir
    Path folder;

    private final QueueIndex index = new QueueIndex((queue, priority, after, limit) -> List.of(), Runnable::run, 10);
    private final StepFixture centre = new StepFixture("CA-RC", index);
    private SubscribeSteps steps;

    @BeforeEach
    void make() {
        steps = new SubscribeSteps(
                StepFixture.topology(folder),
                new Subscription.Parts(
                        index,
                        new MemoryStores.Payloads(),
                        Runnable::run,
                        SettleStepsTest.settlements(index, settlement -> {}, null),
                        Clock.systemUTC(),
                        SoleUse.ALWAYS));
    }

    private void subscribe(StompFrame frame) {
        steps.subscribe(centre.exchange(frame));
    }

    private void assertSubscriptionRefused(Code code, String header, String value) {
        assertRefused(code, () -> subscribe(with(SUBSCRIBE, header, value)));
    }

    private void unsubscribe(String id) {
        steps.unsubscribe(centre.exchange(
                StompFrame.of(StompCommand.UNSUBSCRIBE).header(Headers.ID, id).build()));
    }

    @Test
    void feedsASubscriptionUntilItEnds() {
        subscribe(with(SUBSCRIBE, Headers.PREFETCH_COUNT, "2"));
        index.arrived(List.of(delivery(1), delivery(2), delivery(3)));
        assertThat(centre.connection.frames)
                .extracting(frame -> frame.header(Headers.SUBSCRIPTION))
                .containsExactly("s", "s");

        unsubscribe("s");
        assertThat(index.depths().get("ca_rc_queue").ready()).isEqualTo(3);
    }

    @Test
    void logsABoundedNumberOfSubscriptions() {
        try (LoggedLines lines = LoggedLines.of(SubscribeSteps.class)) {
            for (int i = 0; i < 100; i++) {
                subscribe(SUBSCRIBE);
                unsubscribe("s");
            }
            assertThat(lines.at(Level.INFO)).hasSize(20);
        }
    }

    @Test
    void hasAUsualWindow() {
        subscribe(SUBSCRIBE);
        for (int i = 1; i <= SubscribeSteps.DEFAULT_PREFETCH + 1; i++) {
            index.arrived(List.of(delivery(i)));
        }
        assertThat(centre.connection.frames).hasSize(SubscribeSteps.DEFAULT_PREFETCH);
    }

    @Test
    void takesUpWhatTheClientSaysThatItHas() {
        subscribe(with(SUBSCRIBE, Headers.RESUME, "FL-LAB_DAT_20251008_001=7,FL-LAB_DAT_20251008_002=1"));
        index.arrived(List.of(delivery(1)));
        assertThat(centre.connection.frames).hasSize(1);
    }

    private void resume(String subscription, String parts) {
        steps.resumeParts(centre.exchange(StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, Headers.RESUMES)
                .header(Headers.SUBSCRIPTION, subscription)
                .header(Headers.RESUME, parts)
                .build()));
    }

    @Test
    void takesUpWhatAnotherConnectionBroughtMeanwhile() {
        subscribe(with(SUBSCRIBE, Headers.PREFETCH_COUNT, "1"));

        resume("s", "FL-LAB_DAT_20251008_001=7");
        resume("s", "FL-LAB_DAT_20251008_002=1");

        assertRefused(Code.MALFORMED, () -> resume("t", "FL-LAB_DAT_20251008_001=7"));
        assertRefused(Code.MALFORMED, () -> resume("s", "FL-LAB_DAT_20251008_001=1,FL-LAB_DAT_20251008_002=1"));
    }

    @Test
    void refusesAQueueThatIsUnknownOrAnothers() {
        assertSubscriptionRefused(Code.NOT_PERMITTED, Headers.DESTINATION, "/queue/ny_rc_queue");
        assertSubscriptionRefused(Code.UNKNOWN_DESTINATION, Headers.DESTINATION, "/queue/tx_rc_queue");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"auto", "client"})
    void refusesEveryOtherWayToAcknowledge(String ack) {
        assertSubscriptionRefused(Code.MALFORMED, Headers.ACK, ack);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1001", "-1", "many", "99999"})
    void refusesAWindowOutOfItsBounds(String prefetch) {
        assertSubscriptionRefused(Code.MALFORMED, Headers.PREFETCH_COUNT, prefetch);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "FL-LAB_DAT_20251008_001", "FL-LAB_DAT_20251008_001=0", "../etc=1"})
    void refusesAResumeHeaderThatItCannotRead(String resume) {
        assertSubscriptionRefused(Code.MALFORMED, Headers.RESUME, resume);
    }

    @Test
    void refusesToResumeMoreThanTheWindowHolds() {
        StompFrame one = with(SUBSCRIBE, Headers.PREFETCH_COUNT, "1");
        assertRefused(
                Code.MALFORMED,
                () -> subscribe(with(one, Headers.RESUME, "FL-LAB_DAT_20251008_001=1,FL-LAB_DAT_20251008_002=1")));
    }

    @Test
    void refusesASubscriptionWithoutAnIdOrWithOneThatIsTaken() {
        assertSubscriptionRefused(Code.MALFORMED, Headers.ID, null);
        subscribe(SUBSCRIBE);
        assertRefused(Code.MALFORMED, () -> subscribe(SUBSCRIBE));
    }

    @Test
    void refusesToEndASubscriptionThatItDoesNotHave() {
        assertRefused(Code.MALFORMED, () -> unsubscribe("other"));
        assertRefused(Code.MALFORMED, () -> unsubscribe(null));
    }
}
