package io.saddlebag.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The statements of a journal, each compiled once and kept as long as the connection. For whoever holds the
 * connection's monitor, one statement of a text at a time; the user closes a result set; statements stay open.
 */
public final class JournalStatements {
    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    public JournalStatements(Connection connection) {
        this.connection = Objects.requireNonNull(connection, "connection");
    }

    /** @param parameters in order; byte arrays as BLOBs, null as NULL */
    public PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
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

    /** @return how many rows were changed */
    public int update(String sql, Object... parameters) throws SQLException {
        return prepare(sql, parameters).executeUpdate();
    }
}
