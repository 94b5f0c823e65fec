package io.saddlebag.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** The mark that a journal bears, in a table of its own with one row. For one process at a time. */
public final class JournalMark {
    private static final String TABLE = "store_mark";

    private JournalMark() {}

    /** True when the file holds no journal: it is absent, or no table was ever made in it. */
    public static boolean isEmpty(Path file) throws IOException {
        if (!Files.exists(file) || Files.size(file) == 0) {
            return true;
        }
        return asked(file, "SELECT count(*) FROM sqlite_master")
                .filter("0"::equals)
                .isPresent();
    }

    /** Empty when it bears none. */
    public static Optional<String> read(Path file) throws IOException {
        boolean hasTable = !isEmpty(file)
                && asked(file, "SELECT count(*) FROM sqlite_master WHERE name = '" + TABLE + "'")
                        .filter("1"::equals)
                        .isPresent();
        return hasTable ? asked(file, "SELECT mark FROM " + TABLE) : Optional.empty();
    }

    private static Optional<String> asked(Path file, String question) throws IOException {
        try (Connection connection = JournalFile.reader(file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        } catch (SQLException e) {
            throw failure(file, e);
        }
    }

    /** Puts the mark in the place of any other; makes the file, whose folder must exist. Synced at return. */
    public static void write(Path file, String mark) throws IOException {
        try (Connection connection = JournalFile.writer(file)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        "CREATE TABLE IF NOT EXISTS " + TABLE + " (id INTEGER PRIMARY KEY, mark TEXT NOT NULL)");
            }
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + TABLE
                    + " (id, mark) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET mark = excluded.mark")) {
                insert.setString(1, mark);
                insert.executeUpdate();
            }
        } catch (SQLException e) {
            throw failure(file, e);
        }
    }

    private static IOException failure(Path file, SQLException cause) {
        return new IOException(file + ": expected a journal, found " + cause.getMessage(), cause);
    }
}
