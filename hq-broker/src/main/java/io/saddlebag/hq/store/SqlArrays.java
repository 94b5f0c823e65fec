package io.saddlebag.hq.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;

/** Columns of many rows as one array parameter each, for {@code unnest}. */
final class SqlArrays {
    private SqlArrays() {}

    /** Sets a parameter to one field of all items; bytea fields give {@code byte[]}, timestamps ISO 8601 text. */
    static <T> void set(
            Connection connection,
            PreparedStatement statement,
            int index,
            String type,
            List<T> items,
            Function<? super T, Object> field)
            throws SQLException {
        Object[] values = "bytea".equals(type) ? new byte[items.size()][] : new Object[items.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = field.apply(items.get(i));
        }
        Array array = connection.createArrayOf(type, values);
        statement.setArray(index, array);
    }
}
