package io.saddlebag.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.bench.chaos.fault.RunClock;
import io.saddlebag.bench.chaos.fault.Target;
import io.saddlebag.cli.home.ScenarioHomes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checker is wrong when it is content: whatever is done to one file of a clean run, it has to find. */
class FolderCheckTest {
    private static final long SEED = 11;
    private static final Target CENTRE = Target.SF_RC;

    @TempDir
    private Path folder;

    private final Excuses excuses = new Excuses();
    private ScenarioHomes homes;
    private Consumers consumers;
    private List<DroppedFile> dropped;
    private DroppedFile left;
    private DroppedFile taken;

    @BeforeEach
    void deliverEverything() throws IOException {
        homes = new ScenarioHomes(folder);
        consumers = new Consumers(homes, new RunClock());
        dropped = IntStream.range(0, 20)
                .mapToObj(number -> DroppedFile.of(SEED, number))
                .filter(file -> file.size() > 0)
                .toList();
        for (DroppedFile file : dropped) {
            left = file.isTaken() ? left : file;
            taken = file.isTaken() ? file : taken;
            consumers.expect(file);
            write(sent(file), content(file));
            for (Target centre : file.recipients()) {
                deliver(centre, file);
            }
        }
        consumers.look();
    }

    private void deliver(Target centre, DroppedFile file) throws IOException {
        Path outbox = consumers.outbox(centre, file);
        write(outbox.resolve(file.fileName()), content(file));
        write(
                outbox.resolve(file.messageId() + ".message.json"),
                ("{\"message_id\":\"" + file.messageId() + "\",\"size\":" + file.size() + ",\"sha256\":\""
                                + file.sha256().hex() + "\"}")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private Path sent(DroppedFile file) {
        return homes.home(file.sender()).resolve("sent").resolve(file.fileName());
    }

    private Path standing(DroppedFile file) {
        return consumers.outbox(CENTRE, file).resolve(file.fileName());
    }

    private static byte[] content(DroppedFile file) {
        return DroppedFile.content(SEED, file.number());
    }

    private static void write(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private FolderCheck.Findings found() throws IOException {
        FolderCheck.Findings findings = new FolderCheck.Findings();
        new FolderCheck(homes, excuses).run(dropped, consumers, findings);
        return findings;
    }

    @Test
    void hasNothingToSayOfACleanRun() throws IOException {
        assertThat(consumers.stillWaiting()).isZero();
        assertThat(found()).isEqualTo(new FolderCheck.Findings());
    }

    @Test
    void findsWhatIsMissing() throws IOException {
        Files.delete(sent(left));
        Files.delete(standing(left));
        Files.delete(consumers.taken(CENTRE, taken).resolve(taken.messageId() + ".message.json"));

        assertThat(found().lost())
                .containsExactlyInAnyOrder(
                        left.fileName() + " is nowhere at its lab",
                        "SF-RC " + left.fileName() + " is not there",
                        "SF-RC " + taken.fileName() + " is not there");
    }

    @Test
    void findsWhatWasNotSent() throws IOException {
        Path waiting = homes.home(left.sender()).work().resolve(left.fileName());
        Files.createDirectories(waiting.getParent());
        Files.move(sent(left), waiting);

        assertThat(found().lost()).singleElement().asString().contains("was not sent");
        assertThat(found().others()).isNotEmpty();
    }

    @Test
    void findsAFileInTwoTerminalPlaces() throws IOException {
        write(homes.home(left.sender()).resolve("failed").resolve(left.fileName()), content(left));

        assertThat(found().duplicated()).singleElement().asString().contains("failed/", "sent/");
        assertThat(found().failed()).hasSize(1);
    }

    @Test
    void findsWhatWasWrittenAgainAfterItWasTaken() throws IOException {
        deliver(CENTRE, taken);

        assertThat(found().duplicated()).hasSize(2);
    }

    @Test
    void findsWhatWasWrittenOverTheFirstWithTheSameBytes() throws IOException {
        Path other = standing(left).resolveSibling("other");
        write(other, content(left));
        Files.move(other, standing(left), StandardCopyOption.REPLACE_EXISTING);

        assertThat(found().duplicated()).containsExactly("SF-RC " + left.fileName() + " was written over");
    }

    @Test
    void findsAFileThatNobodyDropped() throws IOException {
        write(standing(left).resolveSibling("FL-LAB_DAT_20990101_001.bin"), new byte[1]);

        assertThat(found().duplicated()).singleElement().asString().contains("FL-LAB_DAT_20990101_001");
    }

    @Test
    void findsOtherBytesAndOtherFacts() throws IOException {
        byte[] altered = content(left);
        altered[0] ^= 1;
        write(sent(left), altered);
        Path facts = consumers.taken(CENTRE, taken).resolve(taken.messageId() + ".message.json");
        write(facts, Files.readString(facts).replace(taken.sha256().hex(), "00").getBytes(StandardCharsets.UTF_8));

        assertThat(found().corrupt())
                .containsExactlyInAnyOrder(
                        left.fileName() + " has other bytes in sent/" + left.fileName(),
                        "SF-RC " + taken.fileName() + " has facts that are not its own");
    }

    @Test
    void findsAStandardizedFileWhosePayloadWasNotWhole() throws IOException {
        DroppedFile late = IntStream.range(20, 60)
                .mapToObj(number -> DroppedFile.of(SEED, number))
                .filter(file -> file.size() > 0 && !file.isTaken())
                .findFirst()
                .orElseThrow();
        consumers.expect(late);
        deliver(CENTRE, late);
        write(standing(late), new byte[late.size() - 1]);
        consumers.look();

        assertThat(consumers.oddities())
                .isEqualTo(Set.of("SF-RC " + late.messageId() + " was not whole when its standardized file stood"));
    }

    @Test
    void excusesTheRefusedRepeatOfAFileWhoseSendingWasForgotten() throws IOException {
        excuses.sentTwice(List.of(left));
        refuse(left, "conflict", content(left));

        assertThat(found()).isEqualTo(new FolderCheck.Findings());
    }

    @Test
    void findsARefusalThatNoFaultExplains() throws IOException {
        refuse(left, "conflict", content(left));

        assertThat(found().failed()).hasSize(2);
        assertThat(found().lost())
                .containsExactly(left.fileName() + " was not sent, it is in failed/" + left.fileName());
    }

    @Test
    void findsARefusedRepeatWithAnotherReasonOrOtherBytes() throws IOException {
        excuses.sentTwice(List.of(left, taken));
        refuse(left, "expired", content(left));
        refuse(taken, "conflict", new byte[1]);

        assertThat(found().failed()).hasSize(4);
        assertThat(found().lost()).hasSize(2);
    }

    @Test
    void findsARefusedRepeatThatACentreDoesNotHave() throws IOException {
        excuses.sentTwice(List.of(left));
        refuse(left, "conflict", content(left));
        Files.delete(standing(left));

        assertThat(found().lost()).containsExactly("SF-RC " + left.fileName() + " is not there");
    }

    @Test
    void findsAForgottenFileThatIsNowhereAtItsLab() throws IOException {
        excuses.sentTwice(List.of(left));
        Files.delete(sent(left));

        assertThat(found().lost()).containsExactly(left.fileName() + " is nowhere at its lab");
    }

    @Test
    void findsAForgottenFileThatWasSentAndRefused() throws IOException {
        excuses.sentTwice(List.of(left));
        write(homes.home(left.sender()).resolve("failed").resolve(left.fileName()), content(left));

        assertThat(found().duplicated()).singleElement().asString().contains("failed/", "sent/");
    }

    @Test
    void excusesADeadLetterAtItsCentreAlone() throws IOException {
        excuses.damaged(left.messageId());
        excuses.deadLettered(left, CENTRE);
        Files.delete(standing(left));
        Files.delete(standing(left).resolveSibling(left.messageId() + ".message.json"));
        assertThat(found()).isEqualTo(new FolderCheck.Findings());

        Files.delete(consumers.outbox(Target.CA_RC, left).resolve(left.fileName()));
        assertThat(found().lost()).containsExactly("CA-RC " + left.fileName() + " is not there");
    }

    @Test
    void findsADamagedMessageThatIsNeitherDeliveredNorADeadLetter() throws IOException {
        excuses.damaged(left.messageId());
        Files.delete(standing(left));

        assertThat(found().lost()).containsExactly("SF-RC " + left.fileName() + " is not there");
    }

    @Test
    void findsHalfOfADeadLetterThatWasDeliveredAllTheSame() throws IOException {
        excuses.deadLettered(left, CENTRE);
        assertThat(found()).isEqualTo(new FolderCheck.Findings());

        Files.delete(standing(left));
        assertThat(found().lost()).containsExactly("SF-RC " + left.fileName() + " is not there");
    }

    @Test
    void noticesADeadLetterThatArrivesAfterItWasGivenUp() throws IOException {
        DroppedFile late = DroppedFile.of(SEED, 30);
        consumers.expect(late);
        late.recipients().forEach(centre -> consumers.giveUp(late, centre));
        assertThat(consumers.stillWaiting()).isZero();

        deliver(CENTRE, late);
        write(standing(late), new byte[late.size() + 1]);
        consumers.look();

        assertThat(consumers.oddities())
                .isEqualTo(Set.of("SF-RC " + late.messageId() + " was not whole when its standardized file stood"));
    }

    private void refuse(DroppedFile file, String code, byte[] content) throws IOException {
        Path failed = homes.home(file.sender()).resolve("failed").resolve(file.fileName());
        write(failed, content);
        write(
                failed.resolveSibling(file.fileName() + ".reason.json"),
                ("{\"code\":\"" + code + "\"}").getBytes(StandardCharsets.UTF_8));
        Files.deleteIfExists(sent(file));
    }
}
