package io.saddlebag.audit;

import io.saddlebag.audit.Ledger.Entry.Book;
import io.saddlebag.files.NativeFolder;
import io.saddlebag.journal.JournalFile;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The books of all sites of an audit, and the files that belong to a row. A temporary SQLite database holds them, so that a
 * history of millions needs no more memory than one of ten. For one thread; closing it deletes it.
 */
final class Ledger implements AutoCloseable {
    /**
     * An entry in one site's books: one message for one recipient.
     *
     * @param site whose books
     * @param state in that site's own words, lower case
     * @param manifest SHA-256 of the manifest's JSON; null when none was made
     * @param content SHA-256 of the file; null where nobody can know it
     * @param reason why it ended badly; null otherwise
     */
    record Entry(
            Book book,
            SiteId site,
            MessageId messageId,
            SiteId recipient,
            String state,
            Sha256 manifest,
            Sha256 content,
            String reason) {
        /** The kinds of sites that keep books, in the order of a report. */
        enum Book {
            HQ("topology.yaml", "-HQ"),
            LAB("journal/lab.db", "-LAB"),
            CENTRE("journal/rc.db", "-RC");

            private final String file;
            private final String idEnding;

            Book(String file, String idEnding) {
                this.file = file;
                this.idEnding = idEnding;
            }

            /** Judged by the files of the home, since the name of a site may be any; by its name before the first start. */
            static Book of(SiteHome home, SiteId site) {
                return find(book -> Files.exists(home.resolve(book.file)))
                        .or(() -> find(book -> site.value().endsWith(book.idEnding)))
                        .orElse(LAB);
            }

            private static Optional<Book> find(Predicate<Book> condition) {
                return Stream.of(values()).filter(condition).findFirst();
            }
        }
    }

    private final Path file;
    private final Connection connection;
    private final PreparedStatement addEntry;
    private final PreparedStatement addPlace;
    private final PreparedStatement findPlace;

    /** Takes all entries of one message for one recipient. */
    @FunctionalInterface
    interface EntryReader {
        void read(Map<Book, Entry> entries) throws IOException;
    }

    private Ledger(Path file, Connection connection) throws SQLException {
        this.file = file;
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = OFF");
            statement.execute("PRAGMA synchronous = OFF");
            statement.execute(
                    "CREATE TABLE entry (message_id TEXT, recipient TEXT, book INTEGER, site TEXT, state TEXT,"
                            + " manifest TEXT, content TEXT, reason TEXT, PRIMARY KEY (message_id, recipient, book))"
                            + " WITHOUT ROWID");
            statement.execute("CREATE TABLE place (path TEXT PRIMARY KEY) WITHOUT ROWID");
        }
        connection.setAutoCommit(false);
        addEntry = connection.prepareStatement("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        addPlace = connection.prepareStatement("INSERT OR IGNORE INTO place VALUES (?)");
        findPlace = connection.prepareStatement("SELECT 1 FROM place WHERE path = ?");
    }

    /** An empty one. */
    static Ledger open() throws IOException {
        Path file = Files.createTempFile("saddlebag-audit", ".db");
        try {
            return new Ledger(file, DriverManager.getConnection(JournalFile.urlOf(file)));
        } catch (SQLException e) {
            Files.deleteIfExists(file);
            throw failure(NativeFolder.explained(e));
        }
    }

    void add(Entry entry) throws IOException {
        update(
                addEntry,
                entry.messageId().value(),
                entry.recipient().value(),
                entry.book().ordinal(),
                entry.site().value(),
                entry.state(),
                hex(entry.manifest()),
                hex(entry.content()),
                entry.reason());
    }

    /** Says that the place belongs to a row; false when it belongs to another already. */
    boolean take(Path place) throws IOException {
        return update(addPlace, place.toString()) == 1;
    }

    private static int update(PreparedStatement statement, Object... values) throws IOException {
        try {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    boolean isTaken(Path place) throws IOException {
        try {
            findPlace.setString(1, place.toString());
            try (ResultSet row = findPlace.executeQuery()) {
                return row.next();
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Every message and recipient that any books name, in the order of their names. */
    void forEach(EntryReader reader) throws IOException {
        Map<Book, Entry> together = new EnumMap<>(Book.class);
        try (Statement select = connection.createStatement();
                ResultSet row = select.executeQuery("SELECT * FROM entry ORDER BY message_id, recipient, book")) {
            while (row.next()) {
                Entry entry = entry(row);
                if (!together.isEmpty() && !isOfOne(together.values().iterator().next(), entry)) {
                    reader.read(together);
                    together.clear();
                }
                together.put(entry.book(), entry);
            }
        } catch (SQLException e) {
            throw failure(e);
        }
        if (!together.isEmpty()) {
            reader.read(together);
        }
    }

    private static boolean isOfOne(Entry one, Entry other) {
        return one.messageId().equals(other.messageId()) && one.recipient().equals(other.recipient());
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                Book.values()[row.getInt("book")],
                SiteId.of(row.getString("site")),
                MessageId.of(row.getString("message_id")),
                SiteId.of(row.getString("recipient")),
                row.getString("state"),
                digest(row.getString("manifest")),
                digest(row.getString("content")),
                row.getString("reason"));
    }

    private static Sha256 digest(String hex) {
        return hex == null ? null : new Sha256(hex);
    }

    private static String hex(Sha256 digest) {
        return digest == null ? null : digest.hex();
    }

    private static IOException failure(SQLException cause) {
        return new IOException(
                "The audit's own records in " + System.getProperty("java.io.tmpdir") + " cannot be kept: "
                        + cause.getMessage() + ". See that there is room",
                cause);
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failure(e);
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
