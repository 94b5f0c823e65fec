package io.saddlebag.cli.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.testing.TestNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands for several nodes, over a real PostgreSQL and a home that does not run. */
class NodesCommandsTest {
    private static final String TOPOLOGY = """
            exchanges: [labs]
            queues:
              - {name: ca_rc_queue, site: CA-RC}
            bindings:
              - {exchange: labs, routing_key: ca_rc, queue: ca_rc_queue}
            sites:
              - {id: FL-LAB, publish: [labs]}
              - {id: CA-RC, consume: [ca_rc_queue]}
            """;

    @TempDir
    Path folder;

    private PostgresServer server;
    private Path home;
    private Path file;

    @BeforeEach
    void makeAHome() throws Exception {
        server = PostgresServer.start(folder.resolve("postgres"), Path.of("target", "postgres-binaries"), 0);
        TestNetwork network = TestNetwork.create(folder);
        network.identityFolder(TestNetwork.HQ);
        home = network.home(TestNetwork.HQ);
        Files.writeString(
                home.resolve("application.properties"),
                "site.id=DC-HQ\nhq.node=n1\nhq.database.url=" + server.jdbcUrl() + "\nhq.database.user=" + server.user()
                        + "\n");
        PrivateFiles.create(home.resolve("database.password"), server.password().getBytes(StandardCharsets.UTF_8));
        file = Files.writeString(folder.resolve("new.yaml"), TOPOLOGY);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String done(Object... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out();
    }

    private void execute(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void changesTheTopologyOfAllNodesAndShowsThem() throws Exception {
        assertThat(CommandLineRun.of("nodes", "--home", home).out()).contains("no node has started in the last day");
        assertThat(done("topology", "--home", home)).contains("no node has started yet");
        assertThat(done("topology", file, "--home", home, "--reason", "first"))
                .contains(
                        "+ queue ca_rc_queue: CA-RC", "+ site FL-LAB: publish [labs], consume []", "version 1 of the");

        Files.writeString(
                file,
                TOPOLOGY.replace("publish: [labs]}", "publish: [labs], rate: 5}")
                        .replace("queue, site", "queue, ttl: 3d, site"));
        assertThat(done("topology", file, "--home", home, "--check"))
                .contains(
                        "~ queue ca_rc_queue: CA-RC -> CA-RC, ttl PT72H",
                        "~ site FL-LAB: publish [labs], consume [] -> publish [labs], consume [], rate 5")
                .doesNotContain("version");
        assertThat(done("topology", "--home", home)).startsWith("version 1  ");
        assertThat(done("topology", file, "--home", home)).contains("version 2 of the topology");
        for (String option : List.of("--check", "--reason=again")) {
            assertThat(done("topology", file, "--home", home, option))
                    .isEqualTo("the file is the topology already, version 2" + System.lineSeparator());
        }
        assertThat(done("journal", "--home", home)).contains("topology", "version 1", "first", "version 2");

        Files.writeString(file, TOPOLOGY.replace("site: CA-RC}", "site: CA-RC, ordered: true}"));
        CommandLineRun ordered = CommandLineRun.of("topology", file, "--home", home);
        assertThat(ordered.exitCode()).isEqualTo(1);
        assertThat(ordered.err()).contains("expected no queue with ordered: true", "found ca_rc_queue");
        Files.writeString(file, "exchanges: [");
        assertThat(CommandLineRun.of("topology", file, "--home", home).exitCode())
                .isEqualTo(1);
        assertThat(done("topology", "--home", home)).startsWith("version 2  ");

        showsTheNodes();
        makesNoDatabaseWhereTheSettingsNameNone();
        Path settings = home.resolve("application.properties");
        Files.writeString(settings, Files.readString(settings).replace("hq.node=n1\n", ""));
        assertThat(CommandLineRun.of("topology", "--home", home).err()).contains("found a headquarters on its own");
    }

    private void makesNoDatabaseWhereTheSettingsNameNone() throws Exception {
        Path settings = home.resolve("application.properties");
        String before = Files.readString(settings);
        Files.writeString(settings, before.replace("hq.database.url=" + server.jdbcUrl(), ""));
        for (String command : List.of("topology", "nodes")) {
            assertThat(CommandLineRun.of(command, "--home", home).err())
                    .contains("expected hq.database.url with hq.node");
        }
        assertThat(home.resolve("postgres")).doesNotExist();
        Files.writeString(settings, before);
    }

    private void showsTheNodes() throws Exception {
        CommandLineRun none = CommandLineRun.of("nodes", "--home", home);
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.out()).contains("no node has started in the last day");

        execute("INSERT INTO hq_node (name, slot, address, version, topology_sha256, started_time, beat_time)"
                + " SELECT 'n1', 1, 'hq1:61617', '1.1.0', sha256, now(), now() FROM topology WHERE version = 2");
        assertThat(done("nodes", "--home", home)).contains("n1 ", "hq1:61617", "1.1.0", "ready since");
        assertThat(done("nodes", "--home", home, "--json")).contains("\"state\":\"ready\"");

        execute("UPDATE hq_node SET ended_time = now()");
        CommandLineRun ended = CommandLineRun.of("nodes", "--home", home);
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.out()).contains("ended since");
    }
}
