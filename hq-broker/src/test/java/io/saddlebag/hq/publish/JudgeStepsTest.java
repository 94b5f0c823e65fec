package io.saddlebag.hq.publish;

import static io.saddlebag.hq.testing.StepFixture.assertRefused;
import static io.saddlebag.hq.testing.StepFixture.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.store.ConfirmedMessages;
import io.saddlebag.hq.store.MemoryMessageStore;
import io.saddlebag.hq.store.MessageStore.PublishOutcome;
import io.saddlebag.hq.store.MessageStore.PublishResult;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.Publication;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.hq.testing.StepFixture;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RunningTimes;
import io.saddlebag.testing.SettableClock;
import io.saddlebag.testing.TestNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgeStepsTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final Instant NOW = Instant.parse("2025-10-08T10:00:00Z");

    @TempDir
    static Path network;

    private static SiteIdentity identity;

    @TempDir
    Path folder;

    private final StepFixture lab = new StepFixture("FL-LAB");
    private final MemoryMessageStore messages = new MemoryMessageStore();
    private final AtomicLong confirmedUpTo = new AtomicLong(Long.MAX_VALUE);
    private final QueueIndex index = new QueueIndex((queue, priority, after, limit) -> List.of(), Runnable::run, 10);
    private final SettableClock clock = SettableClock.still(NOW);
    private final AtomicLong free = new AtomicLong(1000);
    private final FreeSpace space = new FreeSpace(100, free::get);
    private JudgeSteps steps;

    @BeforeAll
    static void issue() {
        identity = TestNetwork.create(network).identity("FL-LAB");
    }

    @BeforeEach
    void make() {
        steps = steps(StepFixture.topology(folder), identity.trust().networkId(), RunningTimes.sinceEver(clock));
    }

    private JudgeSteps steps(LiveTopology topology, Sha256 networkId, RunningTime time) {
        ConfirmedMessages confirmed = new ConfirmedMessages(messages, confirmedUpTo::get);
        return new JudgeSteps(topology, networkId, messages, confirmed, index, space, time);
    }

    private static SignedMessage message() {
        return SignedMessage.of(identity, ID, "CA-RC", "NY-RC");
    }

    /** As the route has it once the signature has verified. */
    private Exchange verified(SignedMessage message, StompFrame frame) {
        Exchange exchange = lab.exchange(frame);
        steps.readSend(exchange);
        exchange.setProperty(SignatureProperties.SIGNER, SiteId.of("FL-LAB"));
        exchange.getMessage().setBody(Json.write(message.manifest()));
        return exchange;
    }

    /** With its manifest read. */
    private Exchange read(SignedMessage message, StompFrame frame) {
        Exchange exchange = verified(message, frame);
        steps.readManifest(exchange);
        return exchange;
    }

    private Exchange read(SignedMessage message) {
        return read(message, message.frame(1));
    }

    private void assertMismatch(Code code, String header, String value) {
        assertRefused(
                code, () -> steps.matchManifest(read(message(), with(message().frame(1), header, value))));
    }

    /** The message has a row, as number 1. */
    private void stored(SignedMessage message) throws Exception {
        Exchange exchange = read(message);
        steps.routeManifest(exchange);
        Publication publication = Submission.of(exchange).publication(NOW);
        StoredPublication stored = new StoredPublication(1, publication, new PayloadRef(1, 1, 10, 100));
        messages.publish(List.of(stored), 1);
        index.load(List.of("ca_rc_queue", "ny_rc_queue"));
        index.arrived(PublishResult.of(stored, PublishOutcome.STORED).deliveries());
    }

    @Test
    void passesAMessageThroughAllItsJudgements() throws Exception {
        SignedMessage message = message();
        Exchange exchange = lab.exchange(message.frame(1));
        steps.readSend(exchange);
        assertThat(exchange.getMessage().getBody(byte[].class)).isEqualTo(message.envelope());
        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_TYPE)).isEqualTo(Manifest.TYPE);
        steps.permitPublish(exchange);
        steps.readUnverified(exchange);
        steps.readManifest(exchange);
        steps.matchManifest(exchange);
        steps.routeManifest(exchange);
        steps.checkRoom(exchange);
        steps.checkBody(exchange);

        Submission judged = Submission.of(exchange);
        assertThat(judged.manifest()).isEqualTo(message.manifest());
        assertThat(judged.targets())
                .extracting(Publication.Target::queueName)
                .containsExactlyInAnyOrder("ca_rc_queue", "ny_rc_queue");
        assertThat(judged.isCommittedBefore()).isFalse();
        assertThat(steps.isWhole(exchange)).isTrue();
    }

    @Test
    void aPartIsNotWholeByItself() {
        SignedMessage large = SignedMessage.of(identity, ID, Manifest.PART_SIZE + 9, null, "CA-RC");
        Exchange exchange = lab.exchange(large.frame(1));
        steps.readSend(exchange);
        assertThat(steps.isWhole(exchange)).isFalse();
    }

    @Test
    void refusesAFrameThatItCannotRead() {
        assertRefused(
                Code.MALFORMED, () -> steps.readSend(lab.exchange(with(message().frame(1), Headers.PART, "0/1"))));
    }

    private void assertNotPermitted(Code code, StepFixture by, StompFrame frame) {
        Exchange exchange = by.exchange(frame);
        steps.readSend(exchange);
        assertRefused(code, () -> steps.permitPublish(exchange));
    }

    @Test
    void refusesAnExchangeThatIsUnknownOrAnothers() {
        StompFrame frame = message().frame(1);
        assertNotPermitted(Code.UNKNOWN_DESTINATION, lab, with(frame, Headers.DESTINATION, "/exchange/x"));
        assertNotPermitted(Code.NOT_PERMITTED, new StepFixture("CA-RC"), frame);
    }

    @Test
    void refusesAPublishUnderAnotherSitesName() {
        StompFrame frame = message().frame(1);
        assertNotPermitted(Code.WRONG_SENDER, new StepFixture("PA-LAB"), frame);
        assertNotPermitted(Code.WRONG_SENDER, lab, with(frame, Headers.SENDER_ID, "PA-LAB"));
    }

    @Test
    void refusesAManifestThatAnotherSiteSigned() {
        Exchange exchange = verified(message(), message().frame(1));
        exchange.setProperty(SignatureProperties.SIGNER, SiteId.of("PA-LAB"));
        assertRefused(Code.WRONG_SENDER, () -> steps.readManifest(exchange));
    }

    @Test
    void refusesAManifestThatNamesAnotherSender() {
        Exchange exchange = verified(message(), message().frame(1));
        SignedMessage other =
                SignedMessage.of(TestNetwork.create(folder).identity("PA-LAB"), "PA-LAB_DAT_20251008_001", "CA-RC");
        exchange.getMessage().setBody(Json.write(other.manifest()));
        assertRefused(Code.WRONG_SENDER, () -> steps.readManifest(exchange));
    }

    @Test
    void refusesAManifestThatNamesAnotherKeyThanItsSignature() {
        Exchange exchange = verified(message(), message().frame(1));
        exchange.setProperty(SignatureProperties.SIGNER_FINGERPRINT, Sha256.of(new byte[1]));
        assertRefused(Code.BAD_SIGNATURE, () -> steps.readManifest(exchange));
    }

    @Test
    void refusesAManifestThatIsNone() {
        Exchange exchange = verified(message(), message().frame(1));
        exchange.getMessage().setBody("[]".getBytes(StandardCharsets.UTF_8));
        assertRefused(Code.MALFORMED, () -> steps.readManifest(exchange));
    }

    @Test
    void refusesHeadersThatSayOtherThanTheManifest() {
        assertMismatch(Code.MALFORMED, Headers.MESSAGE_ID, "FL-LAB_DAT_20251008_002");
        assertMismatch(Code.MALFORMED, Headers.SENT_TIMESTAMP, "2025-10-08T09:00:01Z");
        assertMismatch(Code.ROUTING_MISMATCH, Headers.RECEIVER_CLIENT_ID, "CA-RC");
        assertMismatch(Code.ROUTING_MISMATCH, Headers.DESTINATION, "/exchange/x");
        assertMismatch(Code.ROUTING_MISMATCH, Headers.ROUTING_KEY, "ca_rc");
        assertMismatch(Code.MALFORMED, Headers.PART, "1/2");
    }

    @Test
    void refusesAManifestForAnotherNetwork() {
        steps = steps(StepFixture.topology(folder), Sha256.of(new byte[0]), RunningTimes.sinceEver(clock));
        assertRefused(Code.BAD_SIGNATURE, () -> steps.matchManifest(read(message())));
    }

    @Test
    void refusesTimesThatNoRowCanHold() {
        SignedMessage late = SignedMessage.sentAt(Instant.parse("+10000-01-01T00:00:00Z"), identity, ID, 10, "CA-RC");
        assertRefused(
                Code.MALFORMED,
                () -> steps.matchManifest(read(late, with(late.frame(1), Headers.SENT_TIMESTAMP, null))));
    }

    @Test
    void refusesAMessageWhoseTimeIsOverUnlessItIsARepeat() throws Exception {
        SignedMessage expiring = SignedMessage.of(identity, ID, 10, NOW, "CA-RC");
        assertRefused(Code.EXPIRED, () -> steps.matchManifest(read(expiring)));

        stored(expiring);
        confirmedUpTo.set(0);
        steps.matchManifest(read(expiring));
        assertRefused(Code.EXPIRED, () -> steps.matchManifest(read(SignedMessage.of(identity, ID, 11, NOW, "CA-RC"))));
    }

    @Test
    void asksForARepeatLaterWhileItsClockIsInDoubt() {
        SettableClock steady = SettableClock.still(NOW);
        RunningTime time = new RunningTime(clock, steady);
        clock.advance(Duration.ofDays(100));
        steps = steps(StepFixture.topology(folder), identity.trust().networkId(), time);
        SignedMessage expiring = SignedMessage.of(identity, ID, 10, NOW.plusSeconds(60), "CA-RC");
        assertThat(time.otherReading(clock.instant())).isPresent();
        assertRefused(Code.CLOCK_DOUBTFUL, () -> steps.matchManifest(read(expiring)));
    }

    @Test
    void asksForARepeatLaterWhenItsClockWentBackWhileItJudged() {
        // The first reading is a hundred days ahead; each later one is right.
        AtomicInteger readings = new AtomicInteger();
        SettableClock steady = SettableClock.still(NOW);
        Clock stepsBack = new Clock() {
            @Override
            public Instant instant() {
                return readings.getAndIncrement() == 1 ? NOW.plus(Duration.ofDays(100)) : NOW;
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        steps = steps(StepFixture.topology(folder), identity.trust().networkId(), new RunningTime(stepsBack, steady));
        SignedMessage expiring = SignedMessage.of(identity, ID, 10, NOW.plusSeconds(60), "CA-RC");

        assertRefused(Code.CLOCK_DOUBTFUL, () -> steps.matchManifest(read(expiring)));
    }

    @Test
    void refusesRecipientsThatTheRoutingKeysDoNotReach() {
        steps = steps(
                StepFixture.topology(
                        folder, "routing_key: ny_rc, queue: ny_rc_queue", "routing_key: ny_rc, queue: ca_rc_queue"),
                identity.trust().networkId(),
                RunningTimes.sinceEver(clock));
        assertRefused(Code.ROUTING_MISMATCH, () -> steps.routeManifest(read(message())));
    }

    @Test
    void confirmsARepeatThoughTheTopologyHasChanged() throws Exception {
        stored(message());
        steps = steps(
                StepFixture.topology(
                        folder, "routing_key: ny_rc, queue: ny_rc_queue", "routing_key: ny_rc, queue: ca_rc_queue"),
                identity.trust().networkId(),
                RunningTimes.sinceEver(clock));
        Exchange repeat = read(message());
        steps.routeManifest(repeat);
        assertThat(Submission.of(repeat).isCommittedBefore()).isTrue();
        assertThat(Submission.of(repeat).targets()).isNull();
        steps.checkRoom(repeat);

        confirmedUpTo.set(0);
        assertRefused(Code.ROUTING_MISMATCH, () -> steps.routeManifest(read(message())));
    }

    @Test
    void refusesAMessageForAFullQueue() throws Exception {
        stored(message());
        for (String limit : List.of("max_messages: 1", "max_bytes: 100")) {
            steps = steps(
                    StepFixture.topology(folder, "site: NY-RC}", "site: NY-RC, " + limit + "}"),
                    identity.trust().networkId(),
                    RunningTimes.sinceEver(clock));
            Exchange exchange = read(message());
            steps.routeManifest(exchange);
            assertRefused(Code.QUEUE_FULL, () -> steps.checkRoom(exchange));
            assertThatThrownBy(() -> steps.checkRoom(exchange))
                    .hasMessageContaining("ny_rc_queue (" + limit.replace(":", "") + ")")
                    .hasMessageContaining("1 messages of 100 bytes");
        }
    }

    @Test
    void refusesEveryMessageWhileTheDiskIsFull() throws Exception {
        Exchange exchange = read(message());
        steps.routeManifest(exchange);
        free.set(99);
        space.look();
        assertRefused(Code.STORAGE_LOW, () -> steps.checkRoom(exchange));
    }

    @Test
    void refusesABodyThatWasCutOrChanged() {
        SignedMessage message = message();
        byte[] flipped = message.body().clone();
        flipped[7] ^= 1;
        for (byte[] body : List.of(new byte[3], flipped)) {
            Exchange exchange = verified(
                    message,
                    message.headers(message.part(1, message.envelope(), body)).build());
            steps.readManifest(exchange);
            assertRefused(Code.BAD_DIGEST, () -> steps.checkBody(exchange));
        }
    }
}
