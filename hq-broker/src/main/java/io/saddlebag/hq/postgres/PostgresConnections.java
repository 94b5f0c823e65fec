package io.saddlebag.hq.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

/** A pool of connections to a PostgreSQL, embedded or external; it opens lazily and replaces broken connections. */
public final class PostgresConnections {
    private static final long WAIT_MILLIS = 5_000;
    /**
     * Every statement of headquarters looks up rows by an index. A plan that was made while the tables were small, and
     * kept, would read them from end to end for ever after; statistics come too late to prevent it.
     */
    private static final String PLANS = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
            + " -c plan_cache_mode=force_generic_plan";

    private PostgresConnections() {}

    /**
     * @param jdbcUrl {@code jdbc:postgresql://...}
     * @param user null when the URL names it
     * @param password null when there is none
     * @param size at most so many connections, at least 2
     */
    public static HikariDataSource open(String jdbcUrl, String user, String password, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("postgres");
        config.setJdbcUrl(jdbcUrl);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(WAIT_MILLIS);
        // The store says itself what it could not do; a pool that refuses to start would hide the reason.
        config.setInitializationFailTimeout(-1);
        config.addDataSourceProperty("options", PLANS);
        config.addDataSourceProperty("ApplicationName", "saddlebag-hq");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("connectTimeout", "5");
        config.addDataSourceProperty("socketTimeout", "60");
        return new HikariDataSource(config);
    }
}
