package io.saddlebag.hq.postgres;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Connections to one of the hosts of a database, each checked before it is handed over. The hosts are tried one after
 * another, each with all of the time that a login has: the driver would let the first one use up the time of the next. The
 * one that answered last comes first, so that a host that hangs costs its time once.
 */
final class CheckedConnections implements DataSource {
    private final List<String> urls;
    private final Properties properties;
    private final ConnectionCheck check;
    private volatile int last = -1;

    /**
     * @param urls one for each host
     * @param properties with user and password, where there are any
     */
    CheckedConnections(List<String> urls, Properties properties, ConnectionCheck check) {
        this.urls = urls;
        this.properties = properties;
        this.check = check;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return firstFrom(Math.max(0, last));
    }

    /** Begins with the host after the last one, whose connection has failed; for one that holds a single connection. */
    Connection getNext() throws SQLException {
        return firstFrom(last + 1);
    }

    private Connection firstFrom(int begin) throws SQLException {
        SQLException failure = null;
        for (int i = 0; i < urls.size(); i++) {
            int host = (begin + i) % urls.size();
            try {
                Connection connection = open(urls.get(host));
                last = host;
                return connection;
            } catch (SQLException e) {
                if (failure != null) {
                    e.addSuppressed(failure);
                }
                failure = e;
            }
        }
        throw failure;
    }

    private Connection open(String url) throws SQLException {
        Connection connection = DriverManager.getConnection(url, properties);
        try {
            check.require(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** The properties have both. */
    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("Its lines go to the driver's own logger");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("Expected nothing to be wrapped, found a wish for " + type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
