package io.saddlebag.hq.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.store.Samples;
import io.saddlebag.hq.store.shared.SharedChainStore;
import io.saddlebag.hq.store.sql.ChainStore;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The newest messages of a sender that two nodes took, each of which writes down its own. */
class SharedChainsTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final long LONG_AGO = SharedChainStore.FIRST >> 6;

    @TempDir
    static Path folder;

    private static SiteIdentity identity;

    private final TestDatabase database = TestDatabase.create();
    private long clock = LONG_AGO;

    @BeforeAll
    static void issue() {
        identity = TestNetwork.create(folder).identity("FL-LAB");
    }

    @BeforeEach
    void makeIndex() throws Exception {
        SharedChainStore.makeIndex(database.dataSource());
        SharedChainStore.makeIndex(database.dataSource());
    }

    @AfterEach
    void close() {
        database.close();
    }

    /** A node as it begins. Its saves run when the 2,048th message has come. */
    private SenderChains node(int slot) throws Exception {
        SenderChains chains = new SenderChains();
        chains.shareIn(SharedChainStore.open(database.dataSource(), slot), Runnable::run);
        return chains;
    }

    /** A node commits a message, and hears of its own commit. */
    private void took(SenderChains node, int slot, int message, String... receivers) throws Exception {
        node.took(commit(++clock << 6 | slot, message, receivers).manifest(), clock << 6 | slot);
    }

    private SignedMessage commit(long number, int message, String... receivers) throws Exception {
        Map<String, Long> seqs = new TreeMap<>();
        for (String receiver : receivers) {
            seqs.put(receiver, (long) message);
        }
        SignedMessage signed =
                SignedMessage.inChain(identity, Samples.id(message).value(), seqs);
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO message SELECT ?, 0, ?, 'FL-LAB', 'labs', now(), now(), NULL, 1, '', '', ?")) {
            insert.setLong(1, number);
            insert.setString(2, signed.manifest().messageId().value());
            insert.setBytes(3, signed.envelope());
            insert.executeUpdate();
        }
        return signed;
    }

    private static MessageId id(int message) {
        return Samples.id(message);
    }

    @Test
    void aNodeAnswersWithWhatTheOthersTook() throws Exception {
        SenderChains first = node(1);
        SenderChains second = node(2);
        took(first, 1, 1, "CA-RC", "NY-RC");
        took(second, 2, 2, "CA-RC");

        assertThat(first.newest(LAB)).containsExactlyInAnyOrder(id(1), id(2));
        assertThat(second.newest(LAB)).containsExactlyInAnyOrder(id(1), id(2));
        assertThat(second.newest(SiteId.of("PA-LAB"))).isEmpty();

        took(first, 1, 3, "NY-RC");
        assertThat(second.newest(LAB)).containsExactlyInAnyOrder(id(2), id(3));
    }

    @Test
    void theHighestSeqCountsWhateverNodeWasLast() throws Exception {
        SenderChains first = node(1);
        SenderChains second = node(2);
        took(first, 1, 3, "CA-RC");
        took(second, 2, 2, "CA-RC");

        assertThat(first.newest(LAB)).containsExactly(id(3));
    }

    @Test
    void asksForNoMessageTwiceOnceItIsSaved() throws Exception {
        SenderChains first = node(1);
        took(first, 1, 1, "CA-RC", "NY-RC");
        commit(++clock << 6 | 2, 2, "CA-RC");
        database.execute(
                "INSERT INTO message SELECT message_number + 64 * n, 0, message_id || n, sender_id, 'labs', now(),"
                        + " now(), NULL, 1, '', '', manifest FROM message, generate_series(1, 300) n WHERE message_number & 63 = 2");
        clock += 300;
        assertThat(first.newest(LAB)).containsExactlyInAnyOrder(id(1), id(2));

        assertThat(database.number("SELECT count(*) FROM sender_read")).isEqualTo(2);
        database.execute("UPDATE message SET manifest = '\\x00'");
        commit(++clock << 6 | 1, 3, "NY-RC");
        assertThat(node(3).newest(LAB)).containsExactlyInAnyOrder(id(2), id(3));
    }

    @Test
    void aSavedHeadDoesNotHideWhatAKilledNodeOfTheSlotHadNotSaved() throws Exception {
        SenderChains killed = node(1);
        took(killed, 1, 1, "NY-RC");
        SenderChains next = node(1);
        for (int round = 2; round <= 3; round++) {
            SignedMessage last = commit(++clock << 6 | 1, round, "CA-RC");
            for (int message = 1; message <= SenderChains.EVERY; message++) {
                next.took(last.manifest(), ++clock << 6 | 1);
            }
        }
        assertThat(database.number("SELECT read_up_to FROM sender_read")).isPositive();
        assertThat(node(2).newest(LAB)).containsExactlyInAnyOrder(id(1), id(3));
    }

    @Test
    void knowsWhatTheSingleHeadquartersTookBefore() throws Exception {
        ChainStore single = new ChainStore(database.dataSource());
        commit(1, 1, "CA-RC");
        new SenderChains().keepIn(single, Runnable::run);
        commit(2, 2, "NY-RC");

        SharedChainStore.takeBack(database.dataSource());
        SenderChains first = node(1);
        took(first, 1, 3, "CA-RC");
        assertThat(node(2).newest(LAB)).containsExactlyInAnyOrder(id(2), id(3));

        SharedChainStore.takeBack(database.dataSource());
        database.execute("UPDATE message SET manifest = '\\x00'");
        SenderChains back = new SenderChains();
        back.keepIn(single, Runnable::run);
        assertThat(back.newest(LAB)).as("without a look at each message").containsExactlyInAnyOrder(id(2), id(3));

        SignedMessage later = commit(++clock << 6, 4, "CA-RC");
        SharedChainStore.takeBack(database.dataSource());
        SenderChains again = new SenderChains();
        again.keepIn(single, Runnable::run);
        assertThat(again.newest(LAB))
                .containsExactlyInAnyOrder(id(2), later.manifest().messageId());
    }
}
