package io.saddlebag.hq.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.dsse.BundleMark;
import io.saddlebag.hq.store.Samples;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.KeyBundleStore.StoredKeyBundle;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.tlog.LogEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeyBundleStoreTest {
    private static final long EPOCH = 1_750_000_000;

    private TestDatabase database;
    private KeyBundleStore store;

    @BeforeEach
    void create() {
        database = TestDatabase.create();
        store = new KeyBundleStore(database.dataSource());
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static StoredKeyBundle bundle(String site, long version, int bytes) {
        return new StoredKeyBundle(SiteId.of(site), EPOCH, version, Samples.manifest(bytes), Samples.NOW);
    }

    private boolean save(StoredKeyBundle bundle) throws StoreException {
        BundleMark mark = new BundleMark(bundle.epoch(), bundle.version(), Sha256.of(bundle.envelope()));
        return store.save(bundle, LogEntry.keyBundle(Samples.NOW, bundle.siteId(), mark));
    }

    @Test
    void givesTheHighestVersionAndKeepsAll() throws StoreException {
        assertThat(store.current(SiteId.of("CA-RC"))).isEmpty();
        assertThat(save(bundle("CA-RC", 1, 1))).isTrue();
        assertThat(save(bundle("CA-RC", 3, 3))).isTrue();
        assertThat(save(bundle("NY-RC", 7, 7))).isTrue();

        StoredKeyBundle current = store.current(SiteId.of("CA-RC")).orElseThrow();
        assertThat(current).usingRecursiveComparison().isEqualTo(bundle("CA-RC", 3, 3));
        assertThat(store.all()).extracting(StoredKeyBundle::version).containsExactly(3L, 7L);
        assertThat(database.number("SELECT count(*) FROM key_bundle")).isEqualTo(3);
        assertThat(database.number("SELECT count(*) FROM log_pending"))
                .as("each waits for the log")
                .isEqualTo(3);
    }

    @Test
    void putsEveryVersionOfANewerCertificateAboveThoseOfAnOlderOne() throws StoreException {
        save(bundle("CA-RC", 7, 7));
        StoredKeyBundle newer = new StoredKeyBundle(SiteId.of("CA-RC"), EPOCH + 1, 1, new byte[] {1}, Samples.NOW);

        assertThat(save(newer)).isTrue();

        assertThat(store.all()).singleElement().usingRecursiveComparison().isEqualTo(newer);
        assertThatThrownBy(() -> save(bundle("CA-RC", 8, 8)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.ROLLBACK));
    }

    @Test
    void takesTheSameBundleOnce() throws StoreException {
        save(bundle("CA-RC", 1, 1));
        assertThat(save(bundle("CA-RC", 1, 1))).isFalse();
        assertThat(database.number("SELECT count(*) FROM log_pending")).isEqualTo(1);
    }

    @Test
    void refusesARollbackAndASecondBundleUnderOneVersion() throws StoreException {
        save(bundle("CA-RC", 2, 2));
        assertThatThrownBy(() -> save(bundle("CA-RC", 1, 1)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.ROLLBACK));
        assertThatThrownBy(() -> save(bundle("CA-RC", 2, 9)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.CONFLICT));
    }
}
