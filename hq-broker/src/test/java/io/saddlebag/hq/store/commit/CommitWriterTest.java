package io.saddlebag.hq.store.commit;

import static io.saddlebag.hq.store.MessageStore.PublishOutcome.CONFLICTING;
import static io.saddlebag.hq.store.MessageStore.PublishOutcome.REPEATED;
import static io.saddlebag.hq.store.MessageStore.PublishOutcome.STORED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.files.Presence;
import io.saddlebag.hq.store.FaultyPayloadStore;
import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.MessageStore.PublishResult;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.PayloadStoreContract;
import io.saddlebag.hq.store.Publication;
import io.saddlebag.hq.store.QueueLoad;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Reconciler;
import io.saddlebag.hq.store.Samples;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.spool.SpoolPayloadStore;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Priority;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitWriterTest {
    @TempDir
    Path spool;

    private TestDatabase database;
    private MessageStore messages;
    private FaultyPayloadStore payloads;
    private CommitWriter writer;

    @BeforeEach
    void start() throws Exception {
        database = TestDatabase.create();
        messages = new PostgresMessageStore(database.dataSource());
        payloads = new FaultyPayloadStore(new SpoolPayloadStore(spool, Presence.ALWAYS));
        writer = new CommitWriter(messages, payloads, 10_000, CommitWriter.Parts.alone());
        writer.start();
    }

    @AfterEach
    void stop() {
        writer.close();
        payloads.close();
        database.close();
    }

    private CompletableFuture<PublishResult> publish(int number, String... sites) {
        return Samples.publish(writer, Samples.publication(number, sites), Samples.body(number));
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    private List<Path> spoolFiles() throws IOException {
        try (Stream<Path> files = Files.list(spool)) {
            return files.filter(file -> file.toString().endsWith(".segment")
                            || file.toString().endsWith(".payload"))
                    .toList();
        }
    }

    @Test
    void confirmsWhatIsCommittedAndReadable() throws Exception {
        PublishResult result = get(publish(1, "CA-RC", "SF-RC"));

        assertThat(result.outcome()).isEqualTo(STORED);
        assertThat(result.deliveries())
                .extracting(QueuedDelivery::queueName)
                .containsExactly("ca_rc_queue", "sf_rc_queue");
        QueuedDelivery delivery = result.deliveries().get(0);
        assertThat(messages.queued("ca_rc_queue", Priority.NORMAL, 0, 10)).containsExactly(delivery);
        assertThat(PayloadStoreContract.readAll(payloads, delivery.payload())).isEqualTo(Samples.body(1));
        assertThat(writer.confirmedUpTo()).isEqualTo(delivery.messageNumber());
    }

    @Test
    void numbersInTheOrderOfPublishing() throws Exception {
        List<CompletableFuture<PublishResult>> results = new ArrayList<>();
        for (int i = 1; i <= 3000; i++) {
            results.add(publish(i, "CA-RC"));
        }
        long last = 0;
        for (CompletableFuture<PublishResult> result : results) {
            long number = get(result).deliveries().get(0).messageNumber();
            assertThat(number).isGreaterThan(last);
            last = number;
        }
        assertThat(database.number("SELECT count(*) FROM delivery")).isEqualTo(3000);
        assertThat(database.number("SELECT count(DISTINCT synced_number) FROM message"))
                .as("grouped")
                .isLessThan(300);
    }

    @Test
    void confirmsARepeatWithoutDeliveringAgainAndTellsAConflict() throws Exception {
        get(publish(1, "CA-RC"));

        PublishResult repeat = get(publish(1, "CA-RC"));
        assertThat(repeat.outcome()).isEqualTo(REPEATED);
        assertThat(repeat.deliveries()).isEmpty();
        Publication other = Samples.publication(Samples.id(1), Samples.manifest(2), Samples.body(1), "CA-RC");
        assertThat(get(Samples.publish(writer, other, Samples.body(1))).outcome())
                .isEqualTo(CONFLICTING);
        assertThat(database.number("SELECT count(*) FROM delivery")).isEqualTo(1);
    }

    @Test
    void emptiesTheSpoolWithTheLastAcknowledgementAndKeepsTheMetadata() throws Exception {
        long number = get(publish(1, "CA-RC", "SF-RC")).deliveries().get(0).messageNumber();
        get(writer.settle(Samples.acknowledged(number, "CA-RC")));
        assertThat(spoolFiles()).isNotEmpty();

        get(writer.settle(Samples.acknowledged(number, "SF-RC")));

        await().untilAsserted(() -> assertThat(spoolFiles()).isEmpty());
        assertThat(database.number("SELECT count(*) FROM delivery WHERE acknowledged_time IS NOT NULL"))
                .isEqualTo(2);
    }

    @Test
    void storesAnUploadAndDropsARepeatedOne() throws Exception {
        byte[] body = PayloadStoreContract.bytes(Manifest.PART_SIZE + 5);
        Publication publication = Samples.publication(Samples.id(1), Samples.manifest(1), body, "CA-RC");
        PublishResult first = get(writer.publish(publication, uploaded(publication, body)));
        assertThat(first.outcome()).isEqualTo(STORED);

        assertThat(get(writer.publish(publication, uploaded(publication, body))).outcome())
                .isEqualTo(REPEATED);

        assertThat(PayloadStoreContract.readAll(
                        payloads, first.deliveries().get(0).payload()))
                .isEqualTo(body);
        await().untilAsserted(() -> assertThat(spoolFiles()).hasSize(1));
    }

    private PayloadRef uploaded(Publication publication, byte[] body) throws IOException {
        try (PayloadStore.Upload upload = payloads.upload(
                publication.senderId(),
                publication.messageId(),
                publication.manifest(),
                publication.manifestSha256(),
                body.length)) {
            upload.append(PayloadStoreContract.part(body, 0));
            upload.append(PayloadStoreContract.part(body, 1));
            return upload.complete(Sha256.of(body));
        }
    }

    @Test
    void aMessageIsDoubtfulWhenTheSpoolDoesNotSyncAndItsRepeatIsDeliveredUnderTheSameNumber() throws Exception {
        get(publish(1, "CA-RC"));
        payloads.failSyncs(1);

        assertThatThrownBy(() -> get(publish(2, "CA-RC"))).hasCauseInstanceOf(StoreException.class);

        assertThat(messages.queued("ca_rc_queue", Priority.NORMAL, 0, 10))
                .extracting(QueuedDelivery::messageNumber)
                .containsExactly(1L);
        assertThat(messages.doubtful()).containsOnlyKeys(2L);
        assertThat(get(publish(3, "CA-RC")).deliveries().get(0).messageNumber()).isEqualTo(3);
        PublishResult retry = get(publish(2, "CA-RC"));
        assertThat(retry.outcome()).as("the retry").isEqualTo(REPEATED);
        assertThat(retry.deliveries()).extracting(QueuedDelivery::messageNumber).containsExactly(2L);
        assertThat(PayloadStoreContract.readAll(
                        payloads, retry.deliveries().get(0).payload()))
                .isEqualTo(Samples.body(2));
        assertThat(messages.queued("ca_rc_queue", Priority.NORMAL, 0, 10))
                .extracting(QueuedDelivery::messageNumber)
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void twoRepeatsOfADoubtfulMessageAreConfirmedAndItIsQueuedOnce() throws Exception {
        payloads.failSyncs(1);
        assertThatThrownBy(() -> get(publish(1, "CA-RC"))).hasCauseInstanceOf(StoreException.class);
        writer.close();
        writer = new CommitWriter(messages, payloads, 10, CommitWriter.Parts.alone());
        CompletableFuture<PublishResult> one = publish(1, "CA-RC");
        CompletableFuture<PublishResult> other = publish(1, "CA-RC");
        writer.start();

        assertThat(get(one).deliveries().size() + get(other).deliveries().size())
                .isEqualTo(1);
        assertThat(messages.queued("ca_rc_queue", Priority.NORMAL, 0, 10)).hasSize(1);
    }

    @Test
    void numbersAboveWhateverTheTablesEverHeld() throws Exception {
        get(publish(1, "CA-RC"));
        database.execute("INSERT INTO delivery_ended (message_number, queue_name, receiver_client_id, routing_key,"
                + " acknowledged_time) VALUES (41, 'ca_rc_queue', 'CA-RC', 'ca_rc', now())");
        writer.close();
        writer = new CommitWriter(messages, payloads, 10, CommitWriter.Parts.alone());
        writer.start();

        assertThat(get(publish(2, "CA-RC")).deliveries().get(0).messageNumber()).isEqualTo(42);
    }

    @Test
    void anOrderlyStopNotesThatTheLastGroupIsSynced() throws Exception {
        get(publish(1, "CA-RC"));
        assertThat(messages.syncedUpTo()).isZero();

        writer.close();

        assertThat(messages.syncedUpTo()).isEqualTo(1);
    }

    @Test
    void confirmsNothingThatWasCommittedWhileTheDatabaseWasLost() throws Exception {
        AtomicLong term = new AtomicLong(1);
        CommitWriter fenced = new CommitWriter(
                messages,
                new FaultyPayloadStore(payloads) {
                    @Override
                    public void sync() throws IOException {
                        super.sync();
                        term.compareAndSet(1, 2);
                    }
                },
                10,
                new CommitWriter.Parts(Clock.systemUTC(), term::get, new Outage()));
        fenced.start();
        assertThatThrownBy(() -> get(Samples.publish(fenced, Samples.publication(1, "CA-RC"), Samples.body(1))))
                .hasCauseInstanceOf(StoreException.class);

        await().untilAsserted(() -> assertThat(messages.doubtful()).containsOnlyKeys(1L));
        assertThat(get(Samples.publish(fenced, Samples.publication(1, "CA-RC"), Samples.body(1)))
                        .deliveries())
                .hasSize(1);
        term.set(0);
        assertThatThrownBy(() -> get(Samples.publish(fenced, Samples.publication(2, "CA-RC"), Samples.body(2))))
                .hasCauseInstanceOf(StoreException.class);
        assertThat(messages.find(Samples.FL_LAB, Samples.id(2))).isEmpty();
        fenced.close();
    }

    @Test
    void failsAPublicationThatTheSpoolDoesNotTakeAndSettlesNevertheless() throws Exception {
        long number = get(publish(1, "CA-RC")).deliveries().get(0).messageNumber();
        payloads.failPuts(true);
        CompletableFuture<PublishResult> refused = publish(2, "CA-RC");
        get(writer.settle(Samples.acknowledged(number, "CA-RC")));

        assertThatThrownBy(() -> get(refused)).hasCauseInstanceOf(StoreException.class);
        payloads.failPuts(false);
        assertThat(get(publish(2, "CA-RC")).outcome()).isEqualTo(STORED);
    }

    @Test
    void failsPublicationsAndKeepsSettlementsWhileTheDatabaseIsAway() throws Exception {
        long number = get(publish(1, "CA-RC")).deliveries().get(0).messageNumber();
        database.shut();
        CompletableFuture<Boolean> settled = writer.settle(Samples.acknowledged(number, "CA-RC"));
        assertThatThrownBy(() -> get(publish(2, "CA-RC"))).hasCauseInstanceOf(StoreException.class);
        assertThat(settled).isNotDone();

        database.open();

        get(settled);
        await().ignoreExceptions().until(() -> get(publish(2, "CA-RC")).outcome() == STORED);
        assertThat(database.number("SELECT count(*) FROM delivery WHERE acknowledged_time IS NOT NULL"))
                .isEqualTo(1);
        assertThat(database.number("SELECT count(*) FROM message")).isEqualTo(2);
    }

    @Test
    void saysWhenItIsSaturatedAndWhenItIsRelieved() throws Exception {
        CommitWriter small = new CommitWriter(messages, payloads, 10, CommitWriter.Parts.alone());
        List<CompletableFuture<PublishResult>> results = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            results.add(Samples.publish(small, Samples.publication(i, "CA-RC"), Samples.body(i)));
        }
        CompletableFuture<Void> relieved = new CompletableFuture<>();
        small.onRelief(() -> relieved.complete(null));

        assertThat(small.isSaturated()).isTrue();
        assertThat(relieved).isNotDone();
        assertThat(Samples.publish(small, Samples.publication(21, "CA-RC"), Samples.body(21)))
                .isCompletedExceptionally();

        small.start();
        get(relieved);
        for (CompletableFuture<PublishResult> result : results) {
            assertThat(get(result).outcome()).isEqualTo(STORED);
        }
        small.close();
    }

    @Test
    void tellsThatAFaultEndedItAndTakesNothingMore() throws Exception {
        CompletableFuture<String> failure = new CompletableFuture<>();
        writer.onFailure(failure::complete);
        writer.onCommit(nanos -> {
            throw new NoClassDefFoundError("io/saddlebag/Gone");
        });

        assertThat(get(publish(1, "CA-RC")).outcome()).isEqualTo(STORED);

        assertThat(get(failure)).contains("publication-writer failed", "io/saddlebag/Gone");
        assertThat(publish(2, "CA-RC")).isCompletedExceptionally();
    }

    @Test
    void commitsWhatWaitsBeforeItStops() throws Exception {
        List<CompletableFuture<PublishResult>> results = new ArrayList<>();
        for (int i = 1; i <= 500; i++) {
            results.add(publish(i, "CA-RC"));
        }
        writer.close();

        assertThat(results).allSatisfy(result -> assertThat(result).isCompleted());
        assertThat(publish(501, "CA-RC")).isCompletedExceptionally();
    }

    @Test
    void findsNothingToRepairAfterAnOrderlyStop() throws Exception {
        get(publish(1, "CA-RC"));
        writer.close();
        payloads.close();
        payloads = new FaultyPayloadStore(new SpoolPayloadStore(spool, Presence.ALWAYS));

        Reconciler.Findings findings = new Reconciler(messages, payloads, Clock.systemUTC()).run();

        assertThat(findings)
                .isEqualTo(new Reconciler.Findings(1, 0, 0, 0, Map.of("ca_rc_queue", new QueueLoad(1, 101))));
        writer = new CommitWriter(messages, payloads, 10, CommitWriter.Parts.alone());
        writer.start();
        assertThat(get(publish(2, "CA-RC")).deliveries().get(0).messageNumber()).isEqualTo(2);
    }
}
