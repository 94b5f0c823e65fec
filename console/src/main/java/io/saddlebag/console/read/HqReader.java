package io.saddlebag.console.read;

import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.hq.HqDatabase;
import io.saddlebag.hq.HqSettings;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.routing.Topology;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks the database of a headquarters that is reachable; starts none. Each question is a read-only transaction of a second.
 * For any number of threads.
 */
public final class HqReader implements AutoCloseable {
    private static final int CONNECTIONS = 3;
    private static final String CANCELLED = "57014";
    private static final String TOPOLOGY = "SELECT yaml FROM topology ORDER BY version DESC LIMIT 1";

    private final ConsoledHome home;
    private HikariDataSource pool;

    HqReader(ConsoledHome home) {
        this.home = home;
    }

    public ConsoledHome home() {
        return home;
    }

    /** Makes a value of a row. */
    @FunctionalInterface
    public interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** @throws UnansweredException when the database is away, or the answer takes longer than a second */
    public <T> List<T> ask(String sql, List<?> parameters, RowReader<T> reader) throws UnansweredException {
        try {
            HikariDataSource used = pool();
            try {
                return ask(used, sql, parameters, reader);
            } catch (SQLException e) {
                if (!isConnectionLost(e)) {
                    throw e;
                }
                // Headquarters may have been started anew, on another port.
                forget(used);
                return ask(pool(), sql, parameters, reader);
            }
        } catch (SQLException e) {
            throw CANCELLED.equals(e.getSQLState())
                    ? new UnansweredException(
                            "Headquarters' database gave no answer within a second. Ask for less: a sender, a day.", e)
                    : unanswered(e);
        } catch (SiteStartException e) {
            throw unanswered(e);
        }
    }

    /** A connection of the pool that could not be had in time has no state, or that of its cause. */
    private static boolean isConnectionLost(SQLException fault) {
        String state = fault.getSQLState();
        return state == null
                || state.startsWith("08")
                || state.startsWith("57P")
                || fault instanceof SQLTransientException;
    }

    /** Works with a connection. */
    @FunctionalInterface
    public interface Reading {
        void with(Connection connection) throws IOException, SiteStartException;
    }

    /** Lends a connection of the same kind to a reader of its own. */
    public void read(Reading reading) throws IOException, SiteStartException {
        try (Connection connection = pool().getConnection()) {
            reading.with(connection);
            connection.rollback();
        } catch (SQLException e) {
            throw new IOException(unanswered(e).getMessage(), e);
        }
    }

    /** True when the database answers. */
    public boolean isReachable() {
        try {
            return !ask("SELECT 1", List.of(), row -> true).isEmpty();
        } catch (UnansweredException e) {
            return false;
        }
    }

    private static UnansweredException unanswered(Exception cause) {
        return new UnansweredException(
                "Headquarters' database is out of reach: " + Printable.reason(FaultText.of(cause)), cause);
    }

    private static <T> List<T> ask(HikariDataSource pool, String sql, List<?> parameters, RowReader<T> reader)
            throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.size(); i++) {
                select.setObject(i + 1, parameters.get(i));
            }
            List<T> answer = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    answer.add(reader.read(row));
                }
            }
            connection.rollback();
            return answer;
        }
    }

    private synchronized HikariDataSource pool() throws SiteStartException {
        if (pool == null) {
            pool = HqDatabase.running(home.home())
                    .orElseThrow(
                            () -> new SiteStartException("it does not run. Start headquarters to read its messages"))
                    .readerPool(CONNECTIONS);
        }
        return pool;
    }

    private synchronized void forget(HikariDataSource used) {
        used.close();
        if (pool == used) {
            pool = null;
        }
    }

    /**
     * The topology that counts: of nodes, that in their database, or the file of the home while that is out of reach.
     *
     * @throws SiteStartException when the file has faults; a line for each, with file and line
     */
    public Topology topology() throws SiteStartException {
        Settings settings = Settings.load(home.home(), HqSettings.ALL, Map.of());
        Optional<Topology> shared = settings.text(HqSettings.NODE).isEmpty() ? Optional.empty() : topologyOfNodes();
        return shared.isPresent() ? shared.get() : new LiveTopology(settings.path(HqSettings.TOPOLOGY)).current();
    }

    private Optional<Topology> topologyOfNodes() throws SiteStartException {
        List<byte[]> newest;
        try {
            newest = ask(TOPOLOGY, List.of(), row -> row.getBytes(1));
        } catch (UnansweredException e) {
            return Optional.empty();
        }
        return newest.isEmpty()
                ? Optional.empty()
                : Optional.of(LiveTopology.parse("the topology of the nodes", newest.get(0)));
    }

    /** A column of a time; null where it is null. */
    public static Instant time(ResultSet row, String column) throws SQLException {
        return row.getTimestamp(column) == null
                ? null
                : row.getTimestamp(column).toInstant();
    }

    @Override
    public synchronized void close() {
        if (pool != null) {
            forget(pool);
        }
    }
}
