package io.saddlebag.rc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stomp.StompCommand;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** An outbox on a file system that cannot sync a folder: strace answers fsync of that folder, and no other, with EINVAL. */
class UnsyncedOutboxTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";

    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Centre centre;
    private Path outbox;
    private Path sender;
    private Process strace;

    @BeforeEach
    void makeCentre() throws Exception {
        centre = new Centre(Files.createDirectory(folder.toRealPath().resolve("network")));
        outbox = Files.createDirectory(centre.home.folder().resolve("outbox"));
        sender = Files.createDirectory(outbox.resolve("FL-LAB"));
        log.start();
        logger().addAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("io.saddlebag");
    }

    @AfterEach
    void close() throws Exception {
        if (strace != null) {
            strace.destroy();
            strace.waitFor();
        }
        logger().detachAppender(log);
        centre.close();
    }

    /** Skips the test where this process may not be traced. */
    private void failFolderSyncs() throws Exception {
        try {
            strace = new ProcessBuilder(
                            "strace",
                            "-f",
                            "-q",
                            "-o",
                            "/dev/null",
                            "-p",
                            Long.toString(ProcessHandle.current().pid()),
                            "-P",
                            outbox.toString(),
                            "-P",
                            sender.toString(),
                            "-e",
                            "trace=fsync",
                            "-e",
                            "inject=fsync:error=EINVAL")
                    .redirectErrorStream(true)
                    .redirectOutput(new File("/dev/null"))
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "strace is not installed: " + e.getMessage());
        }
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> !strace.isAlive() || fails(outbox) && fails(sender));
        assumeTrue(strace.isAlive(), "this process may not be traced");
    }

    private static boolean fails(Path of) {
        try (FileChannel channel = FileChannel.open(of, StandardOpenOption.READ)) {
            channel.force(true);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private List<String> said(Level level) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private Letters.Letter letter() throws Exception {
        return centre.letters.letter(ID, ID + ".csv", "content".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void stopsTheStartNamingTheFolderAndTheSetting() throws Exception {
        failFolderSyncs();

        assertThatThrownBy(centre::start)
                .isInstanceOf(SiteStartException.class)
                .hasMessageStartingWith(outbox + ": expected a file system that can sync a folder, found: ")
                .hasMessageContaining("folder.sync=best-effort");
    }

    @Test
    void isNamedOnceAndTakesMessagesWhereTheOperatorAcceptsIt() throws Exception {
        Files.writeString(centre.home.settingsFile(), "folder.sync=best-effort\n", StandardOpenOption.APPEND);
        failFolderSyncs();
        centre.start();

        assertThat(centre.deliver(letter()).command()).isEqualTo(StompCommand.ACK);

        assertThat(centre.outbox(ID + ".csv")).hasContent("content");
        assertThat(said(Level.WARN).stream().filter(line -> line.contains("cannot sync a folder")))
                .singleElement()
                .asString()
                .startsWith(outbox + ": its file system cannot sync a folder (");
        assertThat(said(Level.ERROR)).isEmpty();
    }

    @Test
    void isNamedByTheErrorWhenItFailsWhileTheSiteRuns() throws Exception {
        centre.start();
        failFolderSyncs();
        centre.letters.frames(letter()).forEach(centre.connection()::send);

        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> said(Level.ERROR).stream()
                .anyMatch(line -> line.contains(sender + ": its entries cannot be brought to the disk")));
        assertThat(centre.frames(StompCommand.ACK)).isEmpty();
    }

    @Test
    void refusesAnyOtherValueOfTheSetting() throws Exception {
        Files.writeString(centre.home.settingsFile(), "folder.sync=never\n", StandardOpenOption.APPEND);

        assertThatThrownBy(centre::start)
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("expected for folder.sync required or best-effort, found 'never'");
    }
}
