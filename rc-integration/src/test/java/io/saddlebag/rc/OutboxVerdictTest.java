package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.verdict.Verdict;
import io.saddlebag.rc.verdict.VerdictSteps;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.LoggedLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verdicts of the reader of an outbox, at a centre on its shipped routes. */
class OutboxVerdictTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final byte[] CONTENT = {1, 2, 3};

    @TempDir
    private Path folder;

    private Centre centre;
    private Letters.Letter letter;
    private final LoggedLines log = LoggedLines.of(VerdictSteps.class.getPackageName());

    @BeforeEach
    void makeCentre() throws Exception {
        centre = new Centre(folder);
        Files.writeString(
                centre.home.settingsFile(),
                Files.readString(centre.home.settingsFile()) + "outbox.retention-interval=50ms\n");
        centre.outboxParameter("verdict", "expected");
        letter = centre.letters.letter(ID, ID + ".bin", CONTENT);
    }

    @AfterEach
    void close() {
        log.close();
        centre.close();
    }

    private void deliver() {
        assertThat(centre.deliver(letter).command()).isEqualTo(StompCommand.ACK);
    }

    private void say(String kind, String text) throws Exception {
        Path written = Files.writeString(folder.resolve("written"), text);
        Files.move(written, centre.outbox(ID + "." + kind));
    }

    private void awaitTaken(String kind) {
        await(kind + " taken").until(() -> Files.notExists(centre.outbox(ID + "." + kind)));
    }

    private List<StompFrame> sent() {
        return centre.frames(StompCommand.SEND).stream()
                .filter(frame -> Headers.VERDICTS.equals(frame.header(Headers.DESTINATION)))
                .toList();
    }

    private Verdict verdict(int number) {
        await("verdict " + number).until(() -> sent().size() >= number);
        return Json.read(Envelope.parse(sent().get(number - 1).body()).payload(), Verdict.class);
    }

    private List<String> outbox() throws Exception {
        try (Stream<Path> files = Files.list(centre.outbox(""))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void tellsHeadquartersOnceWhatTheReaderSaysAndTheSenderAloneWhy() throws Exception {
        centre.start();
        deliver();
        say("rejected", "{\"code\": \"bad-columns\", \"reason\": \"column 3 is empty\"}");

        Verdict verdict = verdict(1);
        assertThat(verdict.kind()).isEqualTo(Verdict.REJECTED);
        assertThat(verdict.code()).isEqualTo("bad-columns");
        assertThat(verdict.messageId()).isEqualTo(MessageId.of(ID));
        assertThat(verdict.manifestSha256()).isEqualTo(letter.manifestSha256());
        assertThat(Letters.SECRET.openReason(verdict.messageId(), Centre.SITE, verdict.reason()))
                .isEqualTo("column 3 is empty");
        awaitTaken("rejected");

        say("rejected", "{\"code\": \"bad-columns\", \"reason\": \"column 3 is empty\"}");
        awaitTaken("rejected");
        say("accepted", "");
        await("a line").until(() -> !log.at(Level.WARN).isEmpty());
        assertThat(log.at(Level.WARN))
                .singleElement()
                .asString()
                .contains(ID + ".accepted is not taken", "expected no second verdict", "which says rejected");
        assertThat(outbox()).contains(ID + ".accepted");
        assertThat(sent()).hasSize(1);
    }

    @Test
    void keepsAVerdictUntilHeadquartersKnowsVerdictsThoughTheMessageIsGone() throws Exception {
        centre.outboxParameter("deleteDoneAfter", "0s");
        centre.headquarters((connection, frame) -> Headers.VERDICTS.equals(frame.header(Headers.DESTINATION))
                ? Centre.rejected(frame, "unknown-destination")
                : null);
        centre.start();
        deliver();
        Files.createFile(centre.outbox(ID + ".done"));
        await("deletion").until(() -> outbox().isEmpty());
        say("accepted", "");
        await("a line").until(() -> !log.at(Level.WARN).isEmpty());
        assertThat(log.at(Level.WARN)).singleElement().asString().contains("Upgrade headquarters to 1.1.0 or later");
        centre.stop();

        centre.headquarters((connection, frame) -> null);
        int before = sent().size();
        centre.start();

        assertThat(verdict(before + 1).kind()).isEqualTo(Verdict.ACCEPTED);
        assertThat(verdict(before + 1)).usingRecursiveComparison().isEqualTo(verdict(1));
        assertThat(outbox()).isEmpty();
    }

    @Test
    void signsAgainWhatItsSenderSentAgainUnderAnotherManifest() throws Exception {
        centre.start();
        deliver();
        say("accepted", "");
        Verdict first = verdict(1);

        centre.letters.seq = 2;
        letter = centre.letters.letter(ID, ID + ".bin", CONTENT);
        deliver();

        Verdict second = verdict(2);
        assertThat(second.manifestSha256()).isEqualTo(letter.manifestSha256()).isNotEqualTo(first.manifestSha256());
        assertThat(second.verdictTimestamp()).isEqualTo(first.verdictTimestamp());
    }

    @Test
    void takesNothingWhereNoVerdictIsExpected() throws Exception {
        centre.outboxParameter("verdict", "none");
        Path routes = centre.home.routes().resolve("outbox.camel.yaml");
        Files.writeString(
                routes, Files.readString(routes).replace("      - {name: verdict, value: \"expected\"}\n", ""));
        centre.start();
        deliver();
        say("accepted", "");
        SiteId other = SiteId.of("FL-LAB");
        centre.letters.seq = 2;
        centre.deliver(centre.letters.letter(other + "_DAT_20251008_002", "b.bin", CONTENT));

        assertThat(outbox()).contains(ID + ".accepted");
        assertThat(sent()).isEmpty();
    }
}
