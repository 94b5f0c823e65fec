package io.saddlebag.hq.consume;

import static io.saddlebag.hq.queue.QueueFixture.QUEUE;
import static io.saddlebag.hq.queue.QueueFixture.delivery;
import static io.saddlebag.hq.testing.StepFixture.assertRefused;
import static io.saddlebag.hq.testing.StepFixture.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.hq.deliver.Settlements;
import io.saddlebag.hq.deliver.Subscription;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.store.MemoryPayloadStore;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.Settlement.Outcome;
import io.saddlebag.hq.store.SoleUse;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.hq.testing.StepFixture;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RunningTimes;
import io.saddlebag.testing.TestNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One delivery in flight at a centre. */
class SettleStepsTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";

    @TempDir
    static Path network;

    private static SignedMessage message;
    private static Sha256 networkId;

    @TempDir
    Path folder;

    private final QueueIndex index = new QueueIndex((queue, priority, after, limit) -> List.of(), Runnable::run, 10);
    private final StepFixture centre = new StepFixture("CA-RC", index);
    private final MemoryPayloadStore payloads = new MemoryPayloadStore(Clock.systemUTC());
    private final List<Settlement> settled = new ArrayList<>();
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    private SettleSteps steps;
    private String token;

    @BeforeAll
    static void sign() {
        SiteIdentity lab = TestNetwork.create(network).identity("FL-LAB");
        networkId = lab.trust().networkId();
        message = SignedMessage.of(lab, ID, "CA-RC");
    }

    static Settlements settlements(QueueIndex index, Consumer<Settlement> settled, ScheduledExecutorService later) {
        return new Settlements(
                index,
                settlement -> {
                    settled.accept(settlement);
                    return CompletableFuture.completedFuture(true);
                },
                later,
                RunningTimes.sinceEver(Clock.systemUTC()));
    }

    @BeforeEach
    void deliver() throws Exception {
        Settlements settlements = settlements(index, settled::add, later);
        steps = new SettleSteps(networkId, payloads, settlements);
        new SubscribeSteps(
                        StepFixture.topology(folder),
                        new Subscription.Parts(
                                index, payloads, Runnable::run, settlements, Clock.systemUTC(), SoleUse.ALWAYS))
                .subscribe(centre.exchange(StompFrame.of(StompCommand.SUBSCRIBE)
                        .header(Headers.ID, "s")
                        .header(Headers.DESTINATION, "/queue/" + QUEUE)
                        .header(Headers.ACK, "client-individual")
                        .build()));
        byte[] sealed = message.frame(1).body();
        index.arrived(List.of(delivery(1, null, payloads.put(sealed, message.envelope().length))));
        token = centre.connection.frames.get(0).header(Headers.ACK);
    }

    @AfterEach
    void stop() {
        later.shutdownNow();
    }

    private StompFrame answer(StompCommand command) {
        return StompFrame.of(command).header(Headers.ID, token).build();
    }

    private Exchange found(String receipt) {
        Exchange exchange = centre.exchange(with(answer(StompCommand.ACK), Headers.DELIVERY_RECEIPT, receipt));
        steps.findInFlight(exchange);
        return exchange;
    }

    private static DeliveryReceipt receipt(Sha256 network, String id, String sender, String receiver, Sha256 manifest) {
        return DeliveryReceipt.received(
                network,
                MessageId.of(id),
                SiteId.of(sender),
                SiteId.of(receiver),
                manifest,
                Sha256.of(new byte[0]),
                Instant.parse("2025-10-08T09:00:01Z"),
                1,
                1);
    }

    private static Sha256 manifestSha256() {
        return Sha256.of(Json.write(message.manifest()));
    }

    /** As the route has it once the receipt's signature has verified. */
    private Exchange verified(String signer, byte[] payload) {
        Exchange exchange = found("e30=");
        exchange.setProperty(SignatureProperties.SIGNER, SiteId.of(signer));
        exchange.getMessage().setBody(payload);
        return exchange;
    }

    private void assertReceiptRefused(Code code, DeliveryReceipt receipt) {
        assertRefused(code, () -> steps.matchReceipt(verified("CA-RC", Json.write(receipt))));
    }

    private CompletableFuture<Void> reject(String requeue, String reason) {
        StompFrame nack = with(answer(StompCommand.NACK), Headers.REQUEUE, requeue);
        return steps.reject(centre.exchange(with(nack, Headers.REASON, reason)));
    }

    @Test
    void acknowledgesWithoutAReceipt() {
        Exchange exchange = found(null);
        assertThat(steps.isReceipted(exchange)).isFalse();
        assertThat(steps.acknowledge(exchange)).isCompleted();
        assertThat(settled).singleElement().satisfies(end -> {
            assertThat(end.outcome()).isEqualTo(Outcome.ACKNOWLEDGED);
            assertThat(end.receipt()).isNull();
        });
        assertRefused(Code.NOT_PERMITTED, () -> steps.acknowledge(exchange));
    }

    @Test
    void keepsAReceiptThatHolds() throws Exception {
        Exchange exchange = found("e30=");
        assertThat(steps.isReceipted(exchange)).isTrue();
        steps.readReceipt(exchange);
        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_TYPE)).isEqualTo(DeliveryReceipt.TYPE);
        assertThat(exchange.getMessage().getBody(byte[].class))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{}");

        Exchange verified = verified("CA-RC", Json.write(receipt(networkId, ID, "FL-LAB", "CA-RC", manifestSha256())));
        steps.matchReceipt(verified);
        assertThat(steps.acknowledge(verified)).isCompleted();
        assertThat(settled)
                .singleElement()
                .extracting(Settlement::receipt)
                .isEqualTo(Base64.getDecoder().decode("e30="));
    }

    @Test
    void leavesTheDeliveryInFlightUntilItIsAcknowledged() {
        found(null);
        assertThat(centre.session.inFlight(token).delivery().messageNumber()).isEqualTo(1);
        assertThat(settled).isEmpty();
    }

    @Test
    void refusesADeliveryThatTheConnectionDoesNotHave() {
        StompFrame other =
                StompFrame.of(StompCommand.ACK).header(Headers.ID, "9-9-9").build();
        assertRefused(Code.NOT_PERMITTED, () -> steps.findInFlight(centre.exchange(other)));
        assertRefused(Code.NOT_PERMITTED, () -> steps.reject(centre.exchange(other)));
        StompFrame none = StompFrame.of(StompCommand.ACK).build();
        assertRefused(Code.MALFORMED, () -> steps.findInFlight(centre.exchange(none)));
        assertRefused(Code.MALFORMED, () -> steps.reject(centre.exchange(none)));
    }

    @Test
    void refusesAReceiptThatIsNone() {
        assertRefused(Code.MALFORMED, () -> found("not base64!"));
        assertRefused(Code.MALFORMED, () -> steps.matchReceipt(verified("CA-RC", new byte[] {'['})));
    }

    @Test
    void refusesAReceiptThatAnotherSiteSigned() {
        DeliveryReceipt receipt = receipt(networkId, ID, "FL-LAB", "CA-RC", manifestSha256());
        assertRefused(Code.WRONG_SENDER, () -> steps.matchReceipt(verified("NY-RC", Json.write(receipt))));
    }

    @Test
    void refusesAReceiptForAnotherDelivery() {
        Sha256 other = Sha256.of(new byte[1]);
        Sha256 manifest = manifestSha256();
        assertReceiptRefused(Code.WRONG_SENDER, receipt(networkId, ID, "FL-LAB", "NY-RC", manifest));
        assertReceiptRefused(Code.BAD_SIGNATURE, receipt(other, ID, "FL-LAB", "CA-RC", manifest));
        assertReceiptRefused(
                Code.BAD_SIGNATURE, receipt(networkId, "FL-LAB_DAT_20251008_002", "FL-LAB", "CA-RC", manifest));
        assertReceiptRefused(Code.BAD_SIGNATURE, receipt(networkId, ID, "PA-LAB", "CA-RC", manifest));
        assertReceiptRefused(Code.BAD_SIGNATURE, receipt(networkId, ID, "FL-LAB", "CA-RC", other));
    }

    @Test
    void givesARejectedDeliveryBackAfterAPause() {
        assertThat(reject(null, null)).isCompleted();
        assertThat(settled).singleElement().satisfies(end -> {
            assertThat(end.outcome()).isEqualTo(Outcome.RETURNED);
            assertThat(end.lastError()).isEqualTo("the receiver gave no reason");
        });
        assertThat(index.depths().get(QUEUE).ready()).isZero();
    }

    @Test
    void makesADeadLetterWithTheClientsReason() {
        assertThat(reject("false", "x\0" + "y".repeat(20_000))).isCompleted();
        assertThat(settled).singleElement().satisfies(end -> {
            assertThat(end.outcome()).isEqualTo(Outcome.DEAD_LETTERED);
            assertThat(end.reason())
                    .as("cut and printable")
                    .startsWith("x\\u0000yyy")
                    .hasSizeLessThanOrEqualTo(Printable.MAX_REASON);
        });
    }

    @Test
    void keepsADetailThatItCannotReadForTheSender() {
        byte[] detail = new byte[ReceiptSecret.SEALED_DETAIL];
        detail[7] = 7;
        assertThat(refuse(Base64.getEncoder().encodeToString(detail))).isCompleted();
        assertThat(settled).singleElement().extracting(Settlement::detail).isEqualTo(detail);
    }

    @Test
    void refusesADetailOfAnotherLengthAndOneThatIsNone() {
        assertRefused(Code.MALFORMED, () -> refuse("AAAA"));
        assertRefused(Code.MALFORMED, () -> refuse("not base64!"));
        assertThat(centre.session.inFlight(token)).isNotNull();
    }

    private CompletableFuture<Void> refuse(String detail) {
        StompFrame nack = with(answer(StompCommand.NACK), Headers.REQUEUE, "false");
        return steps.reject(centre.exchange(with(nack, Headers.REFUSAL_DETAIL, detail)));
    }

    @Test
    void refusesARequeueThatIsNeitherTrueNorFalse() {
        assertRefused(Code.MALFORMED, () -> reject("perhaps", null));
        assertThat(centre.session.inFlight(token)).isNotNull();
    }

    @Test
    void aStepContinuesOnceItsSettlementIsCommitted() {
        CompletableFuture<Void> commit = new CompletableFuture<>();
        List<Boolean> done = new ArrayList<>();
        Exchange exchange = found(null);
        assertThat(SettleSteps.afterCommit(unused -> commit, exchange, done::add))
                .isFalse();
        assertThat(done).isEmpty();
        commit.complete(null);
        assertThat(done).containsExactly(false);
        assertThat(exchange.getException()).isNull();
    }

    @Test
    void aStepPassesOnARefusalAndAFailedCommit() {
        Exchange exchange = found(null);
        exchange.setProperty(HqProperties.FRAME, StompFrame.of(StompCommand.ACK).build());
        List<Boolean> done = new ArrayList<>();
        assertThat(steps.acknowledge(exchange, done::add)).isTrue();
        assertThat(exchange.getException()).isNotNull();

        Exchange failing = found(null);
        IllegalStateException failure = new IllegalStateException("as the test says");
        SettleSteps.afterCommit(unused -> CompletableFuture.failedFuture(failure), failing, done::add);
        assertThat(failing.getException()).isSameAs(failure);
        assertThat(done).containsExactly(true, false);
    }
}
