package io.saddlebag.hq.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.postgresql.Driver;

/**
 * Where headquarters' database is, embedded or external. Pools open lazily and replace broken connections.
 *
 * @param jdbcUrl {@code jdbc:postgresql://...}; with several hosts, separated by commas, the primary among them is used
 * @param user null when the URL names it
 * @param password null when there is none; never to be logged
 */
public record DatabaseAddress(String jdbcUrl, String user, String password) {
    /** Which psql and the JDBC driver write the same way. */
    private static final Set<String> COMMON_OPTIONS = Set.of("sslmode", "sslrootcert");

    private static final long WAIT_MILLIS = 5_000;
    private static final long READER_WAIT_MILLIS = 1_000;
    /** HikariCP takes no shorter one. */
    private static final long SHORTEST_IDLE_MILLIS = 10_000;

    /**
     * Every statement of headquarters looks up rows by an index. A plan that was made while the tables were small, and
     * kept, would read them from end to end for ever after; statistics come too late to prevent it.
     */
    private static final String PLANS = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
            + " -c plan_cache_mode=force_generic_plan -c jit=off";

    /** A node's deliveries come in the order of its own index, also by a plan that was made while there were none. */
    private static final String IN_ORDER = " -c enable_sort=off -c enable_incremental_sort=off";

    /** A database that does not answer for so long is away: see docs/adr/0003-store.md. */
    private static final String ANSWER_SECONDS = "10";
    /** A host that is frozen, or whose machine is gone, still takes connections or drops them, and never answers. */
    private static final String LOGIN_SECONDS = "3";

    private static final Pattern HOSTS = Pattern.compile("(jdbc:postgresql://)([^/?]+)(.*)");
    private static final Pattern SECRET_OPTION =
            Pattern.compile("([?&][^=&]*password=)[^&]*", Pattern.CASE_INSENSITIVE);
    /**
     * A reader holds nothing up: a question is a transaction of a second, and a session that leaves one open loses it. The
     * plans are made for the values of each question.
     */
    private static final String READER = "-c statement_timeout=1s"
            + " -c idle_in_transaction_session_timeout=2s -c enable_seqscan=off -c enable_hashjoin=off"
            + " -c enable_mergejoin=off -c jit=off -c timezone=UTC";
    /**
     * The role that reads and changes nothing, where this user may have it; PostgreSQL 13 has none. As an option of the
     * connection, read-only would make the driver take a primary for a standby.
     */
    private static final String READER_ONLY = "SELECT set_config('default_transaction_read_only', 'on', false),"
            + " (SELECT set_config('role', rolname, false) FROM pg_roles"
            + " WHERE rolname = 'pg_read_all_data' AND pg_has_role(oid, 'MEMBER'))";

    /** Below that, so that the server does not go on to wait for a lock after the client has left. */
    private static final String NO_LONG_LOCKS = " -c lock_timeout=9s";
    /** The server notices the end of a machine that was cut off, and gives its lock free, within some 10 s. */
    private static final String SOON_NOTICED =
            "-c tcp_keepalives_idle=3 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=2";

    /** The embedded server's. */
    public static DatabaseAddress of(PostgresServer server) {
        return new DatabaseAddress(server.jdbcUrl(), server.user(), server.password());
    }

    /**
     * For commits and dispatch: a statement that is not answered within 10 s fails.
     *
     * @param size the most connections, at least 2
     */
    public HikariDataSource pool(int size) {
        return pool(size, ANSWER_SECONDS, PLANS + NO_LONG_LOCKS);
    }

    /** For whatever may take its time: making the tables, an operator's commands. */
    public HikariDataSource patientPool(int size) {
        return pool(size, "0", PLANS);
    }

    /** For somebody who looks on: read-only, each statement for a second at most, no connection held for long. */
    public HikariDataSource readerPool(int size) {
        HikariConfig config = configuration(size, "5", READER);
        config.setMinimumIdle(0);
        config.setIdleTimeout(SHORTEST_IDLE_MILLIS);
        config.setConnectionTimeout(READER_WAIT_MILLIS);
        config.setReadOnly(true);
        config.setAutoCommit(false);
        config.setConnectionInitSql(READER_ONLY);
        // Else the first rollback takes back what that has set.
        config.setIsolateInternalQueries(true);
        config.addDataSourceProperty("ApplicationName", "saddlebag-reader");
        config.addDataSourceProperty("prepareThreshold", "0");
        return open(config);
    }

