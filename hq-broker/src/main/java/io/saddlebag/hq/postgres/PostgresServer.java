package io.saddlebag.hq.postgres;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FileTree;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.log.FaultText;
import io.saddlebag.site.FreePort;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded PostgreSQL: the real server as a process of its own, on the loopback address, with its data kept in a
 * folder and every write synced. The folder holds {@code data}, {@code pgpass} (0600), {@code port} and {@code
 * postgres.log}.
 *
 * <p>The server outlives a headquarters that was killed; the next start of headquarters adopts it. Not thread-safe.
 */
public final class PostgresServer implements AutoCloseable {
    static final String USER = "saddlebag";
    static final String DATABASE = "saddlebag";

    private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);
    private static final String HOST = "127.0.0.1";
    private static final String START_SECONDS = "60";
    private static final long MAX_LOG_BYTES = 1 << 20;
    /** A port, or memory shared with the dead, may take a moment to be free. */
    private static final int START_ATTEMPTS = 5;

    private static final long START_PAUSE_NANOS = 500_000_000L;

    private final Path folder;
    private final Path dataFolder;
    private final PostgresPrograms programs;
    private final PostgresProcesses processes;
    private final PostgresPassword password;
    private final String secret;
    private int port;

    private PostgresServer(Path folder, Path binariesFolder) throws PostgresException {
        this.folder = folder.toAbsolutePath().normalize();
        this.dataFolder = this.folder.resolve("data");
        this.processes = new PostgresProcesses(dataFolder);
        this.password = new PostgresPassword(this.folder.resolve("pgpass"));
        PostgresPrograms.requireUsable(this.folder);
        createFolder();
        this.programs = new PostgresPrograms(PostgresBinaries.unpackedIn(binariesFolder), this.folder);
        this.secret = password.value(new SecureRandom());
    }

    /**
     * As {@link #start(Path, Path, int)}, with PostgreSQL's programs unpacked into {@code binaries} in the same folder.
     */
    public static PostgresServer start(Path folder, int preferredPort) throws PostgresException {
        return start(folder, folder.resolve("binaries"), preferredPort);
    }

    /**
     * Starts the server of this folder and returns when it takes connections; makes its data at the first start, and
     * takes over a server that still runs.
     *
     * @param folder of this server alone, made when missing
     * @param binariesFolder where PostgreSQL's programs lie or are unpacked to; servers may share it
     * @param preferredPort for the first start, 0 for any free one; later starts keep the port of the first as long as
     *     it is free
     */
    public static PostgresServer start(Path folder, Path binariesFolder, int preferredPort) throws PostgresException {
        PostgresServer server = new PostgresServer(folder, binariesFolder);
        if (server.isRunning()) {
            server.adopt();
        } else {
            server.initialize();
            server.startOn(server.freePort(preferredPort));
        }
        server.createDatabase();
        return server;
    }

    /**
     * The server of this folder that another process runs, such as headquarters' own. Changes nothing, starts nothing.
     *
     * @return empty when none takes connections
     * @throws PostgresException when its files cannot be read, or another server has its port
     */
    public static Optional<DatabaseAddress> running(Path folder) throws PostgresException {
        Path absolute = folder.toAbsolutePath().normalize();
        Path data = absolute.resolve("data");
        if (new PostgresProcesses(data).main().isEmpty()) {
            return Optional.empty();
        }
        DatabaseAddress address = new DatabaseAddress(
                jdbcUrlOf(DATABASE, recordedPort(absolute)),
                USER,
                new PostgresPassword(absolute.resolve("pgpass")).read());
        try (Connection connection = address.connect()) {
            requireOwnData(connection, data);
            return Optional.of(address);
        } catch (SQLException e) {
            return Optional.empty();
        }
    }

    /** The main process of the server of this folder; empty when it does not run. */
    public static Optional<ProcessHandle> process(Path folder) {
        return new PostgresProcesses(folder.resolve("data")).main();
    }

    /** Stops the server that a killed headquarters left behind in this folder; does nothing when there is none. */
    public static void stopLeftover(Path folder) throws PostgresException {
        if (Files.exists(folder.resolve("data").resolve("postmaster.pid"))) {
            PostgresServer server = new PostgresServer(folder, folder.resolve("binaries"));
            if (server.isRunning()) {
                server.stop();
            }
        }
    }

    private void createFolder() throws PostgresException {
        try {
            AtomicFiles.createPrivateFolder(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new PostgresException(
                    "Cannot make the folder of the embedded PostgreSQL, " + folder + ": " + FaultText.of(e), e);
        }
    }

    /** True while the server's main process lives; cheap. */
    boolean isRunning() {
        return processes.main().isPresent();
    }

    private void adopt() throws PostgresException {
        port = recordedPort(folder);
        // pg_ctl knows how to wait for a server that is still recovering; there is nothing to start.
        long deadline = System.nanoTime() + Long.parseLong(START_SECONDS) * 1_000_000_000L;
        SQLException last = null;
        while (System.nanoTime() < deadline) {
            if (!isRunning()) {
                startOn(port);
                return;
            }
            try (Connection connection = connect("postgres")) {
                requireOwnData(connection, dataFolder);
                LOG.info("postgres adopted port={} data={}", port, dataFolder);
                return;
            } catch (SQLException e) {
                last = e;
                LockSupport.parkNanos(100_000_000L);
            }
        }
        throw new PostgresException(
                "A PostgreSQL runs on " + dataFolder + " but takes no connection on port " + port + ": "
                        + (last == null ? "timeout" : last.getMessage()) + "; see " + logFile(),
                last);
    }

    private static void requireOwnData(Connection connection, Path dataFolder) throws SQLException, PostgresException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SHOW data_directory")) {
            found.next();
            if (!Path.of(found.getString(1)).equals(dataFolder)) {
                throw new PostgresException("Expected the PostgreSQL of " + dataFolder + " at "
                        + connection.getMetaData().getURL() + ", found the one of " + found.getString(1)
                        + "; stop one of them");
            }
        }
    }

    private void initialize() throws PostgresException {
        if (Files.exists(dataFolder.resolve("PG_VERSION"))) {
            return;
        }
        Path work = folder.resolve("data.new");
        Path passwordFile = folder.resolve("initial-password");
        try {
            FileTree.delete(work);
            PrivateFiles.replace(passwordFile, secret.getBytes(StandardCharsets.US_ASCII));
            programs.run(
                    "initdb",
                    "-D",
                    work.toString(),
                    "-U",
                    USER,
                    "--auth=scram-sha-256",
                    "--pwfile=" + passwordFile,
                    "--encoding=UTF8",
                    "--locale=C",
                    "--data-checksums",
                    "--no-instructions");
            Files.move(work, dataFolder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new PostgresException("Cannot make PostgreSQL's data in " + dataFolder + ": " + FaultText.of(e), e);
        } finally {
            passwordFile.toFile().delete();
        }
    }

    private void startOn(int chosenPort) throws PostgresException {
        port = chosenPort;
        try {
            Files.writeString(
                    dataFolder.resolve("postgresql.conf"), PostgresConfiguration.of(port), StandardCharsets.UTF_8);
            // Before the start: a headquarters that adopts the server of a killed one must know its port.
            Files.writeString(folder.resolve("port"), port + "\n");
            keepLogSmall();
        } catch (IOException e) {
            throw new PostgresException("Cannot write in " + folder + ": " + FaultText.of(e), e);
        }
        for (int attempt = 1; !isStarted(attempt); attempt++) {
            LockSupport.parkNanos(START_PAUSE_NANOS);
        }
        LOG.info("postgres started port={} data={}", port, dataFolder);
    }

    private boolean isStarted(int attempt) throws PostgresException {
        processes.endOrphans();
        try {
            String log = logFile().toString();
            programs.run("pg_ctl", "start", "-D", dataFolder.toString(), "-l", log, "-w", "-t", START_SECONDS);
            return true;
        } catch (PostgresException e) {
            if (attempt < START_ATTEMPTS) {
                return false;
            }
            throw new PostgresException("PostgreSQL did not start: " + e.getMessage() + "; see " + logFile(), e);
        }
    }

    /** Starts a server that died again, on its port; what was committed is there. */
    void revive() throws PostgresException {
        startOn(port);
    }

    private void keepLogSmall() throws IOException {
        if (Files.exists(logFile()) && Files.size(logFile()) > MAX_LOG_BYTES) {
            Files.move(logFile(), folder.resolve("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private int freePort(int preferredPort) throws PostgresException {
        for (int candidate : new int[] {recordedPort(folder), preferredPort}) {
            if (candidate > 0 && FreePort.is(candidate)) {
                return candidate;
            }
        }
        try {
            int free = FreePort.any();
            if (preferredPort > 0) {
                LOG.warn("postgres port={} is taken, using {}", preferredPort, free);
            }
            return free;
        } catch (IOException e) {
            throw new PostgresException("No free port on " + HOST + ": " + FaultText.of(e), e);
        }
    }

    private static int recordedPort(Path folder) throws PostgresException {
        Path file = folder.resolve("port");
        try {
            return Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
        } catch (IOException | NumberFormatException e) {
            throw new PostgresException(file + ": expected a port number: " + e.getMessage() + "; remove the file", e);
        }
    }

    private void createDatabase() throws PostgresException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
            if (!found.next()) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
        } catch (SQLException e) {
            throw new PostgresException("Cannot make the database " + DATABASE + ": " + e.getMessage(), e);
        }
    }

    private Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", USER);
        properties.setProperty("password", secret);
        properties.setProperty("connectTimeout", "5");
        return DriverManager.getConnection(jdbcUrlOf(database, port), properties);
    }

    private static String jdbcUrlOf(String database, int port) {
        return "jdbc:postgresql://" + HOST + ":" + port + "/" + database;
    }

    public int port() {
        return port;
    }

    /** For JDBC; holds no secret. */
    public String jdbcUrl() {
        return jdbcUrlOf(DATABASE, port);
    }

    public String user() {
        return USER;
    }

    /** For JDBC; never to be logged. */
    public String password() {
        return secret;
    }

    /** The URL for {@code psql}; it names the password file and holds no secret. */
    public String psqlUrl() {
        return "postgresql://" + USER + "@" + HOST + ":" + port + "/" + DATABASE + "?passfile="
                + URLEncoder.encode(password.file().toString(), StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace("%2F", "/");
    }

    /** The server's own log. */
    Path logFile() {
        return folder.resolve("postgres.log");
    }

    /** Ends the connections and stops the server; what was committed is on the disk. */
    void stop() throws PostgresException {
        programs.run("pg_ctl", "stop", "-D", dataFolder.toString(), "-m", "fast", "-w", "-t", START_SECONDS);
        LOG.info("postgres stopped port={} data={}", port, dataFolder);
    }

    /** As {@link #stop}, for try-with-resources; a failure is logged. */
    @Override
    public void close() {
        try {
            if (isRunning()) {
                stop();
            }
        } catch (PostgresException e) {
            LOG.error("postgres did not stop data={}: {}", dataFolder, e.getMessage());
        }
    }
}
