package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.message.FolderFacts;
import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.seal.MessageSealer;
import io.saddlebag.seal.SenderBinding;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackTest {
    private static final MessageId ID = MessageId.of("FL-LAB_DAT_20251008_001");
    private static final byte[] CONTENT = "sample,value\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private final AgeIdentity centre = AgeIdentity.generate();
    private Path key;
    private Path sealed;
    private Path out;

    @BeforeEach
    void files() throws IOException {
        key = folder.resolve("age.key");
        centre.write(key);
        sealed = folder.resolve("sealed.age");
        out = folder.resolve("out");
    }

    @Test
    void putsAFileUnderItsName() throws Exception {
        seal(ID + ".csv", CONTENT, null);

        CommandLineRun run = unpack();

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains(out.resolve(ID + ".csv").toString());
        assertThat(out.resolve(ID + ".csv")).hasBinaryContent(CONTENT);
        assertThat(inOut()).hasSize(1);
    }

    @Test
    void putsAFolderUnderItsName() throws Exception {
        seal(ID.value(), tar(), new FolderFacts(1, CONTENT.length, false));

        CommandLineRun run = unpack();

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(out.resolve(ID + "/data/a.csv")).hasBinaryContent(CONTENT);
        assertThat(inOut()).hasSize(1);
    }

    @Test
    void replacesNothing() throws Exception {
        Files.createDirectories(out);
        Files.writeString(out.resolve(ID.value()), "mine");
        seal(ID.value(), tar(), new FolderFacts(1, CONTENT.length, false));

        CommandLineRun run = unpack();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("expected nothing of that name");
        assertThat(out.resolve(ID.value())).hasContent("mine");
        assertThat(inOut()).hasSize(1);
    }

    @Test
    void leavesNothingOfWhatIsCutOrNoTar() throws Exception {
        seal(ID.value(), CONTENT, new FolderFacts(1, CONTENT.length, false));
        assertThat(unpack().exitCode()).isEqualTo(1);
        assertThat(inOut()).isEmpty();

        byte[] bytes = Files.readAllBytes(sealed);
        Files.write(sealed, Arrays.copyOf(bytes, bytes.length - 1));
        assertThat(unpack().exitCode()).isEqualTo(1);
        assertThat(inOut()).isEmpty();
    }

    @Test
    void saysThatAnotherAgeFileIsNoMessage() throws Exception {
        Path plain = Files.write(folder.resolve("plain"), CONTENT);
        CommandLineRun.of("seal", "--to", centre.recipient(), plain, "-o", sealed);

        CommandLineRun run = unpack();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("without --unpack");
    }

    @Test
    void refusesTwoPlacesToPutIt() throws Exception {
        seal(ID + ".csv", CONTENT, null);

        CommandLineRun run = CommandLineRun.of("open", "-i", key, sealed, "--unpack", out, "-o", folder.resolve("o"));

        assertThat(run.exitCode()).isEqualTo(2);
    }

    private CommandLineRun unpack() {
        return CommandLineRun.of("open", "-i", key, sealed, "--unpack", out);
    }

    private List<Path> inOut() throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.toList();
        }
    }

    private byte[] tar() throws IOException {
        Path data = Files.createDirectories(folder.resolve("folder/data"));
        Files.write(data.resolve("a.csv"), CONTENT);
        try (InputStream tar = FolderTar.open(folder.resolve("folder"))) {
            return tar.readAllBytes();
        }
    }

    private void seal(String fileName, byte[] content, FolderFacts facts) throws IOException {
        Message message = new Message(
                ID,
                SiteId.of("FL-LAB"),
                Instant.EPOCH,
                Message.ATTACHED,
                fileName,
                facts == null ? "text/csv" : Message.TAR,
                content.length,
                Sha256.of(content),
                ReceiptSecret.of(new byte[ReceiptSecret.LENGTH]),
                facts,
                null);
        SenderBinding binding =
                new SenderBinding(Sha256.of(new byte[0]), ID, SiteId.of("FL-LAB"), Sha256.of(new byte[1]));
        try (OutputStream file = Files.newOutputStream(sealed)) {
            new MessageSealer(CryptoProviders.choose())
                    .seal(message, new ByteArrayInputStream(content), List.of(centre.recipient()), binding, file);
        }
    }
}
