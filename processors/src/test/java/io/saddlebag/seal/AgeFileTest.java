package io.saddlebag.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saddlebag.message.Refusal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgeFileTest {
    private final AgeFile age = new AgeFile(CryptoProviders.choose());
    private final AgeIdentity identity = AgeIdentity.generate();

    @TempDir
    private Path folder;

    private byte[] seal(byte[] plain) throws IOException {
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        age.seal(new ByteArrayInputStream(plain), List.of(identity.recipient()), sealed);
        return sealed.toByteArray();
    }

    private byte[] open(byte[] sealed) throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        age.open(new ByteArrayInputStream(sealed), List.of(identity), plain);
        return plain.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 300_000})
    void opensWhatItSealed(int size) throws IOException {
        byte[] plain = Samples.content(size);

        assertThat(open(seal(plain))).isEqualTo(plain);
    }

    @Test
    void takesNoMemoryForTheSize() throws IOException {
        long size = 1L << 30;
        InputStream zeros = new InputStream() {
            private long left = size;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                int count = (int) Math.min(left, length);
                left -= count;
                return count == 0 ? -1 : count;
            }
        };

        long[] sealed = {0};
        age.seal(zeros, List.of(identity.recipient()), new OutputStream() {
            @Override
            public void write(int one) {
                sealed[0]++;
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                sealed[0] += length;
            }
        });

        assertThat(sealed[0]).isGreaterThan(size).isLessThan(size + size / 1000);
    }

    @Test
    void refusesARecipientOfLowOrderAndWritesNothing() {
        String zero = new Bech32("age", new byte[32]).encode();
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> age.seal(new ByteArrayInputStream(new byte[1]), List.of(zero), sealed));
        assertThat(sealed.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x", "-", "-----BEGIN AGE", "age-encryption.org/v2\n", "age-encryption.org/v1\n", "\n\n\n"})
    void refusesWhatIsNotAnAgeFile(String text) {
        assertThatThrownBy(() -> open(text.getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_SEAL));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void opensWhatTheAgeCommandSealed(boolean armor) throws Exception {
        requireAge();
        byte[] plain = Samples.content(200_000);
        Path file = Files.write(folder.resolve("plain"), plain);
        Path sealed = folder.resolve("sealed.age");

        run("age", armor ? "-a" : "-e", "-r", identity.recipient(), "-o", sealed.toString(), file.toString());

        assertThat(open(Files.readAllBytes(sealed))).isEqualTo(plain);
    }

    @Test
    void sealsWhatTheAgeCommandOpens() throws Exception {
        requireAge();
        byte[] plain = Samples.content(200_000);
        Path sealed = Files.write(folder.resolve("sealed.age"), seal(plain));
        Path key = folder.resolve("age.key");
        identity.write(key);

        run("age", "-d", "-i", key.toString(), "-o", folder.resolve("opened").toString(), sealed.toString());

        assertThat(folder.resolve("opened")).hasBinaryContent(plain);
    }

    @Test
    void sealsMessagesThatTheAgeCommandOpens() throws Exception {
        requireAge();
        byte[] content = Samples.content(200_000);
        Path sealed = folder.resolve("sealed.age");
        try (OutputStream out = Files.newOutputStream(sealed)) {
            new MessageSealer(CryptoProviders.choose())
                    .seal(
                            Samples.message(content),
                            new ByteArrayInputStream(content),
                            List.of(AgeIdentity.generate().recipient(), identity.recipient()),
                            Samples.BINDING,
                            out);
        }
        Path key = folder.resolve("age.key");
        identity.write(key);

        run("age", "-d", "-i", key.toString(), "-o", folder.resolve("opened").toString(), sealed.toString());

        byte[] opened = Files.readAllBytes(folder.resolve("opened"));
        assertThat(Arrays.copyOfRange(opened, opened.length - content.length, opened.length))
                .isEqualTo(content);
        assertThat(new String(opened, 0, opened.length - content.length, StandardCharsets.UTF_8))
                .startsWith("{\"message_id\":\"FL-LAB_DAT_20251008_001\"")
                .endsWith("}\n");
    }

    @Test
    void readsTheIdentityThatAgeKeygenMade() throws Exception {
        requireAge();
        Path key = folder.resolve("made.key");
        run("age-keygen", "-o", key.toString());

        AgeIdentity made = AgeIdentity.load(key).get(0);

        assertThat(Files.readString(key)).contains("# public key: " + made.recipient() + "\n");
    }

    private static void requireAge() {
        boolean installed = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "age")));
        assumeTrue(installed, "SKIPPED: the command 'age' is not installed, so nothing was exchanged with it");
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
