package io.saddlebag.hq.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.dsse.BundleMark;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.dsse.VerifiedBundle;
import io.saddlebag.hq.store.sql.KeyBundleStore;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The key bundles that centres register at two nodes. */
class SharedKeysTest {
    private static final SiteId CENTRE = SiteId.of("CA-RC");

    @TempDir
    static Path folder;

    private static SiteIdentity identity;

    private final TestDatabase database = TestDatabase.create();
    private final KeyBundleStore store = new KeyBundleStore(database.dataSource(), true);
    private KeyDirectory first;
    private KeyDirectory second;

    @BeforeAll
    static void issue() {
        identity = TestNetwork.create(folder).identity("CA-RC");
    }

    @BeforeEach
    void open() throws Exception {
        first = directory();
        second = directory();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private KeyDirectory directory() throws Exception {
        return new KeyDirectory(store, new EnvelopeVerifier(identity.trust()), Clock.systemUTC());
    }

    private static byte[] envelope(long version) {
        KeyBundle bundle = SignedMessage.keyBundle(identity.trust().networkId(), "CA-RC", version);
        return SignedMessage.sign(identity, KeyBundle.TYPE, Json.write(bundle));
    }

    private static void register(KeyDirectory directory, byte[] envelope) throws Exception {
        byte[] payload = Envelope.parse(envelope).payload();
        KeyBundle bundle = Json.read(payload, KeyBundle.class);
        directory.register(
                new VerifiedBundle(
                        bundle, CENTRE, new BundleMark(identity.epoch(), bundle.version(), Sha256.of(payload))),
                envelope);
    }

    private static List<Long> follow(KeyDirectory directory) {
        List<Long> versions = new ArrayList<>();
        directory.follow(CENTRE, keys -> versions.add(keys.mark().version()));
        return versions;
    }

    @Test
    void aBundleReachesTheFollowersAtTheOtherNode() throws Exception {
        List<Long> heard = follow(second);
        register(first, envelope(3));
        assertThat(heard).isEmpty();

        second.takeUp(store.lastNumber());
        second.takeUp(store.lastNumber());
        assertThat(heard).containsExactly(3L);

        register(second, envelope(5));
        second.takeUp(store.lastNumber());
        assertThat(heard).containsExactly(3L, 5L);
        assertThat(follow(directory())).containsExactly(5L);
    }

    @Test
    void theDatabaseAndNotMemoryJudgesWhatFollows() throws Exception {
        register(first, envelope(5));

        assertThatThrownBy(() -> register(second, envelope(3)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.ROLLBACK));
        byte[] repeated = store.current(CENTRE).orElseThrow().envelope();
        register(second, repeated);
        assertThat(database.number("SELECT count(*) FROM key_bundle")).isEqualTo(1);
        assertThat(database.number("SELECT count(*) FROM log_pending")).isEqualTo(1);
    }

    @Test
    void whatFollowersHearAscendsThoughTwoNodesRegisterAtTheSameTime() throws Exception {
        List<Long> heard = follow(second);
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 10; round++) {
                long version = 2L * round + 1;
                Future<Boolean> lower = both.submit(registered(first, version));
                Future<Boolean> higher = both.submit(registered(second, version + 1));
                assertThat(higher.get()).isTrue();
                lower.get();
                second.takeUp(store.lastNumber());
                assertThat(heard).isSorted().endsWith(version + 1).doesNotHaveDuplicates();
            }
        } finally {
            both.shutdownNow();
        }
        assertThat(database.number(
                        "SELECT count(*) FROM (SELECT version, lag(version) OVER (ORDER BY registered_number)"
                                + " AS before FROM key_bundle) b WHERE before > version"))
                .as("in the order in which they were taken, no version goes back")
                .isZero();
    }

    private static Callable<Boolean> registered(KeyDirectory directory, long version) {
        return () -> {
            try {
                register(directory, envelope(version));
                return true;
            } catch (Refusal refusal) {
                assertThat(refusal.code()).isEqualTo(Refusal.Code.ROLLBACK);
                return false;
            }
        };
    }
}
