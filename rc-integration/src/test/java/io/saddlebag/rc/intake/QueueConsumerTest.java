package io.saddlebag.rc.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.files.Presence;
import io.saddlebag.log.WorkUnderWay;
import io.saddlebag.message.Manifest;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.rc.work.WorkFolder;
import io.saddlebag.site.SiteHome;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.HostName;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.HqLinks;
import io.saddlebag.stomp.client.Intake;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import io.saddlebag.testing.LinkedSite;
import io.saddlebag.testing.RunningTimes;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One queue on a real link, with a single worker, and a route of its own behind it. */
class QueueConsumerTest {
    private static final String QUEUE = "ca_rc_queue";

    @TempDir
    private Path folder;

    private final KeyedSerialExecutor executor = new KeyedSerialExecutor(1);
    private final Intake intake = new Intake(1000);
    private final List<String> passed = new CopyOnWriteArrayList<>();
    private ScriptedServer server;
    private WorkFolder work;
    private RcJournal journal;
    private StompClient link;
    private QueueConsumer subscription;
    private LinkedSite site;

    @BeforeEach
    void connect() throws IOException {
        TestNetwork network = TestNetwork.create(folder);
        server = ScriptedServer.start(network.identity(TestNetwork.HQ), QueueConsumerTest::answer);
        link = new StompClient(
                network.identity("CA-RC"),
                LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), server.port())
                        .withDelays(Duration.ofMillis(20), Duration.ofMillis(200)));
        journal = RcJournal.open(folder.resolve("rc.db"));
        work = WorkFolder.open(
                folder.resolve("work"), Presence.ALWAYS, Duration.ofDays(1), RunningTimes.sinceEver(Clock.systemUTC()));
        QueueEndpoint.Parts queues = new QueueEndpoint.Parts(
                new SiteHome(folder),
                outbox -> Presence.ALWAYS,
                HqLinks.of(link),
                executor,
                intake,
                new ResumePoints(work, journal, file -> false),
                Duration.ofMillis(50),
                Duration.ofMillis(50));
        site = LinkedSite.start(queues.component());
        Awaitility.await().until(link::isConnected);
    }

    @AfterEach
    void close() throws IOException {
        site.close();
        executor.close();
        journal.close();
        server.close();
    }

    private static StompFrame answer(StompConnection connection, StompFrame frame) {
        String receipt = frame.header(Headers.RECEIPT);
        return receipt == null
                ? null
                : StompFrame.of(StompCommand.RECEIPT)
                        .header(Headers.RECEIPT_ID, receipt)
                        .build();
    }

    @Test
    void givesBackADeliveryThatAnErrorAbortsAndTakesItAgain() throws Exception {
        List<String> begun = new CopyOnWriteArrayList<>();
        take(exchange -> {
            begun.add("delivery");
            if (begun.size() == 1) {
                throw new StackOverflowError("as the test says");
            }
        });
        frames(StompCommand.SUBSCRIBE, 1);
        deliver();

        // The connection was closed, so that headquarters has the delivery back, and made again.
        frames(StompCommand.SUBSCRIBE, 2);
        assertThat(intake.waiting()).isZero();
        deliver();

        Awaitility.await().until(() -> intake.waiting() == 0 && !passed.isEmpty());
        assertThat(begun).hasSize(2);
        assertThat(passed).hasSize(1);
    }

    @Test
    void countsTheHeadersOfWhatWaitsInMemory() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        take(exchange -> await(hold));
        frames(StompCommand.SUBSCRIBE, 1);

        server.connections()
                .get(0)
                .send(StompFrame.of(StompCommand.MESSAGE)
                        .header(Headers.SUBSCRIPTION, QUEUE)
                        .header(Headers.ACK, "token")
                        .header("x", "x".repeat(30_000))
                        .build());

        Awaitility.await().until(() -> intake.waiting() > 30_000);
        hold.countDown();
        Awaitility.await().until(() -> intake.waiting() == 0);
    }

    @Test
    void asksForNoQueueThatWasSuspendedBeforeItsTurnCame() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        executor.execute("other work", (KeyedSerialExecutor.Work) over -> {
            await(hold);
            over.run();
        });
        take(exchange -> {});
        AtomicBoolean isOver = new AtomicBoolean();
        subscription.suspend(subscription.subscriptions().get(0), 1, "as the test says", isOver::get);
        frames(StompCommand.UNSUBSCRIBE, 1);

        hold.countDown();
        CountDownLatch asked = new CountDownLatch(1);
        executor.execute("subscribe to " + QUEUE, asked::countDown);
        await(asked);
        // The answer comes after all earlier frames.
        link.request(StompFrame.of(StompCommand.SEND).build()).get(60, TimeUnit.SECONDS);
        frames(StompCommand.SUBSCRIBE, 0);
        isOver.set(true);

        frames(StompCommand.SUBSCRIBE, 1);
        deliver();
        Awaitility.await().until(() -> !passed.isEmpty());
    }

    @Test
    void suspendsNothingForADeliveryOfAnEarlierSubscription() throws Exception {
        take(exchange -> {});
        frames(StompCommand.SUBSCRIBE, 1);
        server.connections().get(0).close();
        frames(StompCommand.SUBSCRIBE, 2);

        subscription.suspend(subscription.subscriptions().get(0), 1, "as the test says", () -> false);

        deliver();
        Awaitility.await().until(() -> !passed.isEmpty());
        frames(StompCommand.UNSUBSCRIBE, 0);
    }

    @Test
    void forgetsTheDeliveriesThatASuspensionCutOff() throws Exception {
        take(exchange -> {});
        frames(StompCommand.SUBSCRIBE, 1);
        AssembleParts assembleParts =
                new AssembleParts(work, new DiskRoom(work.folder(), folder, Presence.ALWAYS, 0), new WorkUnderWay());
        assembleParts.readPart(firstPart("FL-LAB_DAT_20251008_001", 1));
        assembleParts.readPart(firstPart("FL-LAB_DAT_20251008_002", 1));
        assertThat(assembleParts.unfinished()).isEqualTo(2);

        subscription.suspend(subscription.subscriptions().get(0), 1, "as the test says", () -> true);
        frames(StompCommand.SUBSCRIBE, 2);
        assembleParts.readPart(firstPart("FL-LAB_DAT_20251008_001", 3));

        assertThat(assembleParts.unfinished()).isEqualTo(1);
    }

    private Exchange firstPart(String messageId, long epoch) {
        StompFrame frame = StompFrame.of(StompCommand.MESSAGE)
                .header(Headers.MESSAGE_ID, messageId)
                .header(Headers.ACK, messageId + " " + epoch)
                .header(Headers.PART, "1/2")
                .header(Headers.MANIFEST_LENGTH, "10")
                .body(new byte[10 + Manifest.PART_SIZE])
                .build();
        Arrival arrival = new Arrival(
                frame, link.connection(), subscription.subscriptions().get(0), new DeliveryWindow(epoch, 1), () -> {});
        Exchange exchange = new DefaultExchange(site.context());
        exchange.setProperty(Arrival.PROPERTY, arrival);
        return exchange;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void looksAgainAfterALookThatFailed() throws Exception {
        take(exchange -> {});
        frames(StompCommand.SUBSCRIBE, 1);
        AtomicInteger looks = new AtomicInteger();

        subscription.suspend(subscription.subscriptions().get(0), 1, "as the test says", () -> {
            if (looks.incrementAndGet() == 1) {
                throw new IllegalStateException("as the test says");
            }
            return true;
        });

        frames(StompCommand.SUBSCRIBE, 2);
        assertThat(looks).hasValue(2);
    }

    /** Starts the route. */
    private void take(Processor step) throws Exception {
        site.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("hq:queue/" + QUEUE + "?directory=outbox")
                        .process(step)
                        .process(exchange -> passed.add("delivery"));
            }
        });
        subscription = (QueueConsumer) site.context().getRoutes().get(0).getConsumer();
    }

    private void deliver() {
        server.connections()
                .get(server.connections().size() - 1)
                .send(StompFrame.of(StompCommand.MESSAGE)
                        .header(Headers.SUBSCRIPTION, QUEUE)
                        .header(Headers.MESSAGE_ID, "FL-LAB_DAT_20251008_001")
                        .header(Headers.ACK, "token")
                        .body(new byte[100])
                        .build());
    }

    /** The frames of the command, once their number is right. */
    private List<StompFrame> frames(StompCommand command, int count) {
        return Awaitility.await()
                .until(
                        () -> server.frames().stream()
                                .filter(frame -> frame.command() == command)
                                .toList(),
                        found -> found.size() == count);
    }
}
