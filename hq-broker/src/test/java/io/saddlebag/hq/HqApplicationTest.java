package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.identity.Role;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.testing.TestNetwork;
import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        HqApplication application = new HqApplication(new SiteHome(home), overrides, Set.of(), SiteClocks.ofSystem());
        assertThatThrownBy(application::start)
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining(text);
    }

    @Test
    void startsWithItsOwnPostgresAndSaysWhereItIs() throws Exception {
        try (HqApplication application =
                new HqApplication(new SiteHome(home), Map.of(), Set.of(), SiteClocks.ofSystem())) {
            application.start();
            assertThat(application.facts().get("psqlUrl")).startsWith("postgresql://");
            int port = Integer.parseInt(application.facts().get("port"));
            RawStompClient.connect(port, network.identity(SiteId.of("CA-RC"))).close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[::1]", "::"})
    void listensOnIpv6(String host) throws Exception {
        Assumptions.assumeTrue(
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress()),
                "this machine has no ::1");
        try (HqApplication application =
                new HqApplication(new SiteHome(home), Map.of("hq.host", host), Set.of(), SiteClocks.ofSystem())) {
            application.start();
            int port = Integer.parseInt(application.facts().get("port"));
            try (Socket socket = new Socket("::1", port)) {
                assertThat(socket.isConnected()).isTrue();
            }
        }
    }

    @Test
    void namesTheSettingOfAnAddressThatIsNotThisMachines() {
        assertDoesNotStart("in hq.host, found 192.0.2.7", Map.of("hq.host", "192.0.2.7"));
        assertDoesNotStart("expected for hq.host a host name such as", Map.of("hq.host", "http://hq"));
    }

    @Test
    void namesTheSettingsOfLimitsThatCannotBe() {
        assertDoesNotStart(
                "expected for hq.max-connections a whole number of 0 or more, at least 1",
                Map.of("hq.max-connections", "0"));
        assertDoesNotStart("expected for hq.housekeeping a time such as", Map.of("hq.housekeeping", "0s"));
        assertDoesNotStart("expected for hq.max-frame a size such as", Map.of("hq.max-frame", "8GiB"));
        assertDoesNotStart(
                "expected hq.max-frame to hold hq.max-header",
                Map.of("hq.max-frame", "64KiB", "hq.max-header", "65KiB"));
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
    void refusesAUrlWithAPasswordBeforeTheHost() {
        assertDoesNotStart(
                "without a user or password before the host",
                Map.of("hq.database.url", "jdbc:postgresql://saddlebag:secret@127.0.0.1/none"));
    }

    @Test
    void namesAUrlThatIsNoneWithoutItsPassword() {
        assertDoesNotStart(
                "found jdbc:postgresql://127.0.0.1:54a2/none?password=...",
                Map.of("hq.database.url", "jdbc:postgresql://127.0.0.1:54a2/none?password=secret"));
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
        assertDoesNotStart("no passphrase was found", noDatabase);
        PrivateFiles.create(home.resolve("identity/passphrase"), "six words\n".getBytes(StandardCharsets.UTF_8));
        assertDoesNotStart("database.password", noDatabase);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a$HOME", "a`id`", "a\"b", "a\\\\b"})
    void saysWhichCharacterOfItsPathPostgresqlCannotTake(String name) {
        Path folder = home.resolve(name);
        assertDoesNotStart(folder + ": expected a path without $", Map.of("hq.database.folder", folder.toString()));
        assertThat(folder).doesNotExist();
    }

    @Test
    void saysThatTheDatabaseIsAway() throws Exception {
        PrivateFiles.create(home.resolve("database.password"), "secret".getBytes(StandardCharsets.UTF_8));
        assertDoesNotStart(
                "the store cannot be opened", Map.of("hq.database.url", "jdbc:postgresql://127.0.0.1:1/none"));
    }
}
