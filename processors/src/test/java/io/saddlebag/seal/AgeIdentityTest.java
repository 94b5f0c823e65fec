package io.saddlebag.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgeIdentityTest {
    private static final String SECRET = "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";

    @TempDir
    private Path folder;

    private Path file(String content) throws IOException {
        Path file = folder.resolve("age.key");
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    @Test
    void makesADifferentIdentityEachTime() {
        AgeIdentity one = AgeIdentity.generate();

        assertThat(one).isNotEqualTo(AgeIdentity.generate()).isEqualTo(AgeIdentity.of(one.secret()));
        assertThat(one.secret()).matches("AGE-SECRET-KEY-1[0-9A-Z]{58}");
        assertThat(one.recipient()).matches("age1[0-9a-z]{58}");
    }

    @Test
    void makesPostQuantumIdentitiesToo() {
        AgeIdentity one = AgeIdentity.generatePostQuantum();

        assertThat(one).isNotEqualTo(AgeIdentity.generatePostQuantum()).isEqualTo(AgeIdentity.of(one.secret()));
        assertThat(one.secret()).matches("AGE-SECRET-KEY-PQ-1[0-9A-Z]{58}");
        assertThat(one.recipient()).matches("age1pq1[0-9a-z]{1952}");
        assertThat(one.toString()).hasSizeLessThan(50).contains("age1pq1");
    }

    /** The identity and the recipient that the specification prints (C2SP age). */
    @Test
    void derivesTheRecipientOfTheSpecification() {
        assertThat(AgeIdentity.of("AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR")
                        .recipient())
                .startsWith(
                        "age1pq1x34nzsvr0rxjsgdn8zgyhfe8j7ceq5r9rdelkjuh3y235jzxshfg87pzf5zrqtzdxz95paef6caq5aapdmwjj");
        assertThat(AgeIdentity.of("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX")
                        .recipient())
                .isEqualTo("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj");
    }

    @Test
    void neverShowsItsSecret() {
        assertThat(AgeIdentity.of(SECRET).toString()).doesNotContain("SECRET").contains("age1");
    }

    @Test
    void writesTheFileThatAgeKeygenWrites() throws IOException {
        Path file = folder.resolve("age.key");
        AgeIdentity identity = AgeIdentity.of(SECRET);

        AgeIdentity.write(file, null, Clock.fixed(Instant.parse("2025-10-08T09:00:00.123Z"), ZoneOffset.UTC), identity);

        assertThat(file)
                .hasContent("# created: 2025-10-08T09:00:00Z\n# public key: " + identity.recipient() + "\n" + SECRET
                        + "\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(AgeIdentity.load(file)).containsExactly(identity);
    }

    @Test
    void neverOverwritesAKey() throws IOException {
        Path file = file("something");

        assertThatIOException()
                .isThrownBy(() -> AgeIdentity.generate().write(file))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("something");
    }

    @Test
    void readsSeveralIdentitiesAndComments() throws IOException {
        AgeIdentity other = AgeIdentity.generate();

        assertThat(AgeIdentity.load(file("# the new one\r\n" + other.secret() + "\r\n\n# the old one\n" + SECRET)))
                .containsExactly(other, AgeIdentity.of(SECRET));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rwxrwxrwx", "rw--w----"})
    void refusesAFileThatOthersMayOpen(String mode) throws IOException {
        Path file = file(SECRET);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

        assertThatIOException()
                .isThrownBy(() -> AgeIdentity.load(file))
                .withMessageContaining("chmod 0600")
                .withMessageContaining(mode);
    }

    @Test
    void readsAFileThatItsOwnerMayOnlyRead() throws IOException {
        Path file = file(SECRET);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));

        assertThat(AgeIdentity.load(file)).hasSize(1);
    }

    @Test
    void namesTheLineThatIsNotAnIdentityWithoutShowingIt() throws IOException {
        String broken = SECRET.replace("2LM0", "2LM1");
        Path file = file("# comment\n\n" + broken + "\n");

        assertThatIOException()
                .isThrownBy(() -> AgeIdentity.load(file))
                .withMessageStartingWith(file + ":3: Expected an age identity")
                .satisfies(e -> {
                    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                        assertThat(cause.getMessage()).doesNotContain(broken.substring(20, 40));
                    }
                });
    }

    @Test
    void keepsBothKindsInOneFile() throws IOException {
        Path file = folder.resolve("age.key");
        AgeIdentity hybrid = AgeIdentity.generatePostQuantum();

        AgeIdentity.write(file, null, Clock.systemUTC(), hybrid, AgeIdentity.of(SECRET));

        assertThat(AgeIdentity.load(file)).containsExactly(hybrid, AgeIdentity.of(SECRET));
    }

    @Test
    void refusesAFileWithoutAnIdentity() throws IOException {
        Path file = file("# nothing\n");

        assertThatIOException().isThrownBy(() -> AgeIdentity.load(file)).withMessageContaining("found none");
    }

    @Test
    void refusesAMissingFileAndAFolder() {
        assertThatIOException()
                .isThrownBy(() -> AgeIdentity.load(folder.resolve("none")))
                .isInstanceOf(NoSuchFileException.class)
                .withMessageContaining("age-keygen");
        assertThatIOException().isThrownBy(() -> AgeIdentity.load(folder));
    }

    @Test
    void refusesAFileThatIsNoKeyFile() throws IOException {
        Path file = file("#".repeat(1 << 17));

        assertThatIOException().isThrownBy(() -> AgeIdentity.load(file)).withMessageContaining("at most");
    }

    @Test
    void takesOnlyRecipientsThatCanBeSealedFor() {
        AgeIdentity.requireRecipient(AgeIdentity.generate().recipient());
        String zero = new Bech32("age", new byte[32]).encode();
        String shorter = new Bech32("age", new byte[31]).encode();
        AgeIdentity.requireRecipient(AgeIdentity.generatePostQuantum().recipient());
        byte[] hybrid =
                Bech32.decode(AgeIdentity.generatePostQuantum().recipient()).data();
        byte[] noPoint = hybrid.clone();
        Arrays.fill(noPoint, hybrid.length - 32, hybrid.length, (byte) 0);
        byte[] notReduced = hybrid.clone();
        Arrays.fill(notReduced, 0, 3, (byte) 0xff);
        for (String refused : new String[] {
            zero,
            shorter,
            "",
            "age1x",
            SECRET,
            new Bech32("age1pq", new byte[32]).encode(),
            new Bech32("age", hybrid).encode(),
            new Bech32("age1pq", noPoint).encode(),
            new Bech32("age1pq", notReduced).encode()
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> AgeIdentity.requireRecipient(refused))
                    .withMessageContaining("Expected an age recipient");
        }
    }
}
