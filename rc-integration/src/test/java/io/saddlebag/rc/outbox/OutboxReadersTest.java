package io.saddlebag.rc.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.files.Presence;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.AnotherUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Readers of an outbox, as another user of the machine: they may take files away, and exchange nothing for the site. */
@Timeout(120)
class OutboxReadersTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final String PAYLOAD = ID + ".csv";
    private static final byte[] JSON = {'{', '}'};

    @TempDir
    private Path folder;

    private AnotherUser reader;
    private Path directory;
    private Path routes;
    private Outbox outbox;

    @BeforeEach
    void makeOutbox() throws Exception {
        reader = AnotherUser.require();
        folder = folder.toRealPath();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        routes = Files.createDirectory(folder.resolve("routes"));
        Files.writeString(routes.resolve("outbox.camel.yaml"), "[]");
        directory = Files.createDirectory(folder.resolve("outbox"));
        reader.share(directory, 03770);
        outbox = new Outbox(directory, new Outbox.Extras(true, false), Presence.ALWAYS);
    }

    private Path opened() throws IOException {
        return Files.write(folder.resolve("opened"), new byte[] {1, 2, 3});
    }

    private Path file(String name) {
        return directory.resolve("FL-LAB").resolve(name);
    }

    private Set<String> names(Path of) throws IOException {
        try (Stream<Path> entries = Files.list(of)) {
            return Set.copyOf(
                    entries.map(entry -> entry.getFileName().toString()).toList());
        }
    }

    @Test
    void takeFilesAwayAndLeaveTheirWord() throws Exception {
        outbox.placePayload(LAB, PAYLOAD, opened());
        assertThat(reader.run(
                        "cat \"$1\" && mv \"$1\" \"$2\" && touch \"$3\"",
                        file(PAYLOAD),
                        file("taken"),
                        file(ID + ".done")))
                .satisfies(outcome ->
                        assertThat(outcome.isDone()).as(outcome.said()).isTrue());
        assertThat(names(directory.resolve("FL-LAB"))).containsExactlyInAnyOrder("taken", ID + ".done");
    }

    @Test
    void cannotPutALinkInThePlaceOfASendersFolder() throws Exception {
        outbox.placePayload(LAB, PAYLOAD, opened());
        assertThat(reader.run("mv \"$1\" \"$1.old\"", file("")).isDone()).isFalse();
        assertThat(reader.run("ln -sfT \"$2\" \"$1\"", file(""), routes).isDone())
                .isFalse();
    }

    @Test
    void areFoundOutWhereTheStickyBitWasMissing() throws Exception {
        outbox.placePayload(LAB, PAYLOAD, opened());
        reader.share(directory, 02770);
        assertThat(reader.run("mv \"$1\" \"$1.old\" && ln -s \"$2\" \"$1\"", directory.resolve("FL-LAB"), routes)
                        .isDone())
                .isTrue();

        assertThatThrownBy(() -> outbox.placePayload(LAB, ID + ".txt", opened()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("chmod 3770 " + directory);
        reader.share(directory, 03770);
        assertThatThrownBy(() -> outbox.placePayload(LAB, ID + ".txt", opened()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "FL-LAB: expected a folder of this site, found a link or file of user " + reader.user());
        assertThat(names(routes)).containsExactly("outbox.camel.yaml");
    }

    @Test
    void gainNothingByALinkThatIsThereBeforeTheFirstMessage() throws Exception {
        assertThat(reader.run("ln -s \"$2\" \"$1\"", directory.resolve("FL-LAB"), routes)
                        .isDone())
                .isTrue();

        assertThatThrownBy(() -> outbox.placePayload(LAB, PAYLOAD, opened()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("found a link or file of user " + reader.user());
        assertThatThrownBy(() -> outbox.requireRoom(LAB, 0)).isInstanceOf(IOException.class);
        assertThat(outbox.senders()).isEmpty();
        Files.writeString(routes.resolve(".119da6be-36a7-4342-88c4-f13235b81558.part"), "not the outbox's");
        outbox.removeUnfinished();
        assertThat(names(routes)).hasSize(2);
    }

    @Test
    void gainNothingByAFolderOfTheirOwnInThePlaceOfASenders() throws Exception {
        assertThat(reader.run("mkdir -m 0777 \"$1\"", directory.resolve("FL-LAB"))
                        .isDone())
                .isTrue();

        assertThatThrownBy(() -> outbox.placePayload(LAB, PAYLOAD, opened()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("found user " + reader.user());
        assertThat(names(directory.resolve("FL-LAB"))).isEmpty();
        assertThat(outbox.senders()).isEmpty();
    }

    @Test
    void gainNothingByALinkInThePlaceOfTheStagingFolder() throws Exception {
        assertThat(reader.run("ln -s \"$2\" \"$1\"", directory.resolve(".saddlebag-staging"), routes)
                        .isDone())
                .isTrue();
        OutboxFolder message = new OutboxFolder(outbox, LAB, ID, ID.value());

        assertThatThrownBy(message::hidden)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(".saddlebag-staging: expected a folder of this site");
        assertThatThrownBy(outbox::removeUnfinished).isInstanceOf(IOException.class);
        assertThat(names(routes)).containsExactly("outbox.camel.yaml");
    }

    @Test
    void cannotEnterTheStagingFolder() throws Exception {
        Path hidden = new OutboxFolder(outbox, LAB, ID, ID.value()).hidden();
        assertThat(reader.run("ls \"$1\"", hidden.getParent()).isDone()).isFalse();
        assertThat(reader.run("mv \"$1\" \"$1.old\"", hidden.getParent()).isDone())
                .isFalse();
    }

    @Test
    void haveNothingWrittenThroughALinkUnderAStagedName() throws Exception {
        Path precious = Files.writeString(folder.resolve("precious"), "precious");
        outbox.placePayload(LAB, PAYLOAD, opened());
        outbox.stageStandardizedFile(LAB, ID, JSON);
        Path staged = file("." + ID + ".message.json.part");
        assertThat(reader.run("rm -f \"$1\" && ln -s \"$2\" \"$1\"", staged, precious)
                        .isDone())
                .isTrue();

        outbox.stageStandardizedFile(LAB, ID, JSON);
        outbox.nameStandardizedFile(LAB, ID);

        assertThat(precious).hasContent("precious");
        assertThat(file(ID + ".message.json")).hasBinaryContent(JSON);
    }

    @Test
    void haveNothingReadThroughALinkUnderTheNameOfAStandardizedFile() throws Exception {
        Path precious = Files.write(folder.resolve("precious"), JSON);
        outbox.placePayload(LAB, PAYLOAD, opened());
        assertThat(reader.run("ln -s \"$2\" \"$1\"", file(ID + ".message.json"), precious)
                        .isDone())
                .isTrue();

        assertThat(outbox.standardizedFile(LAB, ID)).isEmpty();
    }

    @Test
    void holdNobodyUpWithAPipeUnderAPayloadsName() throws Exception {
        outbox.placePayload(LAB, PAYLOAD, opened());
        assertThat(reader.run("rm -f \"$1\" && mkfifo \"$1\" && mkfifo \"$1.sha256\"", file(PAYLOAD))
                        .isDone())
                .isTrue();

        assertThatThrownBy(() -> outbox.placePayload(LAB, PAYLOAD, opened()))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.CONFLICT));
        assertThatThrownBy(() -> outbox.placeChecksum(LAB, PAYLOAD, Sha256.of(JSON)))
                .isInstanceOf(Refusal.class);
        assertThat(outbox.standardizedFile(LAB, ID)).isEmpty();
    }

    @Test
    void haveNothingDeletedButTheLinkThatTheyPutInThePlaceOfAFolder() throws Exception {
        Path tree = Files.createDirectories(folder.resolve("precious/deep")).getParent();
        Files.writeString(tree.resolve("deep/file"), "precious");
        outbox.placePayload(LAB, PAYLOAD, opened());
        assertThat(reader.run("ln -s \"$2\" \"$1\"", file(ID + ".d"), tree).isDone())
                .isTrue();

        assertThat(OutboxRetention.delete(outbox, LAB, Set.of(ID))).isEmpty();

        assertThat(tree.resolve("deep/file")).hasContent("precious");
        assertThat(names(directory.resolve("FL-LAB"))).isEmpty();
    }

    @Test
    void haveNoFolderDeletedInWhichTheyMayExchangeNames() throws Exception {
        outbox.placePayload(LAB, PAYLOAD, opened());
        assertThat(reader.run("mkdir -m 0777 \"$1\" && touch \"$1/x\"", file(ID + ".d"))
                        .isDone())
                .isTrue();

        assertThat(OutboxRetention.delete(outbox, LAB, Set.of(ID))).containsOnlyKeys(ID);

        assertThat(file(ID + ".d/x")).exists();
    }

    @Test
    void haveAPayloadThatIsAFolderDeletedWhole() throws Exception {
        OutboxFolder message = new OutboxFolder(outbox, LAB, ID, ID.value());
        Files.createDirectories(message.hidden().resolve("deep"));
        Files.writeString(message.hidden().resolve("deep/a"), "alpha");
        message.place();
        assertThat(file(ID + ".sha256")).isNotEmptyFile();

        assertThat(OutboxRetention.delete(outbox, LAB, Set.of(ID))).isEmpty();

        assertThat(names(directory.resolve("FL-LAB"))).isEmpty();
        assertThat(names(directory.resolve(".saddlebag-staging"))).isEmpty();
    }
}
