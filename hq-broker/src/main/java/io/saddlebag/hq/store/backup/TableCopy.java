package io.saddlebag.hq.store.backup;

import io.saddlebag.hq.store.PayloadRef;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/**
 * Reads and writes headquarters' tables by COPY in PostgreSQL's text format, which all its versions read. A table travels in
 * chunks of whole rows, compressed, so that memory is bounded. For one thread.
 */
public final class TableCopy {
    /** Before compression, in bytes; one row more may follow. */
    private static final int CHUNK = 4 << 20;

    private static final int BUFFER = 64 << 10;
    private static final String HISTORY = "flyway_schema_history";
    private static final String COLUMNS =
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid"
                    + " = c.oid WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname <> '"
                    + HISTORY + "' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''"
                    + " ORDER BY c.relname, a.attnum";
    private static final String PAYLOADS = "SELECT DISTINCT payload_file, payload_offset, manifest_length, body_length"
            + " FROM delivery_held WHERE payload_missing_time IS NULL ORDER BY 1, 2";
    private static final int FETCH = 1000;

    private TableCopy() {}

    /** Takes a chunk of a table: gzip of rows as COPY writes them. */
    @FunctionalInterface
    public interface Chunks {
        void take(byte[] gzip) throws IOException;
    }

    /** Takes the place of a sealed message that a delivery needs. */
    @FunctionalInterface
    public interface Payloads {
        void take(PayloadRef payload) throws IOException;
    }

    /** The names of the tables, each with its columns. */
    public static Map<String, List<String>> tables(Connection connection) throws SQLException {
        Map<String, List<String>> tables = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(COLUMNS)) {
            while (row.next()) {
                tables.computeIfAbsent(row.getString(1), name -> new ArrayList<>())
                        .add(row.getString(2));
            }
        }
        return tables;
    }

    /** True when there are no tables, or none has a row. */
    public static boolean isEmpty(Connection connection) throws SQLException {
        for (String table : tables(connection).keySet()) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT EXISTS (SELECT 1 FROM " + quoted(table) + ")")) {
                row.next();
                if (row.getBoolean(1)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The scripts that made the tables, with their checksums: equal where the tables are the same. */
    public static List<String> schema(Connection connection) throws SQLException {
        List<String> scripts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT script, checksum FROM " + HISTORY + " WHERE success ORDER BY installed_rank")) {
            while (row.next()) {
                scripts.add(row.getString(1) + " " + row.getString(2));
            }
        }
        return scripts;
    }

    /** Hands out each sealed message that a waiting delivery or a dead letter needs, in the order of the spool. */
    public static void payloads(Connection snapshot, Payloads payloads) throws SQLException, IOException {
        try (PreparedStatement select = snapshot.prepareStatement(PAYLOADS)) {
            select.setFetchSize(FETCH);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    payloads.take(new PayloadRef(row.getLong(1), row.getLong(2), row.getInt(3), row.getLong(4)));
                }
            }
        }
    }

    /** Reads a whole table as the connection's transaction sees it. */
    public static void read(Connection snapshot, String table, List<String> columns, Chunks chunks)
            throws SQLException, IOException {
        CopyOut rows = snapshot.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY " + target(table, columns) + " TO STDOUT");
        try {
            ByteArrayOutputStream chunk = new ByteArrayOutputStream();
            GZIPOutputStream gzip = new GZIPOutputStream(chunk);
            long size = 0;
            for (byte[] row = rows.readFromCopy(); row != null; row = rows.readFromCopy()) {
                gzip.write(row);
                size += row.length;
                if (size >= CHUNK) {
                    gzip.close();
                    chunks.take(chunk.toByteArray());
                    chunk.reset();
                    gzip = new GZIPOutputStream(chunk);
                    size = 0;
                }
            }
            gzip.close();
            if (size > 0) {
                chunks.take(chunk.toByteArray());
            }
        } finally {
            if (rows.isActive()) {
                rows.cancelCopy();
            }
        }
    }

    /** Adds a chunk's rows. */
    public static void write(Connection connection, String table, List<String> columns, byte[] gzip)
            throws SQLException, IOException {
        CopyIn rows = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY " + target(table, columns) + " FROM STDIN");
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                rows.writeToCopy(buffer, 0, read);
            }
            rows.endCopy();
        } finally {
            if (rows.isActive()) {
                rows.cancelCopy();
            }
        }
    }

    /** Lets the numbers that the database gives go on after those that were written. */
    public static void continueNumbers(Connection connection) throws SQLException {
        List<String> statements = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT quote_ident(c.relname), quote_ident(a.attname),"
                        + " quote_literal(pg_get_serial_sequence(quote_ident(c.relname), a.attname))"
                        + " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                        + " WHERE c.relnamespace = current_schema()::regnamespace AND a.attidentity <> ''")) {
            while (row.next()) {
                statements.add("SELECT setval(" + row.getString(3) + ", coalesce(max(" + row.getString(2)
                        + "), 0) + 1, false) FROM " + row.getString(1));
            }
        }
        try (Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private static String target(String table, List<String> columns) {
        return quoted(table) + " ("
                + String.join(", ", columns.stream().map(TableCopy::quoted).toList()) + ")";
    }

    private static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }
}
