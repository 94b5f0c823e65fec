package io.saddlebag.console.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A headquarters of several nodes, as the console reads it. */
class HqReaderTest {
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
    private Path folder;

    @Test
    void showsTheTopologyOfTheNodesAndThatOfTheHomeWhileTheDatabaseIsAway() throws Exception {
        SiteHome home = new SiteHome(Files.createDirectory(folder.resolve("n1")));
        Files.writeString(home.resolve("topology.yaml"), TOPOLOGY.replace("FL-LAB", "PA-LAB"));
        try (PostgresServer server = PostgresServer.start(folder.resolve("postgres"), 0)) {
            PrivateFiles.create(
                    home.resolve("database.password"), server.password().getBytes(StandardCharsets.US_ASCII));
            Files.writeString(
                    home.settingsFile(),
                    "site.id=DC-HQ\nhq.node=n1\nhq.database.user=" + server.user()
                            + "\nhq.database.url=jdbc:postgresql://127.0.0.1:" + server.port()
                            + ",127.0.0.1:1/saddlebag\n");
            assertShown(home, "PA-LAB");
            try (Connection connection =
                            DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                    Statement statement = connection.createStatement()) {
                statement.execute(
                        "CREATE TABLE topology AS SELECT 1 AS version, convert_to('" + TOPOLOGY + "', 'UTF8') AS yaml");
            }
            assertShown(home, "FL-LAB");
        }
        assertShown(home, "PA-LAB");
        Files.writeString(home.resolve("topology.yaml"), "exchanges: [");
        assertThatThrownBy(() -> assertShown(home, "")).isInstanceOf(SiteStartException.class);
    }

    private static void assertShown(SiteHome home, String laboratory) throws Exception {
        try (Homes homes = Homes.open(List.of(home.folder()))) {
            assertThat(homes.headquarters().get(0).topology().publishers()).containsKey(SiteId.of(laboratory));
        }
    }
}
