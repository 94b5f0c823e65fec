package io.saddlebag.stores;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.journal.JournalFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * A site's journal, with the mark in a table of its own with one row. For one process at a time.
 *
 * @param file of the database
 */
public record JournalStore(Path file) implements Store {
    private static final String TABLE = "store_mark";

    @Override
    public String name() {
        return "journal";
    }

    @Override
    public String place() {
        return file.toString();
    }

    @Override
    public Found look() throws IOException {
        if (!Files.exists(file)) {
            return Found.ABSENT;
        }
        return Found.of(isEmpty(), mark().flatMap(Mark::parse).orElse(null), null);
    }

    @Override
    public void mark(Store.Mark mark) throws IOException {
        AtomicFiles.createPrivateFolder(file.getParent());
        try (Connection connection = JournalFile.writer(file)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        "CREATE TABLE IF NOT EXISTS " + TABLE + " (id INTEGER PRIMARY KEY, mark TEXT NOT NULL)");
            }
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + TABLE
                    + " (id, mark) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET mark = excluded.mark")) {
                insert.setString(1, mark.text());
                insert.executeUpdate();
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** True when the file holds no journal: it is absent, or no table was ever made in it. */
    private boolean isEmpty() throws IOException {
        if (!Files.exists(file) || Files.size(file) == 0) {
            return true;
        }
        return asked("SELECT count(*) FROM sqlite_master").filter("0"::equals).isPresent();
    }

    /** Empty when it bears none. */
    private Optional<String> mark() throws IOException {
        boolean hasTable = !isEmpty()
                && asked("SELECT count(*) FROM sqlite_master WHERE name = '" + TABLE + "'")
                        .filter("1"::equals)
                        .isPresent();
        return hasTable ? asked("SELECT mark FROM " + TABLE) : Optional.empty();
    }

    private Optional<String> asked(String question) throws IOException {
        try (Connection connection = JournalFile.reader(file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private IOException failure(SQLException cause) {
        return new IOException(file + ": expected a journal, found " + cause.getMessage(), cause);
    }
}
