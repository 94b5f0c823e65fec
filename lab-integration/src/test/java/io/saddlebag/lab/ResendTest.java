package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.lab.TestHeadquarters.Upload;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.lab.resend.ResendRequests;
import io.saddlebag.lab.resend.Resends;
import io.saddlebag.message.DeliveryOutcome;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.Message;
import io.saddlebag.message.Message.Ended;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.LoggedLines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole laboratory whose headquarters confirmed messages and lost them, as after a restored back-up. */
class ResendTest extends LabFixture {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final MessageId FOLDER = MessageId.of("FL-LAB_DAT_20251008_002");
    private static final SiteId CENTRE = SiteId.of("CA-RC");
    private static final byte[] CONTENT = "sample,result\n1,positive\n".getBytes(StandardCharsets.UTF_8);

    @BeforeEach
    void sendOne() throws Exception {
        hq.listen();
        start();
        home.drop(ID + ".csv", CONTENT);
        awaitSent(ID, 1);
        soon("in sent/").until(() -> home.sent().contains(ID + ".csv"));
    }

    private void start() throws Exception {
        lab = home.start(hq.port(), Map.of("receipts.ask-interval", "200ms"));
    }

    private static ConditionFactory soon(String what) {
        return await(what).pollInterval(Duration.ofMillis(10)).atMost(Duration.ofSeconds(30));
    }

    private void awaitSent(MessageId id, long seq) {
        soon(id + " as seq " + seq).until(() -> upload(id)
                .filter(upload -> upload.manifest().recipient(CENTRE).seq() == seq)
                .isPresent());
    }

    private Optional<Upload> upload(MessageId id) {
        return hq.confirmed().stream()
                .filter(upload -> upload.manifest().messageId().equals(id))
                .findFirst();
    }

    private Path kept() throws IOException {
        try (var found = Files.walk(home.home().resolve("sent"))) {
            return found.filter(file -> file.endsWith(ID + ".csv")).findFirst().orElseThrow();
        }
    }

