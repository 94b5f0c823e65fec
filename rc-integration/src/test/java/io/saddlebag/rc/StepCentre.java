package io.saddlebag.rc;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.files.Presence;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.log.WorkUnderWay;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.deliver.OpenSteps;
import io.saddlebag.rc.deliver.SealOpener;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.intake.AssembleParts;
import io.saddlebag.rc.intake.DeliveryWindow;
import io.saddlebag.rc.intake.DiskRoom;
import io.saddlebag.rc.intake.KeyedSerialExecutor;
import io.saddlebag.rc.intake.QueueConsumer;
import io.saddlebag.rc.intake.QueueEndpoint;
import io.saddlebag.rc.intake.ResumePoints;
import io.saddlebag.rc.outbox.Outbox;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.rc.work.WorkFolder;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.seal.MessageOpener;
import io.saddlebag.site.SiteHome;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.HostName;
import io.saddlebag.stomp.StompCommand;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;

/** The surroundings of single steps: a centre's stores, and a real link to a server with a script for headquarters. */
public final class StepCentre implements AutoCloseable {
    public static final SiteId SITE = SiteId.of("CA-RC");
    public static final SiteId LAB = SiteId.of("FL-LAB");
    public static final String QUEUE = "ca_rc_queue";
    public static final String ID = "FL-LAB_DAT_20251008_001";
    public static final Instant NOW = Instant.parse("2025-10-08T10:00:00Z");

    public final TestNetwork network;
    public final SiteIdentity identity;
    public final AgeIdentity ageKey = AgeIdentity.generate();
    public final Letters letters;
    public final Path workFolder;
    public final Outbox outbox;
    public final RcJournal journal;
    public final WorkFolder work;
    public final DiskRoom room;
    public final StompClient link;
    private final Path folder;
    private final KeyedSerialExecutor executor = new KeyedSerialExecutor(1);
    private final ScriptedServer server;
    private final LinkedSite site;
    private QueueConsumer subscription;
    private volatile UnaryOperator<StompFrame> answers = frame -> null;

