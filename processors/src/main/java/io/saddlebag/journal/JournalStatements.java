package io.saddlebag.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The statements of a journal, each compiled once and kept as long as the connection. For whoever holds the
 * connection's monitor, one statement of a text at a time; statements stay open.
 */
public final class JournalStatements {
    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    public JournalStatements(Connection connection) {
        this.connection = connection;
    }

    /** Reads a row of a query. */
    @FunctionalInterface
    public interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** The first row of a query, or of a change that returns rows; null when there is none. */
    public <T> T first(String sql, Row<T> row, Object... parameters) throws SQLException {
        try (ResultSet rows = prepare(sql, parameters).executeQuery()) {
            return rows.next() ? row.read(rows) : null;
        }
    }

    public <T> List<T> all(String sql, Row<T> row, Object... parameters) throws SQLException {
        List<T> found = new ArrayList<>();
        try (ResultSet rows = prepare(sql, parameters).executeQuery()) {
            while (rows.next()) {
                found.add(row.read(rows));
            }
        }
        return found;
    }

    /** True when a query has a row. */
    public boolean has(String sql, Object... parameters) throws SQLException {
        return first(sql, row -> true, parameters) != null;
    }

    private PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        for (int i = 0; i < parameters.length; i++) {
            if (parameters[i] instanceof byte[] bytes) {
                statement.setBytes(i + 1, bytes);
            } else {
                statement.setObject(i + 1, parameters[i]);
            }
        }
        return statement;
    }

    /**
     * @param parameters in order, as for the queries; byte arrays as BLOBs, null as NULL
     * @return how many rows were changed
     */
    public int update(String sql, Object... parameters) throws SQLException {
        return prepare(sql, parameters).executeUpdate();
    }
}