    @Test
    void sendsAMessageAgainUnderItsIdWithANewPlace() throws Exception {
        Path hidden = Files.createDirectories(home.drop().resolve("." + FOLDER));
        Files.writeString(hidden.resolve("a.csv"), "1");
        Files.move(hidden, home.drop().resolve(FOLDER.value()));
        awaitSent(FOLDER, 2);
        soon("in sent/").until(() -> home.sent().contains(FOLDER + "/a.csv"));
        Upload first = upload(ID).orElseThrow();
        hq.ended(acknowledged(first));
        Path receipts = home.home().resolve("sent/" + ID + ".receipts.json");
        soon("a receipt")
                .until(() ->
                        Files.exists(receipts) && Files.readString(receipts).contains("\"receipt\""));
        byte[] proof = Files.readAllBytes(receipts);

        try (LoggedLines lines = LoggedLines.of(Resends.class)) {
            hq.lose(ID);
            awaitSent(ID, 3);
            assertThat(lines.at(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains(ID + ": headquarters confirmed it and does not have it now");
        }
        hq.lose(FOLDER);
        awaitSent(FOLDER, 4);

        soon("kept again")
                .until(() -> home.sent().contains(ID + ".csv")
                        && home.sent().contains(FOLDER + "/a.csv")
                        && home.files("work").isEmpty());
        ByteArrayOutputStream opened = new ByteArrayOutputStream();
        Message again = open(upload(ID).orElseThrow(), opened);
        assertThat(opened.toByteArray()).isEqualTo(CONTENT);
        assertThat(again.receiptSecret())
                .as("the same claim")
                .isEqualTo(open(first, new ByteArrayOutputStream()).receiptSecret());
        assertThat(again.endedFor(CENTRE)).containsExactly(new Ended(CENTRE, 1, Ended.FAILED));
        assertThat(Files.readAllBytes(home.home().resolve("sent/" + ID + ".1.receipts.json")))
                .as("the receipts under the former manifest")
                .isEqualTo(proof);
    }

    private DeliveryOutcome acknowledged(Upload upload) throws IOException {
        Sha256 manifest = Sha256.of(Envelope.parse(upload.envelope()).payload());
        Message message = open(upload, new ByteArrayOutputStream());
        byte[] receipt = TestHeadquarters.sign(
                network.identity("CA-RC"),
                DeliveryReceipt.TYPE,
                Json.write(DeliveryReceipt.received(
                        upload.manifest().networkId(),
                        ID,
                        TestLab.SITE,
                        CENTRE,
                        manifest,
                        message.receiptSecret().proof(message.sha256(), message.size()),
                        Instant.parse("2025-10-08T09:00:03Z"),
                        1,
                        1)));
        return new DeliveryOutcome(
                ID, CENTRE, DeliveryOutcome.ACKNOWLEDGED, Instant.parse("2025-10-08T09:00:04Z"), null, null, receipt);
    }

    @Test
    void sendsAMessageAgainThreeTimesThenOnRequest() throws Exception {
        for (int seq = 2; seq <= 4; seq++) {
            hq.lose(ID);
            awaitSent(ID, seq);
            soon("kept again").until(() -> home.sent().contains(ID + ".csv"));
        }
        try (LoggedLines lines = LoggedLines.of(Resends.class)) {
            hq.lose(ID);
            soon("said").until(() -> !lines.at(Level.ERROR).isEmpty());
            assertThat(lines.at(Level.ERROR).get(0))
                    .contains("sent 3 times more and lost each time", "saddlebag resend");
        }
        assertThat(upload(ID)).isEmpty();

        ResendRequests.leave(home.home(), ID);

        awaitSent(ID, 5);
        soon("the request is answered").until(() -> home.files("resend").isEmpty());
    }

    @Test
    void sendsNoOtherContentAndAnswersARequestThatIsNotNeeded() throws Exception {
        Files.writeString(kept(), "changed");
        try (LoggedLines lines = LoggedLines.of(Resends.class)) {
            hq.lose(ID);
            soon("said").until(() -> !lines.at(Level.ERROR).isEmpty());
            assertThat(lines.at(Level.ERROR).get(0)).contains(ID + ".csv was changed since it was sent");
        }
        Files.write(kept(), CONTENT);
        awaitSent(ID, 2);

        try (LoggedLines lines = LoggedLines.of(ResendRequests.class)) {
            ResendRequests.leave(home.home(), ID);
            soon("the request is answered").until(() -> home.files("resend").isEmpty());
            assertThat(lines.at(Level.INFO)).singleElement().asString().contains("not sent again: headquarters has it");
        }
        assertThat(hq.confirmed()).hasSize(1);
    }

    @Test
    void leavesToAnOperatorWhatWasDiscarded() throws Exception {
        hq.ended(new DeliveryOutcome(
                ID, CENTRE, DeliveryOutcome.DISCARDED, Instant.now(), "for another centre", null, null));
        Path receipts = home.home().resolve("sent/" + ID + ".receipts.json");
        soon("discarded")
                .until(() ->
                        Files.exists(receipts) && Files.readString(receipts).contains(DeliveryOutcome.DISCARDED));

        try (LoggedLines lines = LoggedLines.of(Resends.class)) {
            hq.lose(ID);
            soon("said").until(() -> !lines.at(Level.ERROR).isEmpty());
            assertThat(lines.at(Level.ERROR).get(0)).contains("it was discarded there for CA-RC");
        }

        assertThat(Files.readString(receipts))
                .contains(DeliveryOutcome.DISCARDED)
                .doesNotContain("unknown");
        assertThat(hq.confirmed()).isEmpty();
    }

    @Test
    void givesAFileBackAfterACrashBeforeTheJournalSaysThatItIsSentAgain() throws Exception {
        Path kept = kept();
        stop();
        Files.move(kept, home.home().work().resolve(ID.value()));
        Files.delete(kept.getParent());

        start();

        assertThat(kept).hasBinaryContent(CONTENT);
        assertThat(home.files("work")).isEmpty();
    }

    @Test
    void failsAMessageThatIsSentAgainAndWhoseFileIsGoneAndForgetsItNot() throws Exception {
        stop();
        Files.delete(kept());
        try (LabJournal journal = LabJournal.open(home.home().journal().resolve("lab.db"))) {
            journal.forEach(
                    List.of(journal.find(ID).orElseThrow().number()),
                    "UPDATE message SET state = 'CLAIMED', resent = 1, manifest_sha256 = NULL, places = NULL,"
                            + " settled_time = NULL, kept_as = NULL WHERE number = ?");
        }

        start();

        soon("the reason").until(() -> home.files("failed").contains(ID + ".csv.reason.json"));
        stop();
        try (LabJournal journal = LabJournal.open(home.home().journal().resolve("lab.db"))) {
            assertThat(journal.find(ID)).map(OutgoingMessage::state).contains(OutgoingMessage.State.FAILED);
        }
    }
}
