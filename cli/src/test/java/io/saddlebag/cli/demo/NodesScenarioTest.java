package io.saddlebag.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.audit.NetworkAudit;
import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.NodeHome;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.cli.home.SiteKind;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.lab.LabApplication;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.FreePort;
import io.saddlebag.site.SiteApplication;
import io.saddlebag.site.SiteHome;
import io.saddlebag.stomp.HostAndPort;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of operators on two nodes of headquarters over one PostgreSQL. */
class NodesScenarioTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final SiteId ABSENT = SiteId.of("SF-RC");
    private static final Sample SAMPLE = Sample.ALL.get(0);
    private static final String LARGE = "FL-LAB_DAT_20261130_002";
    private static final int LARGE_BYTES = 3_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private ScenarioHomes homes;
    private PostgresServer database;
    private SiteHome first;
    private SiteHome second;
    private final List<SiteApplication> running = new ArrayList<>();

    @BeforeEach
    void startTwoNodesALaboratoryAndACentre() throws Exception {
        homes = new ScenarioHomes(folder.resolve("scenario"));
        database = PostgresServer.start(folder.resolve("postgres"), 0);
        HostAndPort address = HostAndPort.of("127.0.0.1:" + FreePort.any());
        homes.make(address.port());
        first = homes.home(ScenarioHomes.HEADQUARTERS);
        PrivateFiles.create(
                first.resolve("database.password"), database.password().getBytes(StandardCharsets.US_ASCII));
        HomeMaker.set(
                first,
                Map.of(
                        "hq.node",
                        "n1",
                        "hq.proof-log-interval",
                        "200ms",
                        "hq.database.url",
                        database.jdbcUrl(),
                        "hq.database.user",
                        database.user()));
        second = new SiteHome(folder.resolve("n2"));
        HostAndPort other = HostAndPort.of("127.0.0.1:" + FreePort.any());
        new NodeHome(first).make(second, "n2", other);
        HomeMaker.set(homes.home(LAB), Map.of("folder.settle-time", "100ms", "folder.poll-interval", "100ms"));
        for (SiteId site : List.of(LAB, CENTRE, ABSENT)) {
            HomeMaker.headquarters(homes.home(site), List.of(address, other));
        }
        start(SiteKind.HQ, first);
        start(SiteKind.HQ, second);
        start(SiteKind.CENTRE, homes.home(CENTRE));
        SiteApplication absent = start(SiteKind.CENTRE, homes.home(ABSENT));
        start(SiteKind.LAB, homes.home(LAB));
        await("the keys of both centres")
                .atMost(PATIENCE)
                .until(() ->
                        text("SELECT count(DISTINCT site_id) FROM key_bundle").equals("2"));
        running.remove(absent);
        absent.close();
    }

    private SiteApplication start(SiteKind kind, SiteHome home) throws Exception {
        SiteApplication application = kind.application(home, Map.of(), Set.of());
        application.start();
        running.add(application);
        return application;
    }

    @AfterEach
    void stop() {
        for (int i = running.size() - 1; i >= 0; i--) {
            running.get(i).close();
        }
        database.close();
    }

    private String text(String sql) throws Exception {
        try (Connection connection =
                        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private void execute(String sql) throws Exception {
        try (Connection connection =
                        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String run(int exitCode, Object... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(exitCode);
        return run.out();
    }

    private static void audited(Path home) throws Exception {
        assertThat(NetworkAudit.of(List.of(home), false).run().findings()).isEmpty();
    }

    @Test
    void showsChecksAndKeepsWhatBothHave() throws Exception {
        SAMPLE.drop(homes.home(LAB), LabApplication.ROUTE_FOLDERS);
        byte[] large = new byte[LARGE_BYTES];
        new Random(7).nextBytes(large);
        Files.write(homes.home(LAB).resolve("drop/raw-data/" + LARGE + ".csv"), large);
        await("both at the centre that runs").atMost(PATIENCE).until(() -> text("SELECT count(*) FROM delivery_ended")
                .equals("2"));

        examine();
        keep();
        export();
        discard();
        await("the end of what was discarded").atMost(PATIENCE).until(() -> text("SELECT count(*) FROM delivery_held")
                .equals("0"));
        audited(first.folder());
        audited(second.folder());
    }

    private void examine() {
        // A node tells the topology that it has with its next beat.
        await("both nodes with the same topology").atMost(PATIENCE).untilAsserted(() -> assertThat(
                        run(0, "doctor", "--home", first.folder()))
                .contains("where no commit waits for a standby")
                .containsPattern("ok +node +n1 at .*, is ready")
                .containsPattern("ok +node +n2 at .*, is ready"));
        for (SiteHome home : List.of(first, second)) {
            assertThat(run(1, "where", LARGE, "--home", home.folder())).contains("SF-RC: under way");
        }
    }

    /** The back-up of either node has all that both keep. */
    private void keep() throws Exception {
        Path target = Files.createDirectory(folder.resolve("back-ups"));
        run(0, "backup", "--home", second.folder(), "--to", target);
        Path backUp;
        try (Stream<Path> files = Files.list(target)) {
            backUp = files.findFirst().orElseThrow();
        }
        run(0, "backup", "verify", backUp);
        execute("CREATE DATABASE other");
        Path restored = folder.resolve("restored");
        run(
                0,
                "restore",
                "--home",
                restored,
                "--set",
                "hq.database.url=" + database.jdbcUrl().replaceFirst("/saddlebag$", "/other"),
                backUp);
        audited(restored);
        assertThat(run(1, "where", LARGE, "--home", restored)).contains("SF-RC: under way");
    }

    private void export() throws Exception {
        execute("UPDATE delivery_held SET dead_lettered_time = now(), reason = 'tested'");
        Path sealed = folder.resolve("sealed");
        run(0, "dead", "export", LARGE, "--home", second.folder(), "-o", sealed);
        assertThat(Sha256.of(Files.readAllBytes(sealed)))
                .hasToString(text("SELECT encode(body_sha256, 'hex') FROM message WHERE message_id = '" + LARGE + "'"));
    }

    /** Each at the home of the node that has not taken the message in, too. */
    private void discard() {
        assertThat(run(0, "dead", "list", "--home", first.folder())).contains(LARGE, "2 dead letters");
        run(0, "dead", "discard", LARGE, "--home", first.folder(), "--reason", "tested");
        run(0, "dead", "discard", SAMPLE.messageId(), "--home", second.folder(), "--reason", "tested");
        assertThat(run(0, "journal", "--home", second.folder())).contains("dead-discard");
    }
}
