package io.saddlebag.rc.deliver;

import static io.saddlebag.rc.StepCentre.ID;
import static io.saddlebag.rc.StepCentre.LAB;
import static io.saddlebag.rc.StepCentre.NOW;
import static io.saddlebag.rc.StepCentre.QUEUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.saddlebag.journal.JournalException;
import io.saddlebag.journal.MissingSeqs.Gap;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.rc.StepCentre;
import io.saddlebag.rc.outbox.Outbox;
import io.saddlebag.rc.records.JournalledDelivery;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.RunningTimes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpkeepStepsTest {
    private static final String OTHER = "FL-LAB_DAT_20251008_002";

    @TempDir
    private Path folder;

    private StepCentre centre;
    private UpkeepSteps steps;
    private LoggedLines log;

    @BeforeEach
    void open() throws Exception {
        centre = new StepCentre(folder, new Outbox.Extras(false, false));
        log = LoggedLines.of(UpkeepSteps.class);
        restart();
        centre.outbox.requireRoom(LAB, 0);
    }

    private void restart() {
        steps = new UpkeepSteps(centre.journal, RunningTimes.sinceEver(Clock.systemUTC()), Duration.ofMinutes(15));
    }

    @AfterEach
    void close() {
        log.close();
        centre.close();
    }

    @Test
    void deletesWhatItsReaderIsDoneWithAndTheJournalKnows() throws Exception {
        centre.takeQueue("&deleteDoneAfter=0s");
        publish(1);
        file(ID + ".bin");
        file(ID + ".done");
        file(OTHER + ".bin");
        file(OTHER + ".done");

        steps.clearOutboxes(centre.exchange());

        assertThat(centre.inOutbox()).containsExactly(OTHER + ".bin", OTHER + ".done");
        assertThat(centre.inJournal("SELECT count(removed_time) FROM delivery")).isEqualTo("1");
        assertThat(log.from(Level.INFO))
                .containsExactly(
                        "message_id=" + ID + " from=FL-LAB deleted from the outbox: its reader is done with it");
    }

    @Test
    void deletesNothingWithoutARetention() throws Exception {
        centre.takeQueue("");
        publish(1);
        file(ID + ".bin");
        file(ID + ".done");

        steps.clearOutboxes(centre.exchange());

        assertThat(centre.inOutbox()).containsExactly(ID + ".bin", ID + ".done");
    }

    @Test
    void deletesNothingThatTheJournalCannotNote() throws Exception {
        centre.takeQueue("&deleteDoneAfter=0s");
        publish(1);
        file(ID + ".done");
        centre.changeJournal("DROP TABLE delivery");

        steps.clearOutboxes(centre.exchange());

        assertThat(centre.inOutbox()).containsExactly(ID + ".done");
        assertThat(log.from(Level.WARN)).singleElement().asString().contains("ca_rc_queue: what came from FL-LAB");
    }

    @Test
    void writesWhatWasNoted() throws Exception {
        publish(1);
        centre.journal.acknowledge(LAB, MessageId.of(ID), NOW);
        assertThat(centre.inJournal("SELECT state FROM delivery")).isEqualTo("PUBLISHED");

        steps.flushJournal(centre.exchange());

        assertThat(centre.inJournal("SELECT state FROM delivery")).isEqualTo("ACKNOWLEDGED");
    }

    @Test
    void reportsWhatWasOvertakenLongAgoAsLongAsItIsMissing() throws Exception {
        publish(3);

        steps.reportMissing(centre.exchange());
        assertThat(log.from(Level.WARN))
                .singleElement()
                .asString()
                .startsWith("missing from FL-LAB: seq 1 to 2, overtaken more than 900 s ago");

        restart();
        steps.reportMissing(centre.exchange());
        steps.reportMissing(centre.exchange());
        assertThat(log.from(Level.WARN))
                .hasSize(2)
                .last()
                .asString()
                .isEqualTo("still missing are 2 messages that later ones overtook, the first of them seq 1 to 2 of"
                        + " FL-LAB");

        centre.journal.acceptMissing(new Gap(LAB, 1, 2));
        restart();
        steps.reportMissing(centre.exchange());
        assertThat(log.from(Level.WARN)).hasSize(2);
    }

    @Test
    void failsWhenTheJournalCannotBeRead() throws Exception {
        centre.changeJournal("DROP TABLE missing");

        assertThatThrownBy(() -> steps.reportMissing(centre.exchange())).isInstanceOf(JournalException.class);
    }

    private void publish(int seq) {
        Sha256 digest = Sha256.of(new byte[] {1});
        JournalledDelivery delivery = new JournalledDelivery(
                LAB,
                MessageId.of(ID),
                QUEUE,
                digest,
                seq,
                null,
                digest,
                3,
                digest,
                NOW,
                new byte[] {1},
                null,
                List.of());
        assertThat(centre.journal.publish(List.of(delivery)).get(0)).isCompleted();
    }

    private void file(String name) throws Exception {
        Files.createFile(centre.inOutbox(name));
    }
}
