package io.saddlebag.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.files.access.Modes;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Back-ups of a laboratory's home that is awkward, and restores of them. */
class HomeBackupTest {
    @TempDir
    Path folder;

    private SiteHome home;
    private Path target;

    @BeforeEach
    void makeHome() throws Exception {
        home = new SiteHome(folder.resolve("home"));
        target = Files.createDirectory(folder.resolve("target"));
        write("home/application.properties", "site.id=FL-LAB\n");
        Files.createDirectories(home.work());
        Files.createDirectories(home.journal());
        try (Connection journal = DriverManager.getConnection(
                        "jdbc:sqlite:" + home.journal().resolve("lab.db"));
                Statement statement = journal.createStatement()) {
            statement.execute("CREATE TABLE message (message_id, state, sealed, claim_place, kept_as)");
        }
    }

    private void row(String id, String state, String claimPlace, String keptAs) throws Exception {
        try (Connection journal = DriverManager.getConnection(
                        "jdbc:sqlite:" + home.journal().resolve("lab.db"));
                Statement statement = journal.createStatement()) {
            statement.execute("INSERT INTO message VALUES ('%s', '%s', NULL, nullif('%s', ''), nullif('%s', ''))"
                    .formatted(id, state, claimPlace, keptAs));
        }
    }

    private Path write(String path, String content) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private Path backUp() throws Exception {
        return new HomeBackup(home, true, Clock.systemUTC())
                .write(target, List.of(), UnaryOperator.identity())
                .file();
    }

    private static void restore(Path file, Path into) throws Exception {
        try (HomeRestore restore = new HomeRestore(new SiteHome(into), Map.of());
                InputStream in = Files.newInputStream(file)) {
            restore.requireRoom();
            BackupReader.read(in, restore);
            restore.finish();
        }
    }

    @Test
    void restoresWhatItsNamesCouldConfuse() throws Exception {
        write("home/SHA256SUMS", "of a back-up that somebody opened by hand");
        write("home/backup.json", "its first member");
        write("home/work/.claims/1/reads.age", "a file that was sealed before it was dropped");
        Files.createDirectories(home.work().resolve(".claims/1/empty/deep"));
        row("FL-LAB_DAT_20251008_001", "CLAIMED", "1", "");
        write("home/work/FL-LAB_DAT_20251008_002.age", "sealed");
        row("FL-LAB_DAT_20251008_002", "SEALED", "", "");
        write("home/sent/2025-10-08/list.ignored.csv", "sent under that name");
        row("FL-LAB_DAT_20251008_003", "SENT", "", "2025-10-08/list.ignored.csv");
        write("elsewhere/tls.key", "key");
        Files.createSymbolicLink(home.identity(), folder.resolve("elsewhere"));
        Files.createDirectory(home.routes());
        Files.createSymbolicLink(home.routes().resolve("a.camel.yaml"), write("shared.yaml", "route"));
        write("home/failed/secret", "failed");
        Files.createSymbolicLink(home.resolve("failed/link"), write("foreign", "of somebody else"));

        Path restored = Files.createDirectory(folder.resolve("restored"));
        Files.createDirectory(restored.resolve("lost+found"));
        Path file = backUp();
        restore(file, restored);

        assertThat(restored.resolve("SHA256SUMS")).doesNotExist();
        assertThat(restored.resolve("work/.claims/1/reads.age")).isRegularFile();
        assertThat(restored.resolve("work/.claims/1/empty/deep")).isEmptyDirectory();
        assertThat(restored.resolve("work/FL-LAB_DAT_20251008_002.age")).hasContent("sealed");
        assertThat(restored.resolve("sent/2025-10-08/list.ignored.csv")).hasContent("sent under that name");
        assertThat(restored.resolve("identity/tls.key")).hasContent("key");
        assertThat(restored.resolve("routes/a.camel.yaml")).hasContent("route");
        assertThat(restored.resolve("failed/secret")).hasContent("failed");
        assertThat(restored.resolve("failed/link")).doesNotExist();
        assertThat(restored).isDirectoryNotContaining("glob:**/.restoring");
        assertThatThrownBy(() -> restore(file, restored)).hasMessageContaining("expected an empty folder or none");
    }

    @Test
    void removesWhatAKilledOneLeft() throws Exception {
        write("target/.fl-lab-20251008T020000Z.tar.part", "private keys");
        Path other = write("target/.ca-rc-20251008T020000Z.tar.part", "of another site, which may be at work");
        write("home/journal/.lab.db.backup", "left");
        write("home/journal/.lab.db.backup-journal", "left by SQLite");
        write("home/work/.backup/FL-LAB_DAT_20251008_001.age", "left");
        write("home/run/.backup-sums", "left");

        Path file = backUp();

        try (var left = Files.list(target)) {
            assertThat(left).containsExactlyInAnyOrder(file, other);
        }
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Modes.PRIVATE_FILE.value());
        assertThat(home.journal()).isDirectoryNotContaining("glob:**/.lab.db.backup*");
        assertThat(home.work()).isEmptyDirectory();
        assertThat(home.run()).isDirectoryNotContaining("glob:**/.backup-*");
    }

    @Test
    void refusesASecondOneAtWork() throws Exception {
        Files.createDirectories(home.run());
        try (FileChannel channel = FileChannel.open(
                        home.run().resolve("backup.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThatThrownBy(this::backUp).hasMessageContaining("expected no other back-up at work");
        }
        assertThat(backUp()).isRegularFile();
    }

    /** The end of the pipe follows from it. */
    @Test
    void saysWhyASealedOneCannotBeWritten() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        String recipient = AgeIdentity.generate().recipient();
        assertThatThrownBy(() -> SealedStream.seal(List.of(recipient), full, out -> out.write(new byte[4 << 20])))
                .isInstanceOf(IOException.class)
                .hasMessage("No space left on device");
    }

    @Test
    void saysHowMuchIsWritten() throws Exception {
        Files.write(home.folder().resolve("large"), new byte[64 << 20]);

        CommandLineRun run = CommandLineRun.of("backup", "--home", home.folder(), "--to", target, "--progress", "1ms");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err().lines())
                .isNotEmpty()
                .allMatch(line -> line.matches("writing a back-up of .*: [0-9.]+ [KM]?i?B, .*/s"));
        assertThat(run.out()).contains(" members, ").doesNotContain("writing");
    }
}
