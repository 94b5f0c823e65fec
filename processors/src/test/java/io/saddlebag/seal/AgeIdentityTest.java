package io.saddlebag.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.exceptionfactory.jagged.bech32.Bech32;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
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
    void neverShowsItsSecret() {
        assertThat(AgeIdentity.of(SECRET).toString()).doesNotContain("SECRET").contains("age1");
    }

    @Test
    void writesTheFileThatAgeKeygenWrites() throws IOException {
        Path file = folder.resolve("age.key");
        AgeIdentity identity = AgeIdentity.of(SECRET);

        identity.write(file, Clock.fixed(Instant.parse("2025-10-08T09:00:00.123Z"), ZoneOffset.UTC));

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
        String zero = Bech32.getEncoder().encode("age", new byte[32]).toString();
        String shorter = Bech32.getEncoder().encode("age", new byte[31]).toString();
        for (String refused : new String[] {zero, shorter, "", "age1x", SECRET}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> AgeIdentity.requireRecipient(refused))
                    .withMessageContaining("Expected an age recipient");
        }
    }
}
