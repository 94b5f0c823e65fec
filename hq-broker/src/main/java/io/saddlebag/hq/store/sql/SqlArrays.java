package io.saddlebag.hq.store.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Fills the parameters of a statement, one after the other, with one field of many items each, for {@code unnest}. Arrays
 * of these types travel in PostgreSQL's binary form; one of timestamps would travel as text, so instants travel as
 * microseconds and {@link #instant} makes them timestamps again.
 */
public final class SqlArrays {
    private final Connection connection;
    private final PreparedStatement statement;
    private int index;

    public SqlArrays(Connection connection, PreparedStatement statement) {
        this.connection = connection;
        this.statement = statement;
    }

    /** An SQL expression: the timestamptz of a column that {@link #instants} filled. */
    public static String instant(String column) {
        return "timestamptz 'epoch' + " + column + " * interval '1 microsecond'";
    }

    public <T> SqlArrays bigints(Collection<T> items, Function<? super T, Long> field) throws SQLException {
        return array("bigint", items, field, Long[]::new);
    }

    public <T> SqlArrays integers(Collection<T> items, Function<? super T, Integer> field) throws SQLException {
        return array("integer", items, field, Integer[]::new);
    }

    public <T> SqlArrays texts(Collection<T> items, Function<? super T, String> field) throws SQLException {
        return array("text", items, field, String[]::new);
    }

    public <T> SqlArrays byteas(Collection<T> items, Function<? super T, byte[]> field) throws SQLException {
        return array("bytea", items, field, byte[][]::new);
    }

    /** To the microsecond; null for NULL. A parameter of type {@code bigint[]}. */
    public <T> SqlArrays instants(Collection<T> items, Function<? super T, Instant> field) throws SQLException {
        return bigints(items, item -> {
            Instant instant = field.apply(item);
            return instant == null ? null : ChronoUnit.MICROS.between(Instant.EPOCH, instant);
        });
    }

    /** One time for all, to the microsecond; see {@link #instant(String)}. */
    public SqlArrays instant(Instant value) throws SQLException {
        return bigint(ChronoUnit.MICROS.between(Instant.EPOCH, value));
    }

    /** One text for all. */
    public SqlArrays text(String value) throws SQLException {
        statement.setString(++index, value);
        return this;
    }

    /** One sequence of bytes for all. */
    public SqlArrays bytes(byte[] value) throws SQLException {
        statement.setBytes(++index, value);
        return this;
    }

    /** One number for all. */
    public SqlArrays bigint(long value) throws SQLException {
        statement.setLong(++index, value);
        return this;
    }

    /** One small number for all. */
    public SqlArrays smallint(int value) throws SQLException {
        statement.setShort(++index, (short) value);
        return this;
    }

    public SqlArrays uuids(Collection<UUID> items) throws SQLException {
        return array("uuid", items, item -> item, UUID[]::new);
    }

    private <T, V> SqlArrays array(
            String type, Collection<T> items, Function<? super T, V> field, IntFunction<V[]> newArray)
            throws SQLException {
        V[] values = newArray.apply(items.size());
        int count = 0;
        for (T item : items) {
            values[count++] = field.apply(item);
        }
        statement.setArray(++index, connection.createArrayOf(type, values));
        return this;
    }
}
