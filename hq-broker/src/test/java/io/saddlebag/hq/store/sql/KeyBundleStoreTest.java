package io.saddlebag.hq.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.hq.store.Samples;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.KeyBundleStore.StoredKeyBundle;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
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

    @Test
    void givesTheHighestVersionAndKeepsAll() throws StoreException {
        assertThat(store.current(SiteId.of("CA-RC"))).isEmpty();
        assertThat(store.save(bundle("CA-RC", 1, 1))).isTrue();
        assertThat(store.save(bundle("CA-RC", 3, 3))).isTrue();
        assertThat(store.save(bundle("NY-RC", 7, 7))).isTrue();

        StoredKeyBundle current = store.current(SiteId.of("CA-RC")).orElseThrow();
        assertThat(current).usingRecursiveComparison().isEqualTo(bundle("CA-RC", 3, 3));
        assertThat(store.all()).extracting(StoredKeyBundle::version).containsExactly(3L, 7L);
        assertThat(database.number("SELECT count(*) FROM key_bundle")).isEqualTo(3);
    }

    @Test
    void putsEveryVersionOfANewerCertificateAboveThoseOfAnOlderOne() throws StoreException {
        store.save(bundle("CA-RC", 7, 7));
        StoredKeyBundle newer = new StoredKeyBundle(SiteId.of("CA-RC"), EPOCH + 1, 1, new byte[] {1}, Samples.NOW);

        assertThat(store.save(newer)).isTrue();

        assertThat(store.all()).singleElement().usingRecursiveComparison().isEqualTo(newer);
        assertThatThrownBy(() -> store.save(bundle("CA-RC", 8, 8)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.ROLLBACK));
    }

    @Test
    void takesTheSameBundleOnce() throws StoreException {
        store.save(bundle("CA-RC", 1, 1));
        assertThat(store.save(bundle("CA-RC", 1, 1))).isFalse();
    }

    @Test
    void refusesARollbackAndASecondBundleUnderOneVersion() throws StoreException {
        store.save(bundle("CA-RC", 2, 2));
        assertThatThrownBy(() -> store.save(bundle("CA-RC", 1, 1)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.ROLLBACK));
        assertThatThrownBy(() -> store.save(bundle("CA-RC", 2, 9)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.CONFLICT));
    }
}
