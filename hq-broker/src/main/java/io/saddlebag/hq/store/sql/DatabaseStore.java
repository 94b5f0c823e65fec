package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.stores.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** Headquarters' database, with the mark in a table of its own. */
public final class DatabaseStore implements Store {
    /** As the option {@code --adopt} names it. */
    public static final String NAME = "database";

    private final String place;
    private final Path folder;
    private final Source source;

    /** Opens the database, once; starts the server that it needs. */
    @FunctionalInterface
    public interface Source {
        DataSource open() throws IOException, StoreException;
    }

    /**
     * @param place its URL or folder, without a secret
     * @param folder of the embedded server; null for another one. Where that is absent or empty, looking starts no server
     */
    public DatabaseStore(String place, Path folder, Source source) {
        this.place = place;
        this.folder = folder;
        this.source = source;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String place() {
        return place;
    }

    @Override
    public Found look() throws IOException {
        if (folder != null && isWithoutFiles(folder)) {
            return Found.of(true, null, null);
        }
        try (Connection connection = open().getConnection();
                Statement statement = connection.createStatement()) {
            boolean isEmpty = !isTrue(statement, "to_regclass('message') IS NOT NULL")
                    || !isTrue(statement, "EXISTS (SELECT 1 FROM message)");
            return Found.of(
                    isEmpty, isTrue(statement, "to_regclass('store_mark') IS NULL") ? null : mark(statement), null);
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** True when no server ever ran in the folder, or its disk is not mounted. */
    public static boolean isWithoutFiles(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return true;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private DataSource open() throws IOException {
        try {
            return source.open();
        } catch (StoreException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static boolean isTrue(Statement statement, String condition) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT " + condition)) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static Store.Mark mark(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT home, store FROM store_mark")) {
            return row.next() ? new Store.Mark(row.getString(1), row.getString(2)) : null;
        }
    }

    /** Makes the tables too. */
    @Override
    public void mark(Store.Mark mark) throws IOException {
        DataSource database = open();
        try {
            StoreSchema.migrate(database);
        } catch (StoreException e) {
            throw new IOException(e.getMessage(), e);
        }
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO store_mark (id, home, store)"
                                + " VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET home = excluded.home, store = excluded.store")) {
            insert.setString(1, mark.home());
            insert.setString(2, mark.store());
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
