package io.saddlebag.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgeKeyFileTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    private static final Instant END = NOW.plusSeconds(3600);

    @TempDir
    Path folder;

    private final AgeIdentity first = AgeIdentity.generate();
    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("age.key");
        first.write(file);
    }

    @Test
    void sealsForEveryKeyWithoutAnEnd() throws IOException {
        assertThat(AgeKeyFile.load(file, () -> null).published()).containsExactly(first);
        assertThat(AgeKeyFile.load(file, () -> null).opening(NOW)).containsExactly(first);
    }

    @Test
    void putsANewKeyFirstAndEndsTheOthers() throws IOException {
        String before = Files.readString(file);
        AgeKeyFile.load(file, () -> null).rotated(NOW, END).replace(file, null);
        AgeKeyFile read = AgeKeyFile.load(file, () -> null);

        AgeIdentity second = read.published().get(0);
        assertThat(read.published()).containsExactly(second).doesNotContain(first);
        assertThat(read.opening(NOW)).containsExactly(second, first);
        assertThat(read.opening(END)).containsExactly(second);
        assertThat(AgeIdentity.load(file)).containsExactly(second, first);
        assertThat(Files.readString(file)).contains("# opens until: " + END);
        assertThat(Files.readString(file).lines()).containsAll(before.lines().toList());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aSecondRotationLeavesTheEarlierEnd() throws IOException {
        AgeKeyFile once = AgeKeyFile.load(file, () -> null).rotated(NOW, END);
        AgeIdentity second = once.published().get(0);
        AgeKeyFile twice = once.rotated(END, END.plusSeconds(9));

        assertThat(twice.of(first.recipient()).opensUntil()).isEqualTo(END);
        assertThat(twice.of(second.recipient()).opensUntil()).isEqualTo(END.plusSeconds(9));
    }

    @Test
    void takesAKeyOutAndMakesANewOneWhenItWasTheLastToSealFor() throws IOException {
        AgeKeyFile keys = AgeKeyFile.load(file, () -> null).rotated(NOW, END);
        AgeIdentity second = keys.published().get(0);

        assertThat(keys.without(keys.of(first.recipient()), NOW).published()).containsExactly(second);
        AgeKeyFile left = keys.without(keys.of(second.recipient()), NOW);
        AgeIdentity third = left.published().get(0);
        assertThat(left.opening(NOW)).containsExactly(third, first);
        assertThatIllegalArgumentException().isThrownBy(() -> left.of(second.recipient()));
    }

    @Test
    void keepsKeysThatAreInUseNoMore() throws IOException {
        AgeKeyFile keys = AgeKeyFile.load(file, () -> null).rotated(NOW, END);
        AgeIdentity second = keys.published().get(0);
        Path kept = folder.resolve("age.key.revoked");
        AgeKeyFile.keep(keys.of(first.recipient()), kept, null);
        AgeKeyFile.keep(keys.of(second.recipient()), kept, null);

        assertThat(AgeIdentity.load(kept)).containsExactly(first, second);
    }

    @Test
    void refusesAnEndThatIsNoTimeAndAFileWithoutAKeyToSealFor() throws IOException {
        String text = Files.readString(file);
        Files.writeString(file, "# opens until: tomorrow\n" + text);
        assertThatThrownBy(() -> AgeKeyFile.load(file, () -> null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("age.key:1: Expected a time");

        Files.writeString(file, "# opens until: 2026-03-01T10:00:00Z\n" + text);
        assertThatThrownBy(() -> AgeKeyFile.load(file, () -> null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("without an end");
    }

    @Test
    void keepsAnEncryptedFileEncrypted() throws IOException {
        char[] passphrase = "six random words".toCharArray();
        AgeKeyFile.load(file, () -> null).replace(file, passphrase);
        assertThat(Files.readAllBytes(file)).startsWith("age-encryption.org/v1\n-> scrypt ".getBytes(US_ASCII));

        AgeKeyFile.load(file, () -> passphrase).rotated(NOW, END).replace(file, passphrase);

        assertThat(AgeKeyFile.load(file, () -> passphrase).opening(NOW))
                .hasSize(2)
                .contains(first);
        assertThatThrownBy(() -> AgeKeyFile.load(file, () -> null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no passphrase was found");
        assertThatThrownBy(() -> AgeKeyFile.load(file, "another"::toCharArray))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Put the right one there");
    }

    @Test
    void refusesAPassphraseFileThatTheHeapHasNoRoomFor() throws IOException {
        AgeKeyFile.load(file, () -> null).replace(file, "words".toCharArray());
        String sealed = Files.readString(file, StandardCharsets.ISO_8859_1).replaceFirst(" 14\n", " 30\n");
        Files.writeString(file, sealed, StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> AgeKeyFile.load(file, "words"::toCharArray))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("work factor");
    }
}
