package io.saddlebag.hq.store.rows;

import static io.saddlebag.hq.store.MessageStore.PublishOutcome.CONFLICTING;
import static io.saddlebag.hq.store.MessageStore.PublishOutcome.REPEATED;
import static io.saddlebag.hq.store.MessageStore.PublishOutcome.STORED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.hq.store.MessageStore.PublishOutcome;
import io.saddlebag.hq.store.MessageStore.PublishResult;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.PayloadStore.PayloadDamagedException;
import io.saddlebag.hq.store.PayloadStore.PayloadsAwayException;
import io.saddlebag.hq.store.PayloadStoreContract;
import io.saddlebag.hq.store.Publication;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Samples;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.commit.CommitWriter;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Priority;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresPayloadStoreTest extends PayloadStoreContract {
    private static TestDatabase database;
    private PostgresPayloadStore payloads;
    private PostgresMessageStore messages;
    private final Map<PayloadRef, Long> numbers = new HashMap<>();

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void closeDatabase() {
        database.close();
    }

    @BeforeEach
    void open() {
        database.execute("TRUNCATE message, delivery_held, delivery_ended, payload_part, payload_number, upload");
        payloads = new PostgresPayloadStore(database.dataSource());
        messages = new PostgresMessageStore(database.dataSource(), payloads);
    }

    @AfterEach
    void close() {
        payloads.close();
    }

    @Override
    public PayloadStore store() {
        return payloads;
    }

    @Override
    public PayloadStore restarted(PayloadRef... needed) throws IOException {
        payloads.close();
        payloads = new PostgresPayloadStore(database.dataSource());
        payloads.sweep();
        return payloads;
    }

    @Override
    protected void stored(PayloadRef ref) throws IOException {
        try {
            store(List.of(ref));
        } catch (StoreException e) {
            throw new IOException(e);
        }
    }

    private List<PublishOutcome> store(List<PayloadRef> refs) throws StoreException {
        List<StoredPublication> publications = new ArrayList<>();
        for (PayloadRef ref : refs) {
            long number = numbers.size() + 1L;
            numbers.put(ref, number);
            publications.add(new StoredPublication(
                    number, Samples.publication(Samples.id((int) number), MANIFEST, new byte[0], "CA-RC"), ref));
        }
        return messages.publish(publications, 0);
    }

    @Override
    protected void settled(PayloadRef ref) throws IOException {
        try {
            messages.settle(List.of(Samples.acknowledged(numbers.get(ref), "CA-RC")));
        } catch (StoreException e) {
            throw new IOException(e);
        }
    }

    /** Without the connections that were cut, which the pool does not know of yet. */
    private static void letIn() {
        database.open();
        database.dataSource().getHikariPoolMXBean().softEvictConnections();
    }

    private long rows() {
        return database.number("SELECT count(*) FROM payload_part");
    }

    static PayloadRef upload(PostgresPayloadStore store, byte[] body) throws IOException {
        try (PayloadStore.Upload upload = open(store, 1, body.length)) {
            while (upload.received() < body.length) {
                upload.append(part(body, (int) (upload.received() / Manifest.PART_SIZE)));
            }
            return upload.complete(Sha256.of(body));
        }
    }

    static PayloadStore.Upload open(PostgresPayloadStore store, int id, long size) throws IOException {
        return store.upload(Samples.FL_LAB, Samples.id(id), MANIFEST, Sha256.of(MANIFEST), size);
    }

    /** One by one, and by COPY. */
    @ParameterizedTest
    @ValueSource(ints = {2, 60})
    void insertsAPayloadWithItsMessageAndLeavesNothingInMemory(int count) throws Exception {
        List<PayloadRef> refs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            refs.add(Samples.put(payloads, MANIFEST, bytes(i * 100)));
        }
        assertThat(rows()).isZero();

        assertThat(store(refs)).containsOnly(STORED);

        assertThat(rows()).isEqualTo(count);
        assertThat(payloads.uncommitted()).isZero();
        PayloadStore other = new PostgresPayloadStore(database.dataSource());
        for (int i = 0; i < count; i++) {
            assertThat(readAll(other, refs.get(i))).isEqualTo(bytes(i * 100));
            assertThat(other.manifest(refs.get(i))).isEqualTo(MANIFEST);
        }
        other.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 60})
    void aMessageThatIsNotStoredLeavesNeitherARowNorBytesInMemory(int more) throws Exception {
        try (CommitWriter writer = new CommitWriter(messages, payloads, 10_000, CommitWriter.Parts.alone())) {
            writer.start();
            assertThat(publish(writer, Samples.publication(1, "CA-RC")).outcome())
                    .isEqualTo(STORED);
            List<CompletableFuture<PublishResult>> group = new ArrayList<>();
            group.add(Samples.publish(writer, Samples.publication(1, "CA-RC"), Samples.body(1)));
            group.add(Samples.publish(
                    writer,
                    Samples.publication(Samples.id(1), Samples.manifest(7), Samples.body(7), "CA-RC"),
                    Samples.body(7)));
            for (int i = 2; i < 2 + more; i++) {
                group.add(Samples.publish(writer, Samples.publication(i, "CA-RC"), Samples.body(i)));
            }
            List<PublishOutcome> outcomes = new ArrayList<>();
            for (CompletableFuture<PublishResult> each : group) {
                outcomes.add(each.get(60, TimeUnit.SECONDS).outcome());
            }
            assertThat(outcomes).startsWith(REPEATED, CONFLICTING);
            assertThat(outcomes.subList(2, 2 + more)).containsOnly(STORED);
            assertThat(rows()).isEqualTo(1 + more);
            assertThat(payloads.uncommitted()).isZero();
        }
    }

    private static PublishResult publish(CommitWriter writer, Publication publication) throws Exception {
        return Samples.publish(writer, publication, Samples.body(1)).get(60, TimeUnit.SECONDS);
    }

    @Test
    void aMessageThatCannotBeStoredLeavesNothingEither() throws Exception {
        database.execute("ALTER TABLE payload_part ADD CONSTRAINT never CHECK (part > 1)");
        try (CommitWriter writer = new CommitWriter(messages, payloads, 10_000, CommitWriter.Parts.alone())) {
            writer.start();
            assertThatThrownBy(() -> publish(writer, Samples.publication(1, "CA-RC")))
                    .hasCauseInstanceOf(StoreException.class);
            await().until(() -> payloads.uncommitted() == 0);
        } finally {
            database.execute("ALTER TABLE payload_part DROP CONSTRAINT never");
        }
        assertThat(database.number("SELECT count(*) FROM message")).isZero();
    }

    @Test
    void aPublicationWithoutTheDatabaseFailsAsPassing() throws Exception {
        try (CommitWriter writer = new CommitWriter(messages, payloads, 10, CommitWriter.Parts.alone())) {
            writer.start();
            database.execute("CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN RAISE EXCEPTION 'away' USING ERRCODE = '57P03'; END $$;"
                    + " CREATE TRIGGER away BEFORE INSERT ON payload_number FOR EACH ROW EXECUTE FUNCTION away()");
            assertThatThrownBy(() -> publish(writer, Samples.publication(1, "CA-RC")))
                    .cause()
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.isPassing()).isTrue());
            database.execute("DROP FUNCTION away CASCADE");
            assertThat(publish(writer, Samples.publication(1, "CA-RC")).outcome())
                    .isEqualTo(STORED);
        }
        assertThat(payloads.uncommitted()).isZero();
    }

    @Test
    void deletesAPayloadAfterItsLastDeliveryAndNoOther() throws Exception {
        byte[] body = bytes(2 * Manifest.PART_SIZE + 5);
        PayloadRef large = upload(payloads, body);
        PayloadRef small = Samples.put(payloads, MANIFEST, bytes(100));
        PayloadRef kept = Samples.put(payloads, MANIFEST, bytes(200));
        store(List.of(large, small, kept));
        assertThat(rows()).isEqualTo(5);

        messages.settle(List.of(
                Samples.acknowledged(numbers.get(large), "CA-RC"), Samples.acknowledged(numbers.get(small), "CA-RC")));
        payloads.drop(large);
        payloads.drop(small);
        payloads.drop(kept);

        await().until(() -> rows() == 1);
        assertThat(readAll(payloads, kept)).as("dropped too early").isEqualTo(bytes(200));
    }

    @Test
    void deletesWhatIsDroppedWhileOthersAreDeleted() throws Exception {
        for (int round = 0; round < 8; round++) {
            PayloadRef first = Samples.put(payloads, MANIFEST, bytes(100));
            PayloadRef second = Samples.put(payloads, MANIFEST, bytes(100));
            store(List.of(first, second));
            settled(first);
            settled(second);
            payloads.drop(first);
            await().pollDelay(Duration.ZERO).until(() -> rows() < 2);
            payloads.drop(second);
            await().until(() -> rows() == 0);
        }
    }

    @Test
    void sweepsWhatACrashLeftBehindAndNothingElse() throws Exception {
        PayloadRef settled = Samples.put(payloads, MANIFEST, bytes(100));
        PayloadRef waiting = Samples.put(payloads, MANIFEST, bytes(200));
        PayloadRef dead = Samples.put(payloads, MANIFEST, bytes(300));
        store(List.of(settled, waiting, dead));
        messages.settle(List.of(
                Samples.acknowledged(numbers.get(settled), "CA-RC"), Samples.deadLettered(numbers.get(dead), "CA-RC")));
        open(payloads, 7, 3 * Manifest.PART_SIZE).append(bytes(Manifest.PART_SIZE));
        open(payloads, 8, 3 * Manifest.PART_SIZE).append(bytes(Manifest.PART_SIZE));
        database.execute("DELETE FROM upload WHERE message_id = '" + Samples.id(8) + "'");
        database.execute("INSERT INTO payload_part SELECT payload_file, 2, NULL, 'x' FROM payload_part"
                + " WHERE message_number IS NULL");

        assertThat(payloads.sweep()).isEqualTo(2);

        assertThat(rows()).isEqualTo(4);
        assertThat(readAll(restarted(), waiting)).isEqualTo(bytes(200));
        assertThat(readAll(payloads, dead)).isEqualTo(bytes(300));
        assertThat(payloads.sweep()).isZero();
    }

    @Test
    void noNumberIsGivenTwiceByAnyHeadquarters() throws Exception {
        PostgresPayloadStore other = new PostgresPayloadStore(database.dataSource());
        Set<Long> files = new HashSet<>();
        for (int i = 0; i < 1_500; i++) {
            files.add(Samples.put(payloads, MANIFEST, new byte[0]).file());
            files.add(Samples.put(other, MANIFEST, new byte[0]).file());
        }
        assertThat(files).hasSize(3_000);
        other.close();
    }

    @Test
    void tellsAPayloadThatIsNotThereFromADatabaseThatIsAway() throws Exception {
        PayloadRef ref = Samples.put(payloads, MANIFEST, bytes(100));
        store(List.of(ref));
        PayloadStore again = restarted(ref);
        database.shut();
        assertThatThrownBy(() -> readAll(again, ref)).isInstanceOf(PayloadsAwayException.class);
        letIn();
        await().ignoreExceptionsInstanceOf(PayloadsAwayException.class).until(() -> readAll(again, ref).length == 100);

        database.execute("UPDATE payload_part SET bytes = substring(bytes FOR 50)");
        assertThatThrownBy(() -> readAll(again, ref)).isInstanceOf(PayloadDamagedException.class);
        database.execute("DELETE FROM payload_part");
        assertThatThrownBy(() -> again.part(ref, 1, true)).isInstanceOf(PayloadDamagedException.class);
    }

    @Test
    void aRepeatGivesAMessageThatLostItsPayloadAnother() throws Exception {
        try (CommitWriter writer = new CommitWriter(messages, payloads, 10_000, CommitWriter.Parts.alone())) {
            writer.start();
            Publication publication = Samples.publication(1, "CA-RC");
            publish(writer, publication);
            database.execute("DELETE FROM payload_part");
            messages.missing(List.of(1L), Samples.NOW);

            List<QueuedDelivery> deliveries = publish(writer, publication).deliveries();

            assertThat(deliveries).hasSize(1);
            assertThat(readAll(restarted(), deliveries.get(0).payload())).isEqualTo(Samples.body(1));
            assertThat(messages.queued("ca_rc_queue", Priority.NORMAL, 0, 10)).hasSize(1);
        }
    }

    @Test
    void explainsEveryColumn() {
        assertThat(database.number("SELECT count(*) FROM information_schema.columns c WHERE table_schema = 'public'"
                        + " AND table_name IN ('payload_part', 'payload_number', 'upload')"
                        + " AND col_description(table_name::regclass, ordinal_position) IS NULL"))
                .isZero();
    }
}
