package io.saddlebag.hq.shared;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.hq.store.shared.SharedMarks;
import io.saddlebag.hq.store.shared.TrustStore;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.identity.Trust;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The revocation lists of two nodes, each with a home of its own. */
class SharedTrustTest {
    @TempDir
    Path folder;

    private final TestDatabase database = TestDatabase.create();
    private final TrustStore store = new TrustStore(database.dataSource());

    @AfterEach
    void close() {
        database.close();
    }

    /** A node with its home. */
    private final class Node {
        private final Path list;
        private final Trust trust;
        private final SharedTrust shared;

        Node(TestNetwork network, String name) throws Exception {
            Path identity = Files.createDirectories(folder.resolve(name));
            Files.copy(network.authorityFolder().resolve("ca.crt"), identity.resolve("ca.crt"));
            list = identity.resolve("ca.crl");
            trust = Trust.load(identity, Clock.systemUTC());
            shared = new SharedTrust(trust, store, name);
        }

        void look() throws Exception {
            shared.handOn();
            shared.takeUp(SharedMarks.read(database.dataSource()).trust());
        }

        void put(byte[] bytes) throws Exception {
            Path part = Files.write(list.resolveSibling("part"), bytes);
            Files.move(part, list, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static byte[] renewed(TestNetwork network) throws Exception {
        network.authority().revoke(SiteId.of("PA-LAB"));
        return Files.readAllBytes(network.authorityFolder().resolve("ca.crl"));
    }

    @Test
    void aNewerListReachesTheOtherHomeAndNoneGoesBack() throws Exception {
        TestNetwork network = TestNetwork.create(folder.resolve("ours"));
        network.identity("PA-LAB");
        Node first = new Node(network, "n1");
        Node second = new Node(network, "n2");
        first.look();
        second.look();
        assertThat(second.list).doesNotExist();

        byte[] one = renewed(network);
        first.put(one);
        first.look();
        second.look();
        assertThat(second.list).hasBinaryContent(one);

        network.identity("NY-LAB");
        network.authority().revoke(SiteId.of("NY-LAB"));
        byte[] two = Files.readAllBytes(network.authorityFolder().resolve("ca.crl"));
        second.put(two);
        second.look();
        first.look();
        assertThat(first.list).hasBinaryContent(two);
        assertThat(database.number("SELECT count(*) FROM trust")).isEqualTo(1);

        first.put(one);
        first.look();
        second.look();
        assertThat(second.list).hasBinaryContent(two);
        assertThat(first.trust.revocationList()).isEqualTo(second.trust.revocationList());
        Node late = new Node(network, "n3");
        late.look();
        assertThat(late.list).hasBinaryContent(two);
    }

    @Test
    void aListOfAnotherAuthorityInTheDatabaseCountsForNothing() throws Exception {
        TestNetwork network = TestNetwork.create(folder.resolve("ours"));
        TestNetwork theirs = TestNetwork.create(folder.resolve("theirs"));
        theirs.identity("PA-LAB");
        Node stranger = new Node(theirs, "n9");
        stranger.put(renewed(theirs));
        stranger.look();

        Node first = new Node(network, "n1");
        try (LoggedLines log = LoggedLines.of("io.saddlebag.identity.Revocations")) {
            first.look();
            assertThat(log.at(Level.ERROR)).hasSize(1);
        }
        assertThat(first.trust.revocationList()).isEmpty();
        assertThat(first.list).doesNotExist();
    }
}
