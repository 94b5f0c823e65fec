package io.saddlebag.hq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.files.Presence;
import io.saddlebag.hq.store.MessageStore.StoredMessage;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.spool.SpoolPayloadStore;
import io.saddlebag.hq.store.sql.DeadLetters;
import io.saddlebag.hq.store.sql.DeadLetters.DeadLetter;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.hq.testing.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store after a crash, as the reconciler repairs it. */
class StoreCrashTest {
    private static final int CONFIRMED_BEFORE_THE_KILL = 3_000;

    @TempDir
    Path spool;

    private TestDatabase database;
    private MessageStore messages;
    private SpoolPayloadStore payloads;

    @BeforeEach
    void open() throws IOException {
        database = TestDatabase.create();
        messages = new PostgresMessageStore(database.dataSource());
        payloads = new SpoolPayloadStore(spool, Presence.ALWAYS);
    }

    @AfterEach
    void close() {
        payloads.close();
        database.close();
    }

    private PayloadRef store(long number, String... sites) throws Exception {
        PayloadRef ref = Samples.put(payloads, Samples.manifest((int) number), Samples.body((int) number));
        payloads.sync();
        messages.publish(
                List.of(new StoredPublication(number, Samples.publication((int) number, sites), ref)), number - 1);
        return ref;
    }

    private Reconciler.Findings restart() throws Exception {
        payloads.close();
        payloads = new SpoolPayloadStore(spool, Presence.ALWAYS);
        return new Reconciler(messages, payloads, Clock.systemUTC()).run();
    }

