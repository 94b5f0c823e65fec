package io.saddlebag.hq.store.rows;

import static io.saddlebag.hq.store.PayloadStoreContract.bytes;
import static io.saddlebag.hq.store.PayloadStoreContract.part;
import static io.saddlebag.hq.store.PayloadStoreContract.readAll;
import static io.saddlebag.hq.store.rows.PostgresPayloadStoreTest.open;
import static io.saddlebag.hq.store.rows.PostgresPayloadStoreTest.upload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.Samples;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.commit.CommitWriter;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Sha256;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads of several headquarters over one database. */
class UploadRowsTest {
    private static TestDatabase database;
    private PostgresPayloadStore payloads;
    private PostgresMessageStore messages;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void closeDatabase() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.execute("TRUNCATE message, delivery_held, delivery_ended, payload_part, payload_number, upload");
        payloads = new PostgresPayloadStore(database.dataSource());
        messages = new PostgresMessageStore(database.dataSource(), payloads);
    }

    @AfterEach
    void close() {
        payloads.close();
    }

    private void publish(PayloadRef ref) throws StoreException {
        messages.publish(List.of(new StoredPublication(1, Samples.publication(1, "CA-RC"), ref)), 0);
    }

    private static long rows() {
        return database.number("SELECT count(*) FROM payload_part");
    }

    @Test
    void anotherHeadquartersGoesOnWithAnUploadAndTheFirstOneCannot() throws Exception {
        byte[] body = bytes(3 * Manifest.PART_SIZE + 5);
        PostgresPayloadStore other = new PostgresPayloadStore(database.dataSource());
        PayloadStore.Upload first = open(payloads, 1, body.length);
        first.append(part(body, 0));
        PayloadStore.Upload second = open(other, 1, body.length);
        assertThat(second.received()).isEqualTo(Manifest.PART_SIZE);

        assertThatThrownBy(() -> first.append(part(body, 1))).hasMessageContaining("taken it over");
        first.discard();
        second.append(part(body, 1));
        second.close();
        PayloadRef ref = upload(other, body);

        new PostgresMessageStore(database.dataSource(), other)
                .publish(List.of(new StoredPublication(9, Samples.publication(9, "CA-RC"), ref)), 0);
        assertThat(readAll(payloads, ref)).isEqualTo(body);
        assertThat(database.number("SELECT count(*) FROM upload")).isZero();
        other.close();
    }

    @Test
    void anUploadThatAnotherHasTakenOverIsNotPublished() throws Exception {
        byte[] body = bytes(Manifest.PART_SIZE + 5);
        PayloadRef ref = upload(payloads, body);
        PostgresPayloadStore other = new PostgresPayloadStore(database.dataSource());
        PayloadStore.Upload taken = open(other, 1, body.length);

        assertThatThrownBy(() -> publish(ref))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.isPassing()).isTrue());
        payloads.drop(ref);
        await().until(() -> payloads.leftBy(Samples.FL_LAB) == body.length);

        assertThat(taken.received()).isEqualTo(body.length);
        assertThat(readAll(other, taken.complete(Sha256.of(body)))).isEqualTo(body);
        assertThat(database.number("SELECT count(*) FROM message")).isZero();
        other.close();
    }

    /** Parts between those that the standby waits for: a fail-over undoes them, also when all had come. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void anUploadWhoseLastPartsAFailOverUndidIsNotPublished(int kept) throws Exception {
        byte[] body = bytes(3 * Manifest.PART_SIZE + 5);
        PayloadStore.Upload upload = open(payloads, 1, body.length);
        for (int i = 0; i < 4; i++) {
            if (i == kept) {
                database.execute("CREATE TABLE before AS SELECT received, digest_state FROM upload");
            }
            upload.append(part(body, i));
        }
        PayloadRef ref = upload.complete(Sha256.of(body));
        database.execute("UPDATE upload SET (received, digest_state) = (SELECT * FROM before)");
        database.execute("DROP TABLE before");
        database.execute("DELETE FROM payload_part WHERE part > " + kept);

        assertThatThrownBy(() -> publish(ref))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.isPassing()).isTrue());
        payloads.giveBack(ref);
        PayloadStore.Upload again = open(payloads, 1, body.length);
        assertThat(again.received()).isEqualTo((long) kept * Manifest.PART_SIZE);
        for (int i = kept; i < 4; i++) {
            again.append(part(body, i));
        }
        PayloadRef whole = again.complete(Sha256.of(body));
        publish(whole);
        assertThat(readAll(payloads, whole)).isEqualTo(body);
    }

    @Test
    void aCompleteUploadThatIsNotPublishedIsDeleted() throws Exception {
        payloads.drop(upload(payloads, bytes(Manifest.PART_SIZE + 5)));

        await().until(() -> rows() == 0);
        assertThat(database.number("SELECT count(*) FROM upload")).isZero();
    }

    @Test
    void aCompleteUploadThatCouldNotBePublishedNeedNotBeSentAgain() throws Exception {
        byte[] body = bytes(Manifest.PART_SIZE + 5);
        try (CommitWriter writer = new CommitWriter(
                messages, payloads, 10, new CommitWriter.Parts(Clock.systemUTC(), () -> 0, new Outage()))) {
            writer.start();
            assertThat(writer.publish(Samples.publication(1, "CA-RC"), upload(payloads, body)))
                    .failsWithin(1, TimeUnit.MINUTES);
        }

        assertThat(payloads.leftBy(Samples.FL_LAB)).isEqualTo(body.length);
        PayloadRef again = upload(payloads, body);
        publish(again);
        assertThat(readAll(payloads, again)).isEqualTo(body);
    }

    @Test
    void countsAndGivesUpWhatIsOpenAtNobodyHere() throws Exception {
        PostgresPayloadStore dead = new PostgresPayloadStore(database.dataSource());
        open(dead, 1, 3 * Manifest.PART_SIZE).append(bytes(Manifest.PART_SIZE));
        Instant later = Instant.now().plusSeconds(60);

        assertThat(payloads.leftBy(Samples.FL_LAB)).isEqualTo(Manifest.PART_SIZE);
        assertThat(payloads.discardUploads(dated -> dated.isBefore(later))).isEqualTo(1);

        await().until(() -> rows() == 0);
        dead.close();
    }

    @Test
    void countsTheUploadsOfAllHeadquarters() throws Exception {
        PostgresPayloadStore other = new PostgresPayloadStore(database.dataSource());
        open(other, 1, 3 * Manifest.PART_SIZE).append(bytes(Manifest.PART_SIZE));
        open(payloads, 2, 3 * Manifest.PART_SIZE).append(bytes(Manifest.PART_SIZE));

        assertThat(payloads.uploadBytes()).isEqualTo(2 * Manifest.PART_SIZE);
        database.execute("ALTER TABLE upload RENAME TO away");
        assertThat(payloads.uploadBytes()).as("as last known").isEqualTo(2 * Manifest.PART_SIZE);
        database.execute("ALTER TABLE away RENAME TO upload");
        other.close();
    }

    @Test
    void aSiteLeavesABoundedNumberOfUploads() throws Exception {
        for (int id = 1; id <= UploadRows.LEFT_BY_A_SITE + 2; id++) {
            open(payloads, id, 3 * Manifest.PART_SIZE).close();
        }
        open(payloads, 900, 3 * Manifest.PART_SIZE);

        assertThat(database.number("SELECT count(*) FROM upload")).isEqualTo(UploadRows.LEFT_BY_A_SITE + 1);
        assertThat(database.number("SELECT count(*) FROM upload WHERE message_id = '" + Samples.id(1) + "'"))
                .isZero();
    }
}
