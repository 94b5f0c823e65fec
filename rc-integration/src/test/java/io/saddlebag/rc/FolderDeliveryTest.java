package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.message.FolderFacts;
import io.saddlebag.message.Json;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.StandardizedMessage;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stores.FolderStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that arrive at a whole centre. */
class FolderDeliveryTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final String FACTS = ID + ".message.json";

    @TempDir
    private Path folder;

    private Centre centre;
    private byte[] tar;
    private FolderFacts facts;

    @BeforeEach
    void aFolder() throws IOException {
        centre = new Centre(Files.createDirectory(folder.resolve("network")));
        Path sent = Files.createDirectories(folder.resolve("sent/deep/er"));
        Files.writeString(sent.resolve("Größe.csv"), "sample,value\n");
        Files.createFile(folder.resolve("sent/empty"));
        try (InputStream in = FolderTar.open(folder.resolve("sent"))) {
            tar = in.readAllBytes();
        }
        facts = new FolderFacts(2, 13, false);
    }

    /** Where the centre alone may enter. */
    private Path hidden() {
        return centre.home.folder().resolve("outbox/.saddlebag-staging/" + ID + ".folder");
    }

    @AfterEach
    void close() {
        centre.close();
    }

    @Test
    void standsInTheOutboxAsAFolderUnderOneStandardizedFile() throws Exception {
        centre.start();

        assertThat(deliver("FL-LAB_DAT_20251008_001.d", facts).command()).isEqualTo(StompCommand.ACK);

        assertThat(centre.outbox(ID + ".d/deep/er/Größe.csv")).hasContent("sample,value\n");
        assertThat(centre.outbox(ID + ".d/empty")).isEmptyFile();
        StandardizedMessage said = Json.read(Files.readAllBytes(centre.outbox(FACTS)), StandardizedMessage.class);
        assertThat(said.content()).isEqualTo(ID + ".d");
        assertThat(said.contentEncoding()).isEqualTo(StandardizedMessage.FILE);
        assertThat(said.contentType()).isEqualTo("application/x-tar");
        assertThat(said.payloadFile()).isEqualTo(ID + ".d");
        assertThat(said.size()).isEqualTo(tar.length);
        try (InputStream placed = FolderTar.open(centre.outbox(ID + ".d"))) {
            assertThat(said.sha256()).isEqualTo(Sha256.of(tar)).isEqualTo(Sha256.of(placed, Long.MAX_VALUE));
        }
        assertThat(said.folder()).isEqualTo(facts);
        assertThat(files(centre.home.work())).isEmpty();
    }

    @Test
    void hasTheDigestsOfItsFilesBesideItWhereThatIsWishedFor() throws Exception {
        Path route = centre.home.routes().resolve("outbox.camel.yaml");
        Files.writeString(route, Files.readString(route) + "      - {name: checksum, value: \"true\"}\n");
        centre.start();

        deliver(ID, facts);

        assertThat(centre.outbox(ID + ".sha256")).exists();
        Process check = new ProcessBuilder("sha256sum", "--strict", "-c", ID + ".sha256")
                .directory(centre.outbox("").toFile())
                .start();
        String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(check.waitFor()).as(said).isZero();
        assertThat(said.lines()).hasSize(2);
    }

    @Test
    void isPublishedOnceAfterACrashWhileItWasUnpacked() throws Exception {
        Files.createDirectories(hidden().getParent().getParent());
        Files.createDirectory(
                hidden().getParent(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createDirectories(hidden().resolve("deep"));
        Files.writeString(hidden().resolve("deep/half"), "half");
        centre.start();
        assertThat(hidden()).doesNotExist();
        Files.createDirectories(hidden().resolve("deep/again"));

        Letters.Letter letter = centre.letters.letter(ID, ID, tar, facts);
        assertThat(centre.deliver(letter).command()).isEqualTo(StompCommand.ACK);
        assertThat(centre.deliver(letter).command()).isEqualTo(StompCommand.ACK);

        assertThat(files(centre.outbox(""))).containsExactly(FACTS, ID + "/deep/er/Größe.csv", ID + "/empty");
    }

    @Test
    void takesUpWhatACrashLeftBetweenTheFolderAndItsStandardizedFile() throws Exception {
        copyOfWhatWasSent();
        centre.start();

        assertThat(deliver(ID, facts).command()).isEqualTo(StompCommand.ACK);

        assertThat(files(centre.outbox(""))).containsExactly(FACTS, ID + "/deep/er/Größe.csv", ID + "/empty");
    }

    @Test
    void replacesNothingThatStandsThere() throws Exception {
        Files.createDirectories(centre.outbox(ID));
        Files.writeString(centre.outbox(ID).resolve("mine"), "mine");
        centre.start();

        StompFrame answer = deliver(ID, facts);

        assertThat(answer.command()).isEqualTo(StompCommand.NACK);
        assertThat(answer.header(Headers.REASON)).isEqualTo("conflict");
        assertThat(Letters.detail(answer, ID)).contains("found another");
        assertThat(files(centre.outbox(""))).containsExactly(ID + "/mine");
    }

    @Test
    void refusesAHostileTarAndGoesOn() throws Exception {
        centre.start();
        byte[] hostile = tar.clone();
        System.arraycopy("../".getBytes(StandardCharsets.US_ASCII), 0, hostile, 0, 3);
        byte[] cut = Arrays.copyOf(tar, tar.length - 512);

        for (byte[] content : List.of(resummed(hostile), cut, new byte[] {1})) {
            assertThat(centre.deliver(centre.letters.letter(ID, ID, content, facts))
                            .command())
                    .isEqualTo(StompCommand.NACK);
        }
        assertThat(deliver(ID, new FolderFacts(1, 13, false)).command()).isEqualTo(StompCommand.NACK);
        assertThat(files(centre.home.folder().resolve("outbox"))).isEmpty();

        assertThat(deliver(ID, facts).command()).isEqualTo(StompCommand.ACK);
    }

    @Test
    void refusesMoreThanItsLimits() throws Exception {
        Files.writeString(
                centre.home.settingsFile(),
                Files.readString(centre.home.settingsFile()) + "folder-message.max-entries=3\n");
        centre.start();

        StompFrame answer = deliver(ID, facts);

        assertThat(answer.command()).isEqualTo(StompCommand.NACK);
        assertThat(answer.header(Headers.REASON)).isEqualTo("too-large");
        assertThat(Letters.detail(answer, ID)).contains("at most 3 files and folders");
        assertThat(files(centre.home.folder().resolve("outbox"))).isEmpty();
    }

    private StompFrame deliver(String fileName, FolderFacts said) throws Exception {
        return centre.deliver(centre.letters.letter(ID, fileName, tar, said));
    }

    /** With the sum of the first header made right. */
    private static byte[] resummed(byte[] tar) {
        Arrays.fill(tar, 148, 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += tar[i] & 0xFF;
        }
        byte[] digits = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, tar, 148, digits.length);
        return tar;
    }

    private void copyOfWhatWasSent() throws IOException {
        Path sent = folder.resolve("sent");
        try (Stream<Path> all = Files.walk(sent)) {
            for (Path file : (Iterable<Path>) all::iterator) {
                Path copy = centre.outbox(ID).resolve(sent.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    /** The files below it, the hidden ones too. */
    private static List<String> files(Path root) throws IOException {
        if (!Files.exists(root)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(file -> !Files.isDirectory(file) && !file.endsWith(FolderStore.MARKER))
                    .map(file -> root.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