    @Test
    void losesNothingThatWasConfirmedToAKilledProcess() throws Exception {
        payloads.close();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CommitProcess.class.getName(),
                        spool.toString(),
                        database.jdbcUrl(),
                        database.user())
                .redirectErrorStream(false)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<Integer> confirmed = new ArrayList<>();
        try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            process.getOutputStream().write((database.password() + "\n").getBytes());
            process.getOutputStream().flush();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                confirmed.add(Integer.parseInt(line));
                if (confirmed.size() == CONFIRMED_BEFORE_THE_KILL) {
                    // Not the process's own method: it would close the stream that is still read.
                    process.toHandle().destroyForcibly();
                }
            }
        } catch (NumberFormatException e) {
            // The line that the kill cut short.
            process.toHandle().destroyForcibly();
        }
        process.waitFor();
        assertThat(confirmed).hasSizeGreaterThanOrEqualTo(CONFIRMED_BEFORE_THE_KILL);
        payloads = new SpoolPayloadStore(spool, Presence.ALWAYS);

        Reconciler.Findings findings = new Reconciler(messages, payloads, Clock.systemUTC()).run();

        assertThat(findings.deadLettered()).isZero();
        assertThat(findings.waiting()).isGreaterThanOrEqualTo(confirmed.size());
        for (int number : confirmed) {
            StoredMessage message =
                    messages.find(Samples.FL_LAB, Samples.id(number)).orElseThrow();
            assertThat(PayloadStoreContract.readAll(payloads, message.payload()))
                    .isEqualTo(Samples.body(number));
        }
    }

    @Test
    void keepsTheRowsOfAMessageWhosePayloadIsTornAsDoubtfulUntilItsPublisherRepeatsIt() throws Exception {
        store(1, "CA-RC");
        PayloadRef torn = store(2, "CA-RC", "SF-RC");
        payloads.close();
        try (FileChannel file = FileChannel.open(spool.resolve(torn.file() + ".segment"), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(16), file.size() - 16);
        }

        assertThat(restart())
                .isEqualTo(new Reconciler.Findings(1, 1, 0, 0, Map.of("ca_rc_queue", new QueueLoad(1, 101))));

        assertThat(database.number("SELECT count(*) FROM delivery WHERE payload_missing_time IS NOT NULL"
                        + " AND dead_lettered_time IS NULL AND message_number = 2"))
                .isEqualTo(2);
        assertThat(messages.lastMessageNumber()).isEqualTo(2);
        StoredPublication repeat = new StoredPublication(
                3,
                Samples.publication(2, "CA-RC", "SF-RC"),
                Samples.put(payloads, Samples.manifest(2), Samples.body(2)));
        assertThat(messages.publish(List.of(repeat), 2)).containsExactly(MessageStore.PublishOutcome.DOUBTFUL);
        payloads.sync();
        assertThat(messages.complete(List.of(repeat)))
                .extracting(each -> each.delivery().messageNumber())
                .containsExactly(2L, 2L);
        assertThat(restart().waiting()).isEqualTo(3);
    }

    @Test
    void asksNobodyToRepeatWhatWasAlreadyDoubtful() throws Exception {
        PayloadRef gone = store(1, "CA-RC");
        payloads.close();
        Files.delete(spool.resolve(gone.file() + ".segment"));

        assertThat(restart().doubtful()).isEqualTo(1);
        assertThat(restart().doubtful()).as("the second start changes nothing").isEqualTo(1);
        store(2, "CA-RC");
        assertThat(restart().deadLettered())
                .as("doubtful it stays, though a later commit says that the spool was synced")
                .isZero();
    }

    @Test
    void deadLettersAConfirmedMessageWhosePayloadIsGone() throws Exception {
        PayloadRef gone = store(1, "CA-RC", "SF-RC");
        payloads.close();
        Files.delete(spool.resolve(gone.file() + ".segment"));
        payloads = new SpoolPayloadStore(spool, Presence.ALWAYS);
        store(2, "CA-RC");

        Reconciler.Findings findings = restart();

        assertThat(findings.deadLettered()).isEqualTo(2);
        assertThat(findings.waiting()).isEqualTo(1);
        assertThat(database.number("SELECT count(*) FROM delivery WHERE dead_lettered_time IS NOT NULL"
                        + " AND reason LIKE 'The sealed message is missing%'"))
                .isEqualTo(2);
    }

    private PayloadRef deadLettered(long number) throws Exception {
        PayloadRef ref = store(number, "CA-RC");
        messages.settle(List.of(Samples.deadLettered(number, "CA-RC")));
        return ref;
    }

    @Test
    void keepsTheDeadLettersThatLieBesideTheNewestCommit() throws Exception {
        PayloadRef before = deadLettered(1);
        store(2, "CA-RC");
        PayloadRef between = deadLettered(3);
        PayloadRef newest = store(4, "CA-RC");
        assertThat(List.of(before.file(), between.file())).containsOnly(newest.file());

        assertThat(restart().waiting()).isEqualTo(2);
        assertThat(restart().waiting()).isEqualTo(2);

        assertThat(PayloadStoreContract.readAll(payloads, before)).isEqualTo(Samples.body(1));
        assertThat(PayloadStoreContract.readAll(payloads, between)).isEqualTo(Samples.body(3));
        assertThat(PayloadStoreContract.readAll(payloads, newest)).isEqualTo(Samples.body(4));
    }

    @Test
    void losesNothingElseWhereTheNewestCommitIsTorn() throws Exception {
        PayloadRef dead = deadLettered(1);
        PayloadRef waiting = store(2, "CA-RC");
        PayloadRef torn = store(3, "CA-RC");
        payloads.close();
        try (FileChannel file = FileChannel.open(spool.resolve(torn.file() + ".segment"), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(16), file.size() - 16);
        }

        assertThat(restart())
                .isEqualTo(new Reconciler.Findings(1, 1, 0, 0, Map.of("ca_rc_queue", new QueueLoad(1, 102))));

        assertThat(PayloadStoreContract.readAll(payloads, dead)).isEqualTo(Samples.body(1));
        assertThat(PayloadStoreContract.readAll(payloads, waiting)).isEqualTo(Samples.body(2));
    }

    @Test
    void keepsADeadLetterWhosePayloadIsGoneInTheListAndRequeuesItNever() throws Exception {
        PayloadRef gone = deadLettered(1);
        payloads.close();
        Files.delete(spool.resolve(gone.file() + ".segment"));
        payloads = new SpoolPayloadStore(spool, Presence.ALWAYS);
        store(2, "CA-RC");

        assertThat(restart().waiting()).isEqualTo(1);

        DeadLetters letters = new DeadLetters(database.dataSource(), "operator");
        DeadLetters.Choice all = new DeadLetters.Choice(null, List.of());
        assertThat(letters.list(all)).extracting(DeadLetter::reason).containsExactly("bad-seal");
        assertThat(letters.requeue(all)).isEmpty();
        assertThat(letters.discard(all, "a test")).hasSize(1);
        messages.takeChanges();
        assertThat(database.number("SELECT count(*) FROM delivery_ended WHERE discarded_time IS NOT NULL"))
                .isEqualTo(1);
    }

    @Test
    void freesPayloadsThatNoRowWaitsFor() throws Exception {
        store(1, "CA-RC");
        messages.settle(List.of(Samples.acknowledged(1, "CA-RC")));
        Samples.put(payloads, Samples.manifest(5), Samples.body(5));

        assertThat(restart()).isEqualTo(new Reconciler.Findings(0, 0, 0, 1, Map.of()));
        assertThat(payloads.restore(new PayloadRef(1, 0, 1, 1))).isFalse();
    }
}
