package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.identity.Role;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.testing.TestNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HqApplicationTest {
    @TempDir
    Path folder;

    private TestNetwork network;
    private Path home;

    @BeforeEach
    void makeHome() throws Exception {
        network = TestNetwork.create(folder);
        home = network.identityFolder(TestNetwork.HQ).getParent();
        Files.writeString(home.resolve("application.properties"), "site.id=DC-HQ\nhq.host=127.0.0.1\n");
        Files.writeString(home.resolve("topology.yaml"), RunningHq.TOPOLOGY);
    }

    private void assertDoesNotStart(String text, Map<String, String> overrides) {
        HqApplication application = new HqApplication(new SiteHome(home), overrides);
        assertThatThrownBy(application::start)
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining(text);
    }

    @Test
    void startsWithItsOwnPostgresAndSaysWhereItIs() throws Exception {
        try (HqApplication application = new HqApplication(new SiteHome(home), Map.of())) {
            application.start();
            assertThat(application.facts().get("psqlUrl")).startsWith("postgresql://");
            int port = Integer.parseInt(application.facts().get("port"));
            RawStompClient.connect(port, network.identity(SiteId.of("CA-RC"))).close();
        }
    }

    @Test
    void saysWhichLineOfTheTopologyIsWrong() throws Exception {
        Files.writeString(
                home.resolve("topology.yaml"), RunningHq.TOPOLOGY.replace("routing_key: ca_rc", "key: ca_rc"));
        assertDoesNotStart("topology.yaml:6:", Map.of());
    }

    @Test
    void saysThatTheCertificatesAreAnotherSites() {
        assertDoesNotStart("expected certificates of XX-HQ", Map.of("site.id", "XX-HQ"));
    }

    @Test
    void saysWhereTheDatabasesPasswordIsExpected() {
        assertDoesNotStart("database.password", Map.of("hq.database.url", "jdbc:postgresql://127.0.0.1:1/none"));
    }

    @Test
    void refusesAPasswordThatOthersMayRead() throws Exception {
        Files.writeString(home.resolve("database.password"), "secret");
        assertDoesNotStart(
                "chmod 0600 " + home.resolve("database.password"),
                Map.of("hq.database.url", "jdbc:postgresql://127.0.0.1:1/none"));
    }

    @Test
    void opensItsEncryptedKeysByThePassphraseInItsFile() throws Exception {
        Path encrypted = folder.resolve("encrypted");
        network.authority()
                .issue(TestNetwork.HQ, Role.HQ, List.of(), encrypted.resolve("identity"), "six words".toCharArray());
        home = encrypted;
        Files.writeString(home.resolve("application.properties"), "site.id=DC-HQ\nhq.host=127.0.0.1\n");
        Files.writeString(home.resolve("topology.yaml"), RunningHq.TOPOLOGY);
        Map<String, String> noDatabase = Map.of("hq.database.url", "jdbc:postgresql://127.0.0.1:1/none");
        assertDoesNotStart("no passphrase was given", noDatabase);
        PrivateFiles.create(home.resolve("identity/passphrase"), "six words\n".getBytes(StandardCharsets.UTF_8));
        assertDoesNotStart("database.password", noDatabase);
    }

    @Test
    void saysThatTheDatabaseIsAway() throws Exception {
        PrivateFiles.create(home.resolve("database.password"), "secret".getBytes(StandardCharsets.UTF_8));
        assertDoesNotStart(
                "the store cannot be opened", Map.of("hq.database.url", "jdbc:postgresql://127.0.0.1:1/none"));
    }
}
