package io.saddlebag.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.message.Json;
import io.saddlebag.message.SiteId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A back-up is whole or refused; nothing of it leaves the home that it is restored into. */
class BackupArchiveTest {
    private static final BackupFacts FACTS = new BackupFacts(
            BackupFacts.FORMAT, SiteId.of("FL-LAB"), "lab", Instant.parse("2026-11-30T02:00:00Z"), "1", null, null);

    @TempDir
    Path scratch;

    private final List<String> read = new ArrayList<>();

    private byte[] backup(String path) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (BackupWriter writer = new BackupWriter(out, scratch)) {
            writer.add(BackupFacts.MEMBER, 0600, Json.write(FACTS));
            writer.add(path, 0640, "content".getBytes(StandardCharsets.UTF_8));
            writer.add("keys/Zürich " + "x".repeat(120), 0600, new byte[70_000]);
            writer.finish();
        }
        return out.toByteArray();
    }

    private long read(byte[] backup) throws IOException {
        return BackupReader.read(new ByteArrayInputStream(backup), new BackupReader.Visitor() {
            @Override
            public void begin(BackupFacts facts) {
                read.add(facts.site().value());
            }

            @Override
            public void member(String path, int mode, long size, InputStream content) {
                read.add(path + " " + Integer.toOctalString(mode) + " " + size);
            }
        });
    }

    @Test
    void givesEachMemberWithItsMode() throws Exception {
        assertThat(read(backup("application.properties"))).isEqualTo(3);
        assertThat(read)
                .containsExactly(
                        "FL-LAB", "application.properties 640 7", "keys/Zürich " + "x".repeat(120) + " 600 70000");
        assertThat(scratch).isEmptyDirectory();
    }

    @Test
    void saysHowFarItsReaderIs() throws Exception {
        Path file = scratch.resolve("large.tar");
        try (BackupWriter writer = new BackupWriter(Files.newOutputStream(file), scratch)) {
            writer.add(BackupFacts.MEMBER, 0600, Json.write(FACTS));
            writer.add("failed/large", 0640, new byte[64 << 20]);
            writer.finish();
        }
        Path home = scratch.resolve("home");

        for (List<Object> command : List.<List<Object>>of(
                List.of("backup", "verify", "--progress", "1ms", file),
                List.of("restore", "--check", "--home", home, "--progress", "1ms", file))) {
            CommandLineRun run = CommandLineRun.of(command.toArray());

            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.err().lines())
                    .isNotEmpty()
                    .allMatch(line -> line.matches("reading .*/large[.]tar: .* of 64[.]0 MiB \\(\\d+ %\\), .*/s.*"));
            assertThat(run.out()).contains("FL-LAB").doesNotContain("reading");
        }
    }

    @Test
    void takesANameThatHasEndsOfLines() throws Exception {
        assertThat(read(backup("failed/a\nb\\c\r.csv"))).isEqualTo(3);
        assertThat(read).contains("failed/a\nb\\c\r.csv 640 7");
    }

    @Test
    void refusesOneThatWasChangedOrCutShort() throws Exception {
        byte[] whole = backup("application.properties");
        byte[] changed = whole.clone();
        int at = new String(whole, StandardCharsets.ISO_8859_1).indexOf("content");
        changed[at] ^= 1;
        assertThatThrownBy(() -> read(changed))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected application.properties as the manifest of the back-up has it");

        int manifest = new String(whole, StandardCharsets.ISO_8859_1).indexOf(BackupWriter.MANIFEST);
        assertThatThrownBy(() -> read(Arrays.copyOf(whole, manifest)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cut short");
        assertThatThrownBy(() -> read("no tar".repeat(200).getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void refusesAMemberOutsideOfTheHome() {
        for (String path : List.of("../.ssh/authorized_keys", "keys/../../x")) {
            assertThatThrownBy(() -> read(backup(path)))
                    .as(path)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("expected files within the home");
        }
    }
}
