package io.saddlebag.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultTextTest {
    @TempDir
    private Path folder;

    @Test
    void saysWhatIsWrongWithAPath() throws Exception {
        Path file = Files.createFile(folder.resolve("a"));

        assertThat(text(() -> Files.newInputStream(folder.resolve("b"))))
                .isEqualTo(folder.resolve("b") + ": no such file or folder");
        assertThat(text(() -> Files.createFile(file))).isEqualTo(file + ": exists already");
        assertThat(text(() -> Files.delete(folder))).isEqualTo(folder + ": the folder is not empty");
        assertThat(text(() -> Files.newDirectoryStream(file))).isEqualTo(file + ": not a folder");
        assertThat(text(() -> Files.newInputStream(file.resolve("c"))))
                .startsWith(file.resolve("c") + ": ")
                .doesNotContain("Exception", "java.");
        assertThat(FaultText.of(new UncheckedIOException(new NotDirectoryException("x"))))
                .isEqualTo("x: not a folder");
    }

    @Test
    void isOneLineWithoutTheNameOfAClass() {
        assertThat(FaultText.of(new SQLException("ERROR: no such table\n  Position: 15\n")))
                .isEqualTo("ERROR: no such table; Position: 15");
        assertThat(FaultText.of(new SQLTransientConnectionException(
                        "HikariPool-1 - Connection is not available, request timed out after 3003ms (total=0)",
                        new SQLException("Connection to 127.0.0.1:5432 refused."))))
                .isEqualTo("Connection to 127.0.0.1:5432 refused.");
        assertThat(FaultText.of(
                        new SQLException("The connection attempt failed.", new UnknownHostException("db.invalid"))))
                .isEqualTo("no address for the name db.invalid");
        assertThat(FaultText.of(new ClosedChannelException())).isEqualTo("closed channel");
        assertThat(FaultText.of(new IOException("No space left on device"))).isEqualTo("No space left on device");
    }

    private static String text(Action action) {
        try {
            action.run();
        } catch (IOException fault) {
            return FaultText.of(fault);
        }
        throw new AssertionError("Expected a fault, found none");
    }

    @FunctionalInterface
    private interface Action {
        void run() throws IOException;
    }
}
