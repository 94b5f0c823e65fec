package io.saddlebag.hq.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.hq.store.sql.ChainStore;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In memory and in PostgreSQL: the newest message of each sender to each receiver. */
class SenderChainsTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final Sha256 ANY = Sha256.of(new byte[0]);

    private TestDatabase database;
    private ChainStore store;
    private final Queue<Runnable> later = new ArrayDeque<>();
    private final Executor executor = later::add;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        store = new ChainStore(database.dataSource());
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static Manifest manifest(int number, String... receivers) {
        List<Manifest.Recipient> recipients = new ArrayList<>();
        for (String receiver : receivers) {
            recipients.add(new Manifest.Recipient(SiteId.of(receiver), "1", number, null));
        }
        return new Manifest(
                ANY,
                id(number),
                Instant.parse("2025-10-08T09:00:00Z"),
                null,
                null,
                new Manifest.Sender(LAB, ANY),
                recipients,
                new Manifest.Routing("labs", List.of("any")),
                new Manifest.Body(Manifest.Body.AGE, 500, ANY),
                1);
    }

    private static MessageId id(int number) {
        return MessageId.of("FL-LAB_DAT_20251008_%03d".formatted(number));
    }

    @Test
    void keepsTheHighestSeqWhateverCameLast() throws Exception {
        SenderChains chains = new SenderChains();
        chains.took(manifest(1, "CA-RC", "NY-RC"), 1);
        chains.took(manifest(3, "CA-RC"), 2);
        chains.took(manifest(2, "CA-RC"), 3);

        assertThat(chains.newest(LAB)).containsExactlyInAnyOrder(id(1), id(3));
        assertThat(chains.newest(SiteId.of("PA-LAB"))).isEmpty();
    }

    @Test
    void savesSeldomAndGoesOnFromTheSaveBefore() throws Exception {
        SenderChains chains = new SenderChains();
        chains.keepIn(store, executor);
        for (int number = 1; number < SenderChains.EVERY; number++) {
            chains.took(manifest(number, "CA-RC"), number);
        }
        assertThat(later).isEmpty();
        chains.took(manifest(SenderChains.EVERY, "CA-RC"), SenderChains.EVERY);
        later.remove().run();

        List<ChainStore.Head> saved = new ArrayList<>();
        assertThat(store.load(saved::add)).isZero();
        assertThat(saved)
                .containsExactly(
                        new ChainStore.Head(LAB, SiteId.of("CA-RC"), SenderChains.EVERY, id(SenderChains.EVERY)));

        for (int number = 1; number <= SenderChains.EVERY; number++) {
            chains.took(manifest(SenderChains.EVERY + number, "CA-RC"), SenderChains.EVERY + number);
        }
        later.remove().run();

        assertThat(store.load(head -> {})).isEqualTo(SenderChains.EVERY);
        SenderChains again = new SenderChains();
        again.keepIn(store, executor);
        assertThat(again.newest(LAB)).containsExactly(id(2 * SenderChains.EVERY));
    }

    @Test
    void savesLaterWhatTheDatabaseRefused() throws Exception {
        SenderChains chains = new SenderChains();
        chains.keepIn(store, executor);
        database.execute("ALTER TABLE sender_chain RENAME TO away");
        for (int number = 1; number <= SenderChains.EVERY; number++) {
            chains.took(manifest(number, number == 1 ? "NY-RC" : "CA-RC"), number);
        }
        later.remove().run();
        database.execute("ALTER TABLE away RENAME TO sender_chain");
        for (int number = 1; number <= SenderChains.EVERY; number++) {
            chains.took(manifest(SenderChains.EVERY + number, "CA-RC"), SenderChains.EVERY + number);
        }
        later.remove().run();

        SenderChains again = new SenderChains();
        again.keepIn(store, executor);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(again.newest(LAB))
                .containsExactlyInAnyOrder(id(1), id(2 * SenderChains.EVERY)));
    }
}
