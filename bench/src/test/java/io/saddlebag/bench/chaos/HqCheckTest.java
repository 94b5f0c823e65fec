package io.saddlebag.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.bench.chaos.fault.Target;
import io.saddlebag.cli.demo.HqRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HqCheckTest {
    private static final DroppedFile FILE = DroppedFile.of(5, 0);
    private static final DroppedFile OTHER = DroppedFile.of(5, 1);

    private static final Instant SENT = Instant.parse("2025-10-08T12:00:00Z");

    @TempDir
    private Path folder;

    private final Excuses excuses = new Excuses();
    private final List<HqRecords.Delivery> deliveries = new ArrayList<>();

    @BeforeEach
    void acknowledgeEverything() throws IOException {
        log("INFO  DC-HQ Reconciler: store reconciled");
        for (DroppedFile file : List.of(FILE, OTHER)) {
            file.recipients().forEach(centre -> deliveries.add(delivery(file, centre, true, false, false)));
        }
    }

    @Test
    void hasNothingToSayOfACleanRun() throws IOException {
        assertThat(found()).isEqualTo(new FolderCheck.Findings());
    }

    @Test
    void findsWhatWasNotAcknowledgedWhatIsMissingAndWhatIsTooMuch() throws IOException {
        deliveries.set(0, delivery(FILE, FILE.recipients().get(0), false, false, false));
        deliveries.remove(1);
        deliveries.add(delivery("FL-LAB", "FL-LAB_DAT_20990101_001", "CA-RC", true, false, false));

        assertThat(found().others()).hasSize(1);
        assertThat(found().lost()).hasSize(1);
        assertThat(found().duplicated()).hasSize(1);
    }

    @Test
    void findsADeadLetterOfAMessageThatLostNoBit() throws IOException {
        excuses.damaged(OTHER.messageId());
        log("ERROR DC-HQ Reconciler: " + FILE.messageId() + ": its payload is damaged");
        deliveries.set(0, delivery(FILE, FILE.recipients().get(0), false, true, false));

        assertThat(found().failed()).singleElement().asString().contains(FILE.messageId());
    }

    @Test
    void findsADeadLetterThatNoErrorNames() throws IOException {
        excuses.damaged(FILE.messageId());
        log("ERROR DC-HQ Reconciler: " + OTHER.messageId() + ": its payload is damaged");
        log("WARN  DC-HQ Reconciler: " + FILE.messageId() + ": its payload is damaged");
        deliveries.set(0, delivery(FILE, FILE.recipients().get(0), false, true, false));

        assertThat(found().others()).singleElement().asString().contains(FILE.messageId(), "no line of ERROR");
    }

    @Test
    void excusesADeadLetterOfADamagedMessageThatAnErrorNames() throws IOException {
        excuses.damaged(FILE.messageId());
        log("ERROR DC-HQ Reconciler: " + FILE.messageId() + ": its payload is damaged");
        deliveries.set(0, delivery(FILE, FILE.recipients().get(0), false, true, false));

        assertThat(found()).isEqualTo(new FolderCheck.Findings());
    }

    @Test
    void findsADoubtfulDeliveryThatNoBitExplainsOrNoWarningNames() throws IOException {
        deliveries.set(0, delivery(FILE, FILE.recipients().get(0), false, false, true));
        assertThat(found().failed()).singleElement().asString().contains(FILE.messageId());

        excuses.damaged(FILE.messageId());
        assertThat(found().others()).singleElement().asString().contains(FILE.messageId(), "no line of WARN");

        log("WARN  DC-HQ Reconciler: " + FILE.messageId() + ": doubtful");
        assertThat(found()).isEqualTo(new FolderCheck.Findings());
    }

    @Test
    void findsADamagedMessageThatIsGoneFromTheRecords() throws IOException {
        excuses.damaged(FILE.messageId());
        deliveries.remove(0);

        assertThat(found().lost()).singleElement().asString().contains(FILE.messageId());
    }

    private FolderCheck.Findings found() throws IOException {
        FolderCheck.Findings findings = new FolderCheck.Findings();
        new HqCheck(folder.resolve("log"), excuses).judge(deliveries, List.of(FILE, OTHER), findings);
        return findings;
    }

    private void log(String line) throws IOException {
        Path log = folder.resolve("log");
        String before = Files.exists(log) ? Files.readString(log) : "";
        Files.writeString(log, before + "2026-01-01T00:00:00.000Z " + line + "\n");
    }

    private static HqRecords.Delivery delivery(
            DroppedFile file, Target centre, boolean acknowledged, boolean dead, boolean doubtful) {
        return delivery(file.sender().value(), file.messageId(), centre.site().value(), acknowledged, dead, doubtful);
    }

    private static HqRecords.Delivery delivery(
            String sender, String messageId, String receiver, boolean acknowledged, boolean dead, boolean doubtful) {
        return new HqRecords.Delivery(
                messageId, sender, receiver, SENT, SENT, acknowledged ? SENT : null, dead, doubtful);
    }
}