    /**
     * As {@link #pool}, of a node: its sessions are told apart from those of other nodes.
     *
     * @param sessions how the database shows them
     * @param check refuses a new connection, such as one to a server that is primary no more and does not know it
     */
    public HikariDataSource pool(int size, String sessions, ConnectionCheck check) {
        HikariConfig config = configuration(size, ANSWER_SECONDS, PLANS + IN_ORDER + NO_LONG_LOCKS);
        config.addDataSourceProperty("ApplicationName", sessions);
        return open(config, check);
    }

    private HikariDataSource open(HikariConfig config) {
        return urls().size() > 1 ? open(config, connection -> {}) : new HikariDataSource(config);
    }

    private HikariDataSource open(HikariConfig config, ConnectionCheck check) {
        Properties properties = properties();
        properties.putAll(config.getDataSourceProperties());
        config.setDataSource(connections(properties, check));
        return new HikariDataSource(config);
    }

    /** One connection outside of any pool whose statements may take their time. */
    public Connection connectPatiently() throws SQLException {
        return connect(properties());
    }

    private Connection connect(Properties properties) throws SQLException {
        return urls().size() > 1
                ? connections(properties, connection -> {}).getConnection()
                : DriverManager.getConnection(jdbcUrl, properties);
    }

    private CheckedConnections connections(Properties properties, ConnectionCheck check) {
        properties.setProperty("loginTimeout", LOGIN_SECONDS);
        return new CheckedConnections(urls(), properties, check);
    }

    /** One for each host. */
    private List<String> urls() {
        Matcher url = HOSTS.matcher(jdbcUrl);
        return url.matches()
                ? Arrays.stream(url.group(2).split(","))
                        .map(host -> url.group(1) + host + url.group(3))
                        .toList()
                : List.of(jdbcUrl);
    }

    private Properties properties() {
        Properties properties = new Properties();
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        if (urls().size() > 1) {
            // An option in the URL itself comes first.
            properties.setProperty("targetServerType", "primary");
        }
        return properties;
    }

    /** One connection outside of any pool, to be held. */
    public Connection connect() throws SQLException {
        return connect(held());
    }

    /** As {@link #connect}, for a node, again and again: whoever asks anew has lost the one before. */
    public SessionLock.Opening connections() {
        return connections(held(), connection -> {})::getNext;
    }

    private Properties held() {
        Properties properties = properties();
        properties.setProperty("options", SOON_NOTICED);
        properties.setProperty("ApplicationName", "saddlebag-hq-lock");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", ANSWER_SECONDS);
        return properties;
    }

    private HikariDataSource pool(int size, String answerSeconds, String options) {
        return open(configuration(size, answerSeconds, options));
    }

    private HikariConfig configuration(int size, String answerSeconds, String options) {
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
        config.addDataSourceProperty("options", options);
        config.addDataSourceProperty("ApplicationName", "saddlebag-hq");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("connectTimeout", "5");
        config.addDataSourceProperty("socketTimeout", answerSeconds);
        return config;
    }

    /** For psql: without a secret, and without options that the JDBC driver alone has. */
    public String psqlUrl() {
        String url = jdbcUrl.replaceFirst("^jdbc:", "");
        int end = url.indexOf('?');
        List<String> options = new ArrayList<>();
        if (end >= 0) {
            Stream.of(url.substring(end + 1).split("&"))
                    .filter(each -> COMMON_OPTIONS.contains(each.split("=", 2)[0]))
                    .forEach(options::add);
        }
        if (urls().size() > 1) {
            options.add("target_session_attrs=read-write");
        }
        return (end < 0 ? url : url.substring(0, end)) + (options.isEmpty() ? "" : "?" + String.join("&", options));
    }

    /** The URL without a secret. */
    @Override
    public String toString() {
        return shown(jdbcUrl);
    }

    /** True when PostgreSQL's driver understands it. */
    public static boolean isUrl(String jdbcUrl) {
        return Driver.parseURL(jdbcUrl, null) != null;
    }

    /** A URL for logs and reports: without the value of an option that is a password. */
    public static String shown(String jdbcUrl) {
        return SECRET_OPTION.matcher(jdbcUrl).replaceAll("$1...");
    }
}