    public StepCentre(Path folder, Outbox.Extras extras) throws Exception {
        this.folder = folder;
        network = TestNetwork.create(folder.resolve("network"));
        identity = network.identity(SITE);
        letters = new Letters(network.identity(LAB), ageKey.recipient());
        journal = RcJournal.open(folder.resolve("rc.db"));
        workFolder = folder.resolve("work");
        work = WorkFolder.open(
                workFolder, Presence.ALWAYS, Duration.ofDays(1), RunningTimes.sinceEver(Clock.systemUTC()));
        room = new DiskRoom(workFolder, folder, Presence.ALWAYS, 0);
        server = ScriptedServer.start(network.identity(TestNetwork.HQ), (connection, frame) -> answer(frame));
        link = new StompClient(identity, LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), server.port()));
        QueueEndpoint.Parts queues = new QueueEndpoint.Parts(
                new SiteHome(folder),
                any -> Presence.ALWAYS,
                HqLinks.of(link),
                executor,
                new Intake(1_000_000),
                new ResumePoints(work, journal, file -> false),
                Duration.ofMillis(50),
                Duration.ofMillis(50));
        site = LinkedSite.start(queues.component());
        Awaitility.await().until(link::isConnected);
        QueueEndpoint queue = site.context()
                .getEndpoint(
                        "hq:queue/" + QUEUE + "?directory=outbox&checksum=" + extras.checksum() + "&readyMarker="
                                + extras.readyMarker(),
                        QueueEndpoint.class);
        outbox = queue.outbox();
        subscription = (QueueConsumer) queue.createConsumer(exchange -> {});
    }

    private StompFrame answer(StompFrame frame) {
        String receipt = frame.header(Headers.RECEIPT);
        StompFrame answer = answers.apply(frame);
        return answer != null || receipt == null
                ? answer
                : StompFrame.of(StompCommand.RECEIPT)
                        .header(Headers.RECEIPT_ID, receipt)
                        .build();
    }

    /** Headquarters refuses each frame of the command. */
    public void rejects(StompCommand command, String code) {
        answers = frame -> frame.command() == command ? Centre.rejected(frame, code) : null;
    }

    /** The frames of the command, once there are that many. */
    public List<StompFrame> frames(StompCommand command, int count) {
        return Awaitility.await()
                .until(
                        () -> server.frames().stream()
                                .filter(frame -> frame.command() == command)
                                .toList(),
                        found -> found.size() == count);
    }

    /** Starts a route that takes the queue, with further parameters. */
    public void takeQueue(String parameters) throws Exception {
        site.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("hq:queue/" + QUEUE + "?directory=outbox" + parameters).process(exchange -> {});
            }
        });
        subscription = (QueueConsumer) site.context().getRoutes().get(0).getConsumer();
        frames(StompCommand.SUBSCRIBE, 1);
    }

    public Exchange exchange() {
        return new DefaultExchange(site.context());
    }

    public static Exchange failed(Exchange exchange, Exception failure) {
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, failure);
        return exchange;
    }

    public Exchange arrival(StompFrame frame) {
        Exchange exchange = exchange();
        exchange.setProperty(
                Arrival.PROPERTY,
                new Arrival(
                        frame,
                        link.connection(),
                        subscription.subscriptions().get(0),
                        new DeliveryWindow(1, 1),
                        () -> {}));
        return exchange;
    }

    public AssembleParts assembleParts() {
        return new AssembleParts(work, room, new WorkUnderWay());
    }

    /** A delivery of one part, after {@code assembleParts}. */
    public Exchange assembled(Letters.Letter letter) throws IOException {
        return assembled(letter, letters.frames(letter).get(0));
    }

    /** The first frame of a delivery, after {@code assembleParts}. */
    public Exchange assembled(Letters.Letter letter, StompFrame first) throws IOException {
        Exchange exchange = arrival(first);
        AssembleParts parts = assembleParts();
        parts.readPart(exchange);
        Arrival.of(exchange).verified(Json.read(letter.manifest(), Manifest.class), letter.manifestSha256());
        parts.assembleParts(exchange);
        return exchange;
    }

    /** The exchange after {@code direct:verify}. */
    public Exchange verified(Exchange exchange, Letters.Letter letter) {
        exchange.setProperty(SignatureProperties.SIGNER, LAB);
        exchange.setProperty(
                SignatureProperties.SIGNER_FINGERPRINT, network.identity(LAB).signingFingerprint());
        exchange.setProperty(SignatureProperties.PAYLOAD_SHA256, letter.manifestSha256());
        exchange.getMessage().setBody(letter.manifest());
        return exchange;
    }

    public OpenSteps openSteps() {
        return openSteps(ageKey);
    }

    public OpenSteps openSteps(AgeIdentity key) {
        return openSteps(key, RunningTimes.sinceEver(Clock.fixed(NOW, ZoneOffset.UTC)));
    }

    public OpenSteps openSteps(AgeIdentity key, RunningTime time) {
        return new OpenSteps(
                identity,
                journal,
                new SealOpener(new MessageOpener(CryptoProviders.choose()), () -> List.of(key), work, 1000),
                time);
    }

    /** A delivery of one part, after {@code openSeal}. */
    public Exchange opened(Letters.Letter letter) throws IOException {
        Exchange exchange = verified(assembled(letter), letter);
        OpenSteps steps = openSteps();
        steps.readManifest(exchange);
        steps.openSeal(exchange);
        return exchange;
    }

    /** The names in the laboratory's folder of the outbox, without hidden ones. */
    public List<String> inOutbox() throws IOException {
        return Files.exists(inOutbox(""))
                ? names(inOutbox("")).stream()
                        .filter(name -> !name.startsWith("."))
                        .toList()
                : List.of();
    }

    public Path inOutbox(String name) {
        return outbox.directory().resolve(LAB.value()).resolve(name);
    }

    public List<String> inWork() throws IOException {
        return names(workFolder);
    }

    /** Changes the journal as another process would. */
    public void changeJournal(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("rc.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    /** The first column of the query's first row in the journal. */
    public String inJournal(String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("rc.db"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    private static List<String> names(Path of) throws IOException {
        try (Stream<Path> files = Files.list(of)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public void close() {
        site.close();
        executor.close();
        journal.close();
        server.close();
    }
}
