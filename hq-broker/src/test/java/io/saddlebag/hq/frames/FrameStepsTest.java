package io.saddlebag.hq.frames;

import static io.saddlebag.hq.testing.StepFixture.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.hq.deliver.Dispatcher;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.routing.Topology.SiteLimits;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.InFlightBudget;
import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.session.Sessions;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.testing.StepFixture;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.EmbeddedConnection;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.LoggedLines;
import java.nio.file.Path;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameStepsTest {
    @TempDir
    Path folder;

    private final StepFixture lab = new StepFixture("FL-LAB");
    private final EmbeddedConnection connection = new EmbeddedConnection(SiteId.of("FL-LAB"));
    private final Exchange exchange = lab.exchange(send("/exchange/labs").build());
    private Sessions sessions;
    private FrameSteps steps;

    @BeforeEach
    void make() {
        sessions = new Sessions(
                new Session.Limits(100, 4, 2, 1),
                new Dispatcher(new QueueIndex((queue, priority, after, limit) -> List.of(), Runnable::run, 10)),
                Runnable::run,
                site -> SiteLimits.NONE,
                null,
                InFlightBudget.UNLIMITED);
        steps = new FrameSteps(sessions, StepFixture.topology(folder), new Outage());
    }

    private static StompFrame.Builder send(String destination) {
        return StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, destination)
                .header(Headers.RECEIPT, "r");
    }

    private Exchange of(EmbeddedConnection client, StompFrame frame) {
        Exchange came = lab.exchange(frame);
        client.hasSent(came);
        return came;
    }

    private String action(StompFrame frame) {
        Exchange named = lab.exchange(frame);
        steps.nameAction(named);
        return named.getProperty(HqProperties.ACTION, String.class);
    }

    private StompFrame answer(Exchange failed, Throwable failure) {
        failed.setProperty(Exchange.EXCEPTION_CAUGHT, failure);
        steps.refuse(failed);
        return failed.getMessage().getBody(StompFrame.class);
    }

    @Test
    void opensOneSessionAConnection() {
        Exchange first = of(connection, send("/keys").build());
        Exchange second = of(connection, send("/keys").build());
        steps.openSession(first);
        steps.openSession(second);

        Session session = first.getProperty(HqProperties.SESSION, Session.class);
        assertThat(session.site()).isEqualTo(SiteId.of("FL-LAB"));
        assertThat(second.getProperty(HqProperties.SESSION)).isSameAs(session);
        assertThat(HqProperties.frame(first).header(Headers.DESTINATION)).isEqualTo("/keys");
        assertThat(sessions.count()).isEqualTo(1);
        connection.close();
        assertThat(sessions.count()).isZero();
        assertThat(session.isClosed()).isTrue();
    }

    @Test
    void readsNoMoreWhileTooMuchIsUnanswered() {
        Exchange large = of(connection, send("/keys").body(new byte[200]).build());
        steps.openSession(large);
        assertThat(connection.connection().isReading()).isFalse();

        large.getMessage().setBody(null);
        large.getExchangeExtension().handoverCompletions().forEach(completion -> completion.onComplete(large));
        assertThat(connection.connection().isReading()).isTrue();
    }

    @Test
    void refusesASiteThatTheTopologyDoesNotHave() {
        Exchange unknown =
                of(new EmbeddedConnection(SiteId.of("TX-LAB")), send("/keys").build());
        assertRefused(Code.NOT_PERMITTED, () -> steps.openSession(unknown));
    }

    @ParameterizedTest
    @CsvSource({
        "SEND, /exchange/labs, publish",
        "SEND, /keys, registerKeys",
        "SEND, /receipts, askReceipts",
        "SEND, /verdicts, keepVerdict",
        "SEND, /verdicts/next, nextVerdicts",
        "SEND, /chain, askChain",
        "SEND, /log, askLog",
        "SEND, /where, askWhere",
        "SEND, /resume, resumeParts",
        "SUBSCRIBE, /queue/ca_rc_queue, subscribe",
        "SUBSCRIBE, /keys/CA-RC, followKeys",
        "SUBSCRIBE, /receipts/FL-LAB, followReceipts",
        "SUBSCRIBE, /chain/FL-LAB, followChain",
        "SUBSCRIBE, /revocations, followRevocations",
        "SUBSCRIBE, /log/FL-LAB, followLog",
        "SUBSCRIBE, /where/FL-LAB, followWhere",
        "UNSUBSCRIBE, , unsubscribe",
        "ACK, , acknowledge",
        "NACK, , reject"
    })
    void namesTheActionOfAFrame(StompCommand command, String destination, String action) {
        StompFrame frame =
                StompFrame.of(command).header(Headers.DESTINATION, destination).build();
        assertThat(action(frame)).isEqualTo(action);
    }

    @Test
    void tellsTheFirstPartFromLaterOnes() {
        assertThat(action(send("/exchange/labs").header(Headers.PART, "1/3").build()))
                .isEqualTo("publish");
        assertThat(action(send("/exchange/labs").header(Headers.PART, "2/3").build()))
                .isEqualTo("part");
    }

    @Test
    void refusesADestinationThatItDoesNotHave() {
        assertRefused(Code.UNKNOWN_DESTINATION, () -> action(send("/topic/labs").build()));
        assertRefused(
                Code.UNKNOWN_DESTINATION,
                () -> action(StompFrame.of(StompCommand.SUBSCRIBE)
                        .header(Headers.DESTINATION, "/exchange/labs")
                        .build()));
        assertRefused(
                Code.MALFORMED, () -> action(StompFrame.of(StompCommand.SEND).build()));
    }

    @Test
    void refusesATransaction() {
        assertRefused(
                Code.NOT_PERMITTED,
                () -> action(
                        send("/exchange/labs").header(Headers.TRANSACTION, "t").build()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT", "BEGIN", "DISCONNECT", "MESSAGE"})
    void refusesACommandThatIsNoClientsNow(String command) {
        assertRefused(
                Code.MALFORMED,
                () -> action(StompFrame.of(StompCommand.valueOf(command)).build()));
    }

    @Test
    void exactlyOnePredicateMatchesEachAction() {
        exchange.setProperty(HqProperties.ACTION, "registerKeys");

        assertThat(FrameSteps.predicates().entrySet().stream()
                        .filter(each -> each.getValue().matches(exchange))
                        .map(Map.Entry::getKey))
                .containsExactly("isRegisterKeys");
    }

    @Test
    void noneMatchesAFrameWithoutAnAction() {
        assertThat(FrameSteps.predicates().values()).hasSize(22).noneMatch(each -> each.matches(exchange));
    }

    @Test
    void confirmsAFrameThatAskedForAReceipt() {
        steps.confirm(exchange);

        StompFrame receipt = exchange.getMessage().getBody(StompFrame.class);
        assertThat(receipt.command()).isEqualTo(StompCommand.RECEIPT);
        assertThat(receipt.header(Headers.RECEIPT_ID)).isEqualTo("r");
        assertThat(receipt.header(Headers.NEXT_PART)).isNull();
    }

    @Test
    void saysWhichPartIsWantedNext() {
        exchange.setProperty(HqProperties.NEXT_PART, 3);
        steps.confirm(exchange);
        assertThat(exchange.getMessage().getBody(StompFrame.class).header(Headers.NEXT_PART))
                .isEqualTo("3");
    }

    @Test
    void answersNothingToAFrameThatAskedForNoReceipt() {
        Exchange silent = lab.exchange(StompFrame.of(StompCommand.ACK).build());
        steps.confirm(silent);
        assertThat(silent.getMessage().getBody()).isNull();
    }

    private Exchange inTurnsOf(Executor threads) {
        exchange.setProperty(
                HqProperties.SESSION,
                new Session(
                        SiteId.of("FL-LAB"),
                        lab.connection,
                        new Session.Limits(100, 4, 2, 1),
                        new Dispatcher(new QueueIndex((queue, priority, after, limit) -> List.of(), threads, 10)),
                        threads));
        return exchange;
    }

    @Test
    void continuesInTheTurnOfItsSession() {
        Queue<Runnable> threads = new ArrayDeque<>();
        List<Boolean> done = new ArrayList<>();
        assertThat(steps.takeTurn(inTurnsOf(threads::add), done::add)).isFalse();
        assertThat(done).isEmpty();
        threads.remove().run();
        assertThat(done).containsExactly(false);
    }

    @Test
    void failsAFrameThatGetsNoTurnWhileHeadquartersStops() {
        Executor stopped = task -> {
            throw new RejectedExecutionException("stopping");
        };
        assertThat(steps.takeTurn(inTurnsOf(stopped), done -> {})).isTrue();
        assertThat(exchange.getException()).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void answersARefusalWithItsCode() {
        Refusal refusal = new Refusal(Code.QUEUE_FULL, "as the test says");
        StompFrame error = answer(of(connection, send("/exchange/labs").build()), refusal);
        assertThat(error.command()).isEqualTo(StompCommand.ERROR);
        assertThat(error.header(Headers.CODE)).isEqualTo("queue-full");

        connection.connection().rejectionsAsReceipts(true);
        StompFrame receipt = answer(of(connection, send("/exchange/labs").build()), refusal);
        assertThat(receipt.command()).isEqualTo(StompCommand.RECEIPT);
        assertThat(receipt.header(Headers.STATUS)).isEqualTo(Headers.STATUS_REJECTED);
    }

    @Test
    void logsABoundedNumberOfRefusalsOfAKindThoughItAnswersAll() {
        try (LoggedLines lines = LoggedLines.of(FrameSteps.class)) {
            for (int i = 0; i < 100; i++) {
                Refusal refusal = new Refusal(Code.BAD_DIGEST, "as the test says " + i);
                assertThat(answer(of(connection, send("/exchange/labs").build()), refusal)
                                .header(Headers.CODE))
                        .isEqualTo("bad-digest");
            }
            answer(of(connection, send("/exchange/labs").build()), new Refusal(Code.CONFLICT, "another kind"));

            assertThat(lines.at(Level.WARN)).hasSize(21).last().asString().contains("another kind");
        }
    }

    @Test
    void answersAFailureWithoutSayingMoreThanWhereToLook() {
        StompFrame error =
                answer(of(connection, send("/exchange/labs").build()), new IllegalStateException("a secret"));
        assertThat(error.header(Headers.CODE)).isEqualTo("internal");
        assertThat(error.header(Headers.RECEIPT_ID)).isEqualTo("r");
        assertThat(error.header(Headers.MESSAGE)).contains("its log says why").doesNotContain("secret");
    }

    @Test
    void answersAnOutageOfTheStoreAsOne() {
        for (Exception outage : List.of(
                new StoreException("the database is away", null, true),
                new IllegalStateException(new SQLTransientConnectionException("no connection", "08001")))) {
            assertThat(answer(exchange, outage).header(Headers.MESSAGE)).contains("store does not answer");
        }
    }

    @Test
    void answersNothingToATimer() {
        Exchange timer = lab.exchange(null);
        assertThat(answer(timer, new IllegalStateException("as the test says"))).isNull();
        assertThat(answer(timer, new StoreException("the database is away", null, true)))
                .isNull();
    }
}
