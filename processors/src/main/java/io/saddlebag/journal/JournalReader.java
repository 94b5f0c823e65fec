package io.saddlebag.journal;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.NativeFolder;
import io.saddlebag.files.access.Modes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.sqlite.ProgressHandler;

/**
 * Reads a site's journal while the site may write it: one snapshot from the first question to the end, without a lock
 * that the site would wait for. Changes nothing. For one thread.
 */
public final class JournalReader implements AutoCloseable {
    private static final String READ_ONLY = "1";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** Steps of SQLite's virtual machine; they take a fraction of a millisecond. */
    private static final int STEPS_BETWEEN_LOOKS = 10_000;

    private final Path file;
    private final Connection connection;

    private JournalReader(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /** Takes a row. */
    @FunctionalInterface
    public interface RowReader {
        void read(ResultSet row) throws SQLException, IOException;
    }

    /**
     * @throws NoSuchFileException when there is no journal, as before the site's first start
     * @throws IOException when it is no journal or cannot be read
     */
    public static JournalReader open(Path file) throws IOException {
        return open(file, PATIENCE.toMillis());
    }

    private static JournalReader open(Path file, long milliseconds) throws IOException {
        try {
            Connection connection = connect(file, milliseconds);
            connection.setAutoCommit(false);
            return new JournalReader(file, connection);
        } catch (SQLException e) {
            throw unreadable(file, NativeFolder.explained(e));
        }
    }

    /** @param milliseconds the longest wait for a lock */
    private static Connection connect(Path file, long milliseconds) throws NoSuchFileException, SQLException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        Properties properties = new Properties();
        properties.setProperty("open_mode", READ_ONLY);
        properties.setProperty("busy_timeout", Long.toString(milliseconds));
        return DriverManager.getConnection(JournalFile.urlOf(file), properties);
    }

    /**
     * Writes one snapshot of the journal into a new database of mode 0600, which is on the disk when this returns.
     *
     * @throws NoSuchFileException when there is no journal
     * @throws IOException when it cannot be read, or the new one cannot be written
     */
    public static void copy(Path file, Path target) throws IOException {
        Files.createFile(target, Modes.PRIVATE_FILE);
        try (Connection connection = connect(file, PATIENCE.toMillis());
                PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
            vacuum.setString(1, target.toString());
            vacuum.execute();
        } catch (SQLException e) {
            throw unreadable(file, NativeFolder.explained(e));
        }
        AtomicFiles.sync(target);
    }

    /**
     * As {@link #open}, for somebody who looks on: a question that takes longer fails, so that no checkpoint waits for it.
     *
     * @param longest from here to the end of the last question
     */
    public static JournalReader open(Path file, Duration longest) throws IOException {
        JournalReader reader = open(file, longest.toMillis());
        long until = System.nanoTime() + longest.toNanos();
        try {
            ProgressHandler.setHandler(reader.connection, STEPS_BETWEEN_LOOKS, new ProgressHandler() {
                @Override
                protected int progress() {
                    return System.nanoTime() - until > 0 ? 1 : 0;
                }
            });
            return reader;
        } catch (SQLException e) {
            reader.close();
            throw unreadable(file, e);
        }
    }

    /** Every row that the question finds, one at a time. */
    public void forEach(String sql, RowReader reader, Object... parameters) throws IOException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                select.setObject(i + 1, parameters[i]);
            }
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    reader.read(row);
                }
            }
        } catch (SQLException e) {
            throw unreadable(file, e);
        }
    }

    /** True when the question finds a row. */
    public boolean finds(String sql, Object... parameters) throws IOException {
        AtomicBoolean found = new AtomicBoolean();
        forEach(sql, row -> found.set(true), parameters);
        return found.get();
    }

    private static IOException unreadable(Path file, SQLException cause) {
        return new IOException(
                cause instanceof NativeFolder.LibraryFault
                        ? cause.getMessage()
                        : file + ": expected a site's journal that can be read, found " + cause.getMessage()
                                + ". Check owner and mode, or take it from a backup",
                cause);
    }

    @Override
    public void close() throws IOException {
        try {
            connection.rollback();
            connection.close();
        } catch (SQLException e) {
            throw unreadable(file, e);
        }
    }
}
