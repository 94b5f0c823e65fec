package io.saddlebag.rc.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.files.Presence;
import io.saddlebag.files.StoreAwayException;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboxTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final String PAYLOAD = ID + ".csv";
    private static final byte[] JSON = {'{', '}'};

    @TempDir
    private Path folder;

    private Outbox outbox;
    private Path opened;

    @BeforeEach
    void make() throws IOException {
        outbox = new Outbox(folder.resolve("outbox"), new Outbox.Extras(false, false), Presence.ALWAYS);
        opened = Files.write(folder.resolve("opened"), new byte[] {1, 2, 3});
    }

    @Test
    void removesWhatAKilledProcessLeftHalfWrittenAndNothingElse() throws Exception {
        outbox.removeUnfinished();
        Path sender = Files.createDirectories(folder.resolve("outbox/FL-LAB"));
        Files.writeString(sender.resolve(".119da6be-36a7-4342-88c4-f13235b81558.part"), "half");
        Path tried = folder.resolve("outbox/.765e3de1-28c1-4c7b-af80-b08e9144cad0.part");
        Files.writeString(tried, "whether there was room");
        Files.writeString(sender.resolve("FL-LAB_DAT_20251008_001.part"), "whole");
        Files.writeString(sender.resolve(".theirs.part"), "theirs");

        outbox.removeUnfinished();

        assertThat(tried).doesNotExist();
        try (var left = Files.list(sender)) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("FL-LAB_DAT_20251008_001.part", ".theirs.part");
        }
    }

    @Test
    void placesThePayloadThenTheStandardizedFile() throws IOException {
        outbox.placePayload(LAB, PAYLOAD, opened);
        outbox.stageStandardizedFile(LAB, ID, JSON);
        assertThat(outbox.standardizedFile(LAB, ID)).isEmpty();
        assertThat(outbox.isStaged(LAB, ID)).isTrue();

        outbox.nameStandardizedFile(LAB, ID);

        assertThat(file(PAYLOAD)).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(outbox.standardizedFile(LAB, ID).orElseThrow()).isEqualTo(JSON);
        assertThat(outbox.isStaged(LAB, ID)).isFalse();
        assertThat(opened).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"outbox", "outbox/FL-LAB", "outbox/.saddlebag-staging"})
    void writesNothingBelowADiskThatGoesAwayWhileAFolderIsMade(String made) throws IOException {
        Path last = folder.resolve(made);
        Files.createDirectories(last.getParent());
        Presence goesAway = () -> {
            if (Files.exists(last)) {
                throw new StoreAwayException(last, "unmounted meanwhile");
            }
        };
        Outbox away = new Outbox(folder.resolve("outbox"), new Outbox.Extras(false, false), goesAway);

        assertThatThrownBy(() -> {
                    away.requireRoom(LAB, 1);
                    away.placePayload(LAB, PAYLOAD, opened);
                })
                .isInstanceOf(StoreAwayException.class);

        assertThat(last).doesNotExist();
        assertThat(opened).exists();
    }

    @Test
    void takesUpWhatACrashLeft() throws IOException {
        outbox.placePayload(LAB, PAYLOAD, opened);
        outbox.stageStandardizedFile(LAB, ID, new byte[] {'['});
        opened = Files.write(opened, new byte[] {1, 2, 3});

        outbox.placePayload(LAB, PAYLOAD, opened);
        outbox.stageStandardizedFile(LAB, ID, JSON);
        outbox.nameStandardizedFile(LAB, ID);

        assertThat(opened).doesNotExist();
        assertThat(file(ID + ".message.json")).hasBinaryContent(JSON);
    }

    @Test
    void neverReplacesAnotherPayload() throws IOException {
        Files.createDirectories(file(""));
        Files.write(file(PAYLOAD), new byte[] {9});

        assertConflict(() -> outbox.placePayload(LAB, PAYLOAD, opened));

        assertThat(file(PAYLOAD)).hasBinaryContent(new byte[] {9});
        assertThat(opened).exists();
    }

    @Test
    void takesNoLinkForAPayloadEvenToTheSameBytes() throws IOException {
        Files.createDirectories(file(""));
        Path elsewhere = Files.write(folder.resolve("elsewhere"), new byte[] {1, 2, 3});
        Files.createSymbolicLink(file(PAYLOAD), elsewhere);

        assertConflict(() -> outbox.placePayload(LAB, PAYLOAD, opened));
    }

    @Test
    void neverReplacesAnotherStandardizedFile() throws IOException {
        Files.createDirectories(file(""));
        Files.write(file(ID + ".message.json"), new byte[] {9});
        outbox.stageStandardizedFile(LAB, ID, JSON);

        assertConflict(() -> outbox.nameStandardizedFile(LAB, ID));

        assertThat(file(ID + ".message.json")).hasBinaryContent(new byte[] {9});
        outbox.discardStaged(LAB, ID);
        assertThat(outbox.isStaged(LAB, ID)).isFalse();
    }

    @Test
    void neverWritesIntoWhatAReaderTookInTheMiddleOfACrash() throws IOException {
        outbox.placePayload(LAB, PAYLOAD, opened);
        outbox.stageStandardizedFile(LAB, ID, JSON);
        Path taken = folder.resolve("taken");
        Files.createLink(taken, file("." + ID + ".message.json.part"));

        outbox.stageStandardizedFile(LAB, ID, new byte[] {'['});

        assertThat(taken).hasBinaryContent(JSON);
    }

    @Test
    void writesADigestThatTheUsualToolReads() throws Exception {
        outbox = new Outbox(folder.resolve("outbox"), new Outbox.Extras(true, false), Presence.ALWAYS);
        outbox.placePayload(LAB, PAYLOAD, opened);
        Sha256 sha256 = Sha256.of(new byte[] {1, 2, 3});

        outbox.placeChecksum(LAB, PAYLOAD, sha256);
        outbox.placeChecksum(LAB, PAYLOAD, sha256);

        assertThat(file(PAYLOAD + ".sha256")).hasContent(sha256 + "  " + PAYLOAD + "\n");
        assertConflict(() -> outbox.placeChecksum(LAB, PAYLOAD, Sha256.of(JSON)));
    }

    @Test
    void putsTheMarkerLastOfAll() throws IOException {
        outbox = new Outbox(folder.resolve("outbox"), new Outbox.Extras(false, true), Presence.ALWAYS);
        outbox.placePayload(LAB, PAYLOAD, opened);
        outbox.stageStandardizedFile(LAB, ID, JSON);
        assertThat(file(ID + ".ready")).doesNotExist();

        outbox.nameStandardizedFile(LAB, ID);
        assertThat(file(ID + ".ready")).doesNotExist();
        assertThat(outbox.nameReady(LAB, ID)).isTrue();
        outbox.sync(LAB);

        assertThat(outbox.nameReady(LAB, ID)).isFalse();
        assertThat(file(ID + ".ready")).isEmptyFile();
        assertThat(file("." + ID + ".ready.part")).doesNotExist();
    }

    @Test
    void putsTheDescriptionBeforeTheStandardizedFileAndKeepsTheOneOfBeforeACrash() throws IOException {
        outbox = new Outbox(folder.resolve("outbox"), new Outbox.Extras(false, false, true), Presence.ALWAYS);
        Path description = file(ID + ".ro-crate-metadata.json");
        outbox.placePayload(LAB, PAYLOAD, opened);
        outbox.stageCrate(LAB, ID, out -> out.write('1'));
        outbox.stageStandardizedFile(LAB, ID, JSON);
        assertThat(description).doesNotExist();

        // Killed when the description had its name and the standardized file had not: the message comes again.
        Files.move(file("." + ID + ".ro-crate-metadata.json.part"), description);
        outbox.stageCrate(LAB, ID, out -> out.write('2'));
        outbox.stageStandardizedFile(LAB, ID, JSON);
        outbox.nameStandardizedFile(LAB, ID);

        assertThat(description).hasContent("1");
        assertThat(outbox.standardizedFile(LAB, ID)).isPresent();
        assertThat(file("." + ID + ".ro-crate-metadata.json.part")).doesNotExist();
    }

    @Test
    void refusesToDescribeUnderANameThatAReaderTook() throws IOException {
        outbox = new Outbox(folder.resolve("outbox"), new Outbox.Extras(false, false, true), Presence.ALWAYS);
        outbox.placePayload(LAB, PAYLOAD, opened);
        outbox.stageCrate(LAB, ID, out -> out.write('1'));
        outbox.stageStandardizedFile(LAB, ID, JSON);
        Files.createSymbolicLink(file(ID + ".ro-crate-metadata.json"), folder.resolve("theirs"));

        assertConflict(() -> outbox.nameStandardizedFile(LAB, ID));
        assertThat(outbox.standardizedFile(LAB, ID)).isEmpty();
        outbox.discardStaged(LAB, ID);
        assertThat(file("." + ID + ".ro-crate-metadata.json.part")).doesNotExist();
    }

    @Test
    void bringsAMarkerThatACrashKeptBackAndNoneThatWasTaken() throws IOException {
        outbox = new Outbox(folder.resolve("outbox"), new Outbox.Extras(false, true), Presence.ALWAYS);
        outbox.placePayload(LAB, PAYLOAD, opened);
        outbox.stageStandardizedFile(LAB, ID, JSON);
        Files.copy(file("." + ID + ".message.json.part"), file(ID + ".message.json"));

        outbox.finish(LAB, ID);
        assertThat(file(ID + ".ready")).exists();

        Files.delete(file(ID + ".ready"));
        outbox.finish(LAB, ID);
        assertThat(file(ID + ".ready")).doesNotExist();
        assertThat(outbox.isStaged(LAB, ID)).isFalse();
    }

    @Test
    void saysWhetherThePayloadIsStillThere() throws IOException {
        assertThat(outbox.hasPayload(LAB, PAYLOAD)).isFalse();
        outbox.placePayload(LAB, PAYLOAD, opened);
        assertThat(outbox.hasPayload(LAB, PAYLOAD)).isTrue();
    }

    private static void assertConflict(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.code())
                .isEqualTo(Refusal.Code.CONFLICT));
    }

    private Path file(String name) {
        return folder.resolve("outbox/FL-LAB").resolve(name);
    }
}
