package io.saddlebag.rc.deliver;

import static io.saddlebag.rc.StepCentre.ID;
import static io.saddlebag.rc.StepCentre.LAB;
import static io.saddlebag.rc.StepCentre.NOW;
import static io.saddlebag.rc.StepCentre.SITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.files.Presence;
import io.saddlebag.files.StoreAwayException;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.files.tree.FolderUnpacker;
import io.saddlebag.journal.JournalException;
import io.saddlebag.message.FolderFacts;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.StandardizedMessage;
import io.saddlebag.rc.Letters;
import io.saddlebag.rc.StepCentre;
import io.saddlebag.rc.deliver.GroupRounds.Member;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.outbox.Outbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxStepsTest {
    private static final byte[] CONTENT = "sample,value\n".getBytes();

    @TempDir
    private Path folder;

    private StepCentre centre;
    private OutboxSteps steps;

    @BeforeEach
    void open() throws Exception {
        centre = new StepCentre(folder, new Outbox.Extras(true, true));
        steps = steps(Presence.ALWAYS);
    }

    @AfterEach
    void close() {
        centre.close();
    }

    private OutboxSteps steps(Presence journalDisk) {
        return new OutboxSteps(SITE, new FolderUnpacker(FolderLimits.USUAL), centre.room, centre.journal, journalDisk);
    }

    @Test
    void placesThePayloadWithItsChecksum() throws Exception {
        Exchange exchange = opened(1);

        steps.placePayload(exchange);

        assertThat(centre.inOutbox()).containsExactly(ID + ".csv", ID + ".csv.sha256");
        assertThat(centre.inOutbox(ID + ".csv")).hasBinaryContent(CONTENT);
        assertThat(centre.inOutbox(ID + ".csv.sha256")).hasContent(Sha256.of(CONTENT) + "  " + ID + ".csv\n");
        assertThat(centre.inWork()).isEmpty();
        assertThat(Arrival.of(exchange).openedFile()).isNull();
    }

    @Test
    void leavesAnotherFileUnderThePayloadsNameAsItIs() throws Exception {
        Exchange exchange = opened(1);
        centre.outbox.requireRoom(LAB, 0);
        Files.writeString(centre.inOutbox(ID + ".csv"), "another");

        assertRefused(Refusal.Code.CONFLICT, () -> steps.placePayload(exchange));

        assertThat(centre.inOutbox(ID + ".csv")).hasContent("another");
        Arrival.of(exchange).discardWork();
        assertThat(centre.inWork()).isEmpty();
    }

    @Test
    void placesAFolderWithItsChecksums() throws Exception {
        Exchange exchange = openedFolder(new FolderFacts(1, CONTENT.length, false));

        steps.placeFolder(exchange);

        assertThat(centre.inOutbox(ID + "/deep/a.csv")).hasBinaryContent(CONTENT);
        assertThat(centre.inOutbox(ID + ".sha256")).exists();
        assertThat(centre.inWork()).isEmpty();
        steps.composeStandardizedMessage(exchange);
        assertThat(exchange.getMessage().getBody(StandardizedMessage.class).contentEncoding())
                .isEqualTo(StandardizedMessage.FILE);
    }

    @Test
    void refusesAFolderThatIsNotAsItsSenderSaidAndLeavesNothingOfIt() throws Exception {
        Exchange exchange = openedFolder(new FolderFacts(2, CONTENT.length, false));

        assertRefused(Refusal.Code.BAD_DIGEST, () -> steps.placeFolder(exchange));

        assertThat(centre.inOutbox()).isEmpty();
        try (Stream<Path> staged = Files.list(centre.outbox.directory().resolve(".saddlebag-staging"))) {
            assertThat(staged).isEmpty();
        }
    }

    @Test
    void composesWhatWasVerified() throws Exception {
        Exchange exchange = opened(1);
        steps.placePayload(exchange);

        steps.composeStandardizedMessage(exchange);

        StandardizedMessage composed = exchange.getMessage().getBody(StandardizedMessage.class);
        Arrival arrival = Arrival.of(exchange);
        assertThat(composed.messageId()).isEqualTo(arrival.messageId());
        assertThat(composed.content()).isEqualTo(new String(CONTENT));
        assertThat(composed.contentEncoding()).isEqualTo(StandardizedMessage.UTF_8);
        assertThat(composed.payloadFile()).isEqualTo(ID + ".csv");
        assertThat(composed.sha256()).isEqualTo(Sha256.of(CONTENT));
        assertThat(composed.size()).isEqualTo(CONTENT.length);
        assertThat(composed.receiverClientId()).isEqualTo(SITE);
        assertThat(composed.receivedTimestamp()).isEqualTo(NOW);
        assertThat(composed.routingKey()).isEqualTo("ca_rc");
        assertThat(composed.manifestSha256()).isEqualTo(arrival.manifestSha256());
        assertThat(composed.senderFingerprint())
                .isEqualTo(centre.network.identity(LAB).signingFingerprint());
        assertThat(composed.keyId()).isEqualTo("k");
        assertThat(composed.seq()).isEqualTo(1);
    }

    @Test
    void showsNothingOfAStagedMessage() throws Exception {
        Exchange exchange = staged(1);

        assertThat(centre.outbox.isStaged(LAB, Arrival.of(exchange).messageId()))
                .isTrue();
        assertThat(centre.inOutbox()).doesNotContain(ID + ".message.json", ID + ".ready");
    }

    @Test
    void announcesTheMessagesWhoseFoldersAreSynced() throws Exception {
        Member first = member(staged(1));
        Member second = member(staged(2));

        steps.announcePublication(List.of(first, second));

        for (Member each : List.of(first, second)) {
            assertThat(each.isFailed()).isFalse();
            assertThat(centre.journal.announced(each.arrival().messageId()))
                    .contains(each.arrival().placement());
        }
    }

    @Test
    void announcesNothingWhenTheJournalsDiskIsAway() throws Exception {
        Presence away = () -> {
            throw new StoreAwayException(folder, "as the test says");
        };
        Member member = member(staged(1));

        assertThatThrownBy(() -> steps(away).announcePublication(List.of(member)))
                .isInstanceOf(StoreAwayException.class);

        assertThat(centre.journal.announced(member.arrival().messageId())).isEmpty();
    }

    @Test
    void announcesNoMessageThatTheJournalDoesNotTake() throws Exception {
        Member member = member(staged(1));
        centre.changeJournal("DROP TABLE publication");

        steps.announcePublication(List.of(member));

        assertThat(member.exchange().getException()).isInstanceOf(JournalException.class);
    }

    @Test
    void givesTheStandardizedFileAndThenTheMarkerTheirNames() throws Exception {
        Member member = member(staged(1));

        steps.placeStandardizedMessage(List.of(member));

        assertThat(member.isFailed()).isFalse();
        assertThat(centre.inOutbox())
                .containsExactly(ID + ".csv", ID + ".csv.sha256", ID + ".message.json", ID + ".ready");
        assertThat(Json.read(Files.readAllBytes(centre.inOutbox(ID + ".message.json")), StandardizedMessage.class)
                        .messageId())
                .isEqualTo(MessageId.of(ID));
    }

    @Test
    void failsTheOneWhoseNameIsTakenAndNoOther() throws Exception {
        Member taken = member(staged(1));
        Member other = member(staged(2));
        Files.writeString(centre.inOutbox(ID + ".message.json"), "another");

        steps.placeStandardizedMessage(List.of(taken, other));

        assertThat(taken.exchange().getException()).isInstanceOf(Refusal.class);
        assertThat(other.isFailed()).isFalse();
        assertThat(centre.inOutbox(ID + ".message.json")).hasContent("another");
        assertThat(centre.inOutbox(id(2) + ".message.json")).exists();
        assertThat(centre.inOutbox()).doesNotContain(ID + ".ready");
    }

    @Test
    void failsTheMembersWhoseFolderCannotBeSynced() throws Exception {
        Member member = member(staged(1));
        Files.move(centre.inOutbox(""), folder.resolve("away"));

        steps.announcePublication(List.of(member));

        assertThat(member.exchange().getException()).isInstanceOf(IOException.class);
        assertThat(centre.journal.announced(member.arrival().messageId())).isEmpty();
    }

    private Exchange opened(int number) throws Exception {
        centre.letters.seq = number;
        return centre.opened(centre.letters.letter(id(number), id(number) + ".csv", CONTENT));
    }

    private Exchange staged(int number) throws Exception {
        Exchange exchange = opened(number);
        steps.placePayload(exchange);
        steps.composeStandardizedMessage(exchange);
        exchange.getMessage().setBody(Json.write(exchange.getMessage().getBody(StandardizedMessage.class)));
        steps.stageStandardizedMessage(exchange);
        return exchange;
    }

    private Exchange openedFolder(FolderFacts facts) throws Exception {
        Path sent = Files.createDirectories(folder.resolve("sent/deep"));
        Files.write(sent.resolve("a.csv"), CONTENT);
        byte[] tar;
        try (InputStream in = FolderTar.open(sent.getParent())) {
            tar = in.readAllBytes();
        }
        Letters.Letter letter = centre.letters.letter(ID, ID, tar, facts);
        return centre.opened(letter);
    }

    private static Member member(Exchange exchange) {
        return new Member(exchange, Arrival.of(exchange), doneSync -> {});
    }

    private static String id(int number) {
        return "FL-LAB_DAT_20251008_00" + number;
    }

    private static void assertRefused(Refusal.Code code, ThrowingCallable step) {
        assertThatThrownBy(step).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.code())
                .isEqualTo(code));
    }
}
