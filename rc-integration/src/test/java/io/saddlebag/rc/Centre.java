package io.saddlebag.rc;

import io.saddlebag.message.SiteId;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stores.FolderStore;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A whole centre on its shipped routes, and the real server side of the wire with a script for headquarters. */
public final class Centre implements AutoCloseable {
    private static final Set<String> BEGINNING = Set.of("keys-CA-RC", "log-CA-RC", "revocations");
    static final SiteId SITE = SiteId.of("CA-RC");

    public final TestNetwork network;
    public final SiteHome home;
    final AgeIdentity ageKey;
    public final Letters letters;
    private final ScriptedServer server;
    /** Headquarters' nodes; the first is the server. */
    private final List<ScriptedServer> nodes = new ArrayList<>();

    private volatile ScriptedServer.Script special = (connection, frame) -> null;
    private SiteClocks clocks = SiteClocks.ofSystem();
    private Set<String> adopted = Set.of();
    private RcApplication application;

    public Centre(Path folder) throws IOException {
        this(folder, 1);
    }

    /** @param count of the nodes of headquarters */
    Centre(Path folder, int count) throws IOException {
        network = TestNetwork.create(folder);
        home = new SiteHome(network.home(SITE));
        Path identity = network.identityFolder(SITE);
        ageKey = AgeIdentity.generate();
        ageKey.write(identity.resolve("age.key"));
        letters = new Letters(network.identity("FL-LAB"), ageKey.recipient());
        for (int i = 0; i < count; i++) {
            nodes.add(ScriptedServer.start(network.identity(TestNetwork.HQ), this::answer));
        }
        server = nodes.get(0);
        String where = count == 1
                ? "\nhq.host=127.0.0.1\nhq.port=" + server.port()
                : "\nhq.addresses="
                        + nodes.stream().map(node -> "127.0.0.1:" + node.port()).collect(Collectors.joining(","));
        Files.writeString(
                home.settingsFile(),
                "site.id=CA-RC" + where
                        + "\nhq.reconnect-max=300ms\nreceive.retry-interval=50ms\nreceive.subscribe-retry=50ms\n");
        Files.createDirectories(home.routes());
        Files.copy(shipped().resolve("routes/outbox.camel.yaml"), home.routes().resolve("outbox.camel.yaml"));
    }

    /** By which it runs from its next start on. */
    void clocks(SiteClocks set) {
        clocks = set;
    }

    /** The stores that the next starts adopt. */
    void adopts(String... stores) {
        adopted = Set.of(stores);
    }

    /** Adds a parameter to the route of the outbox. */
    void outboxParameter(String name, String value) throws IOException {
        Files.writeString(
                home.routes().resolve("outbox.camel.yaml"),
                "      - {name: " + name + ", value: \"" + value + "\"}\n",
                StandardOpenOption.APPEND);
    }

    /** Has the CA issue other certificates and keys of the same site, as after a loss. */
    void renewIdentity() {
        network.reissue(SITE);
    }

    private static Path shipped() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("config/ca-rc"))) {
            folder = folder.getParent();
        }
        return folder.resolve("config/ca-rc");
    }

    private StompFrame answer(StompConnection connection, StompFrame frame) throws Exception {
        StompFrame answer = special.answer(connection, frame);
        String receipt = frame.header(Headers.RECEIPT);
        if (answer == null && receipt != null) {
            return StompFrame.of(StompCommand.RECEIPT)
                    .header(Headers.RECEIPT_ID, receipt)
                    .build();
        }
        return answer;
    }

    /** Answers before the usual RECEIPT, unless it answers null. */
    void headquarters(ScriptedServer.Script script) {
        special = script;
    }

    static StompFrame rejected(StompFrame frame, String code) {
        return StompFrame.of(StompCommand.RECEIPT)
                .header(Headers.RECEIPT_ID, frame.header(Headers.RECEIPT))
                .header(Headers.STATUS, Headers.STATUS_REJECTED)
                .header(Headers.CODE, code)
                .header(Headers.REASON, "as the test says")
                .build();
    }

    /** Starts and waits until it has subscribed. */
    public Centre start() throws SiteStartException {
        int subscriptions = frames(StompCommand.SUBSCRIBE).size();
        application = new RcApplication(home, Map.of(), adopted, clocks);
        application.start();
        await().until(() -> frames(StompCommand.SUBSCRIBE).size() > subscriptions);
        return this;
    }

    public void stop() {
        application.close();
        application = null;
    }

    ScriptedServer server() {
        return server;
    }

    List<ScriptedServer> nodes() {
        return nodes;
    }

    /** Without the subscriptions to own keys, proof log and revocations, which each connection begins with. */
    public List<StompFrame> frames(StompCommand command) {
        return nodes.stream()
                .flatMap(node -> node.frames().stream())
                .filter(frame -> frame.command() == command && !BEGINNING.contains(frame.header(Headers.ID) + ""))
                .toList();
    }

    /** The n-th frame of the command, from 1, once it is there. */
    public StompFrame frame(StompCommand command, int number) {
        await().until(() -> frames(command).size() >= number);
        return frames(command).get(number - 1);
    }

    public StompConnection connection() {
        return server.connections().get(server.connections().size() - 1);
    }

    /** Delivers and waits for the ACK or NACK. */
    public StompFrame deliver(Letters.Letter letter) {
        return deliver(letters.frames(letter));
    }

    public StompFrame deliver(List<StompFrame> frames) {
        frames.forEach(connection()::send);
        return settlement(frames.get(0).header(Headers.ACK));
    }

    StompFrame settlement(String token) {
        return await().until(
                        () -> nodes.stream()
                                .flatMap(node -> node.frames().stream())
                                .filter(frame ->
                                        frame.command() == StompCommand.ACK || frame.command() == StompCommand.NACK)
                                .filter(frame -> token.equals(frame.header(Headers.ID)))
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull);
    }

    private static ConditionFactory await() {
        return Awaitility.await().pollInterval(Duration.ofMillis(10));
    }

    /** The files in the work folder, without its mark. */
    public List<Path> filesInWork() throws IOException {
        try (Stream<Path> files = Files.list(home.work())) {
            return files.filter(file -> !file.endsWith(FolderStore.MARKER)).toList();
        }
    }

    public Path outbox(String name) {
        return home.folder().resolve("outbox/FL-LAB").resolve(name);
    }

    @Override
    public void close() {
        if (application != null) {
            application.close();
        }
        nodes.forEach(ScriptedServer::close);
    }
}
