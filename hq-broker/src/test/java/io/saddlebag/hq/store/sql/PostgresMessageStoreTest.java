package io.saddlebag.hq.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.MessageStoreContract;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Samples;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.message.Priority;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresMessageStoreTest extends MessageStoreContract {
    private TestDatabase database;
    private MessageStore store;

    @BeforeEach
    void create() {
        database = TestDatabase.create();
        store = new PostgresMessageStore(database.dataSource());
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Override
    public MessageStore store() {
        return store;
    }

    private static StoredPublication stored(long number) {
        return new StoredPublication(number, Samples.publication((int) number, "CA-RC"), new PayloadRef(1, 0, 1, 1));
    }

    @Test
    void tellsABoundedNumberOfChangesAtOnceAndEachOnce() throws StoreException {
        int count = UnacknowledgedRows.CHANGES_AT_ONCE + 1;
        store.publish(
                LongStream.rangeClosed(1, count)
                        .mapToObj(PostgresMessageStoreTest::stored)
                        .toList(),
                0);
        database.execute("INSERT INTO operator_change SELECT message_number, queue_name FROM delivery_held");

        MessageStore.Changes first = store.takeChanges();
        MessageStore.Changes second = store.takeChanges();

        assertThat(first.more()).isTrue();
        assertThat(first.requeued()).hasSize(UnacknowledgedRows.CHANGES_AT_ONCE);
        assertThat(second.more()).isFalse();
        assertThat(second.requeued()).extracting(QueuedDelivery::messageNumber).containsExactly((long) count);
        assertThat(store.takeChanges().requeued()).isEmpty();
    }

    @Test
    void goesOnAfterTheServerCutItsConnections() throws StoreException {
        store.publish(List.of(stored(1)), 0);
        database.cutConnections();

        // The pool finds a cut connection on its next use; each costs one failure that passes.
        boolean committed = false;
        for (int attempt = 0; attempt < 6 && !committed; attempt++) {
            try {
                store.publish(List.of(stored(2)), 0);
                committed = true;
            } catch (StoreException e) {
                assertThat(e.isPassing()).isTrue();
            }
        }
        assertThat(store.lastMessageNumber()).isEqualTo(2);
    }

    @Test
    void commitsNothingOfACommitThatFails() throws StoreException {
        store.publish(List.of(stored(1), stored(2)), 0);
        database.execute("ALTER TABLE delivery_ended ADD CHECK (attempts < 5)");
        Settlement refused = new Settlement(
                2,
                "ca_rc_queue",
                new PayloadRef(1, 0, 1, 1),
                Settlement.Outcome.EXPIRED,
                null,
                Samples.NOW,
                9,
                null,
                null,
                null,
                null,
                QueuedDelivery.Returns.NONE,
                null);

        assertThatThrownBy(() -> store.settle(List.of(Samples.acknowledged(1, "CA-RC"), refused)))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.isPassing()).isFalse());

        assertThat(store.lastMessageNumber()).isEqualTo(2);
        assertThat(store.queued("ca_rc_queue", Priority.NORMAL, 0, 10)).hasSize(2);
    }

    /** The connection of a commit breaks, and the commit continues while its settlements are committed once more. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE delivery_held SET attempts = 7 WHERE message_number = 1",
                "UPDATE delivery_held SET dead_lettered_time = now() WHERE message_number = 1",
                "WITH gone AS (DELETE FROM delivery_held WHERE message_number = 1 RETURNING *) INSERT INTO"
                        + " delivery_ended (message_number, queue_name, receiver_client_id, routing_key,"
                        + " acknowledged_time) SELECT message_number, queue_name, receiver_client_id, routing_key, now()"
                        + " FROM gone"
            })
    void ofTwoEndsOnTwoConnectionsOneWinsAndTheGroupIsCommitted(String underWay) throws Exception {
        for (Settlement.Outcome outcome : List.of(
                Settlement.Outcome.ACKNOWLEDGED,
                Settlement.Outcome.EXPIRED,
                Settlement.Outcome.DEAD_LETTERED,
                Settlement.Outcome.RETURNED)) {
            database.execute("TRUNCATE message, delivery_held, delivery_ended");
            store = new PostgresMessageStore(database.dataSource());
            store.publish(List.of(stored(1), stored(2)), 0);
            Settlement settlement = new Settlement(
                    1,
                    "ca_rc_queue",
                    new PayloadRef(1, 0, 1, 1),
                    outcome,
                    null,
                    Samples.NOW,
                    2,
                    null,
                    null,
                    "over",
                    null,
                    QueuedDelivery.Returns.NONE,
                    null);
            settleWhile(underWay, List.of(settlement, Samples.acknowledged(2, "CA-RC")));

            assertThat(database.number("SELECT count(*) FROM delivery WHERE message_number = 1"))
                    .as("rows of the delivery that %s met", outcome)
                    .isEqualTo(1);
            assertThat(database.number("SELECT count(*) FROM delivery_ended WHERE message_number = 2"))
                    .as("the other delivery of the group")
                    .isEqualTo(1);
        }
    }

    /** Settles while a statement of another connection is under way, which is committed once the settlements wait for it. */
    private MessageStore.Settled settleWhile(String underWay, List<Settlement> settlements) throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(underWay);
            Future<MessageStore.Settled> settled = other.submit(() -> store.settle(settlements));
            await().until(() -> database.number("SELECT count(*) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND wait_event = 'transactionid'")
                    == 1);
            connection.commit();
            connection.setAutoCommit(true);
            return settled.get(60, TimeUnit.SECONDS);
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void anAcknowledgementCountsThatAnOperatorsDiscardOfTheWaitingDeliveryMeets() throws Exception {
        store.publish(List.of(stored(1), stored(2)), 0);
        List<Settlement> both = List.of(Samples.acknowledged(1, "CA-RC"), Samples.acknowledged(2, "CA-RC"));

        MessageStore.Settled settled = settleWhile(
                "UPDATE delivery_held SET discard_reason = 'wrong recipients' WHERE message_number = 1", both);

        assertThat(settled.superseded()).isEmpty();
        assertThat(database.number("SELECT count(*) FROM delivery_ended WHERE acknowledged_time IS NOT NULL"))
                .isEqualTo(2);
        assertThat(store.takeChanges().givenUp()).isEmpty();
    }

    @Test
    void keepsTheMetadataAndTheReceiptOfWhatWasAcknowledged() throws StoreException {
        store.publish(List.of(stored(1)), 0);
        store.settle(List.of(Samples.acknowledged(1, "CA-RC")));

        assertThat(database.number("SELECT count(*) FROM message m JOIN delivery d USING (message_number)"
                        + " WHERE message_id = 'FL-LAB_DAT_20251008_001' AND sender_id = 'FL-LAB'"
                        + " AND acknowledged_time = '2026-11-22T10:15:30.123456Z' AND delivered_time IS NOT NULL"
                        + " AND attempts = 1 AND convert_from(delivery_receipt, 'UTF8') = 'receipt'"))
                .isEqualTo(1);
    }

    @Test
    void explainsEveryColumn() {
        assertThat(database.number("SELECT count(*) FROM information_schema.columns c WHERE table_schema = 'public'"
                        + " AND table_name IN ('message', 'delivery', 'delivery_held', 'delivery_ended', 'key_bundle',"
                        + " 'operator_change') AND col_description(table_name::regclass, ordinal_position) IS NULL"))
                .isZero();
    }
}
