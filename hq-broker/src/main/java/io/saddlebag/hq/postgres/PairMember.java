package io.saddlebag.hq.postgres;

import io.saddlebag.files.FileTree;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.log.FaultText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * One server of a {@link PostgresPair}: its folder, its part, its processes. The part is in {@code postgresql.auto.conf},
 * which counts more than the file that {@link PostgresServer} writes. For one thread.
 */
final class PairMember {
    /** Made anew by each server; what they hold on the primary is of no use to a standby. */
    private static final Set<String> NOT_COPIED =
            Set.of("pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_subtrans");

    private static final Set<String> FILES_NOT_COPIED = Set.of(
            "postmaster.pid",
            "postmaster.opts",
            "postgresql.conf",
            "postgresql.auto.conf",
            "backup_label",
            "standby.signal");
    private static final long LOOK_NANOS = 10_000_000L;

    private final String name;
    private final Path folder;
    private final Path binaries;
    private PostgresServer server;

    PairMember(String name, Path folder, Path binaries) {
        this.name = name;
        this.folder = folder;
        this.binaries = binaries;
    }

    String name() {
        return name;
    }

    PostgresServer server() {
        return server;
    }

    private Path data() {
        return folder.resolve("data");
    }

    /** Starts it in the part that was written last. */
    void start() throws PostgresException {
        server = PostgresServer.start(folder, binaries, 0);
    }

    void close() {
        if (server != null) {
            thaw();
            server.close();
        }
    }

    /**
     * Writes its part, which counts from the next start, or from {@link #reload}.
     *
     * @param waitsFor the standby without which no commit is answered; null for none
     * @param follows the primary that it follows as a standby; null for a primary
     */
    void takePart(PairMember waitsFor, PairMember follows) throws PostgresException {
        StringBuilder text = new StringBuilder("""
                max_connections = 120
                wal_level = 'replica'
                max_wal_senders = 4
                max_replication_slots = 4
                hot_standby = on
                max_standby_streaming_delay = -1
                wal_receiver_timeout = '5s'
                wal_retrieve_retry_interval = '200ms'
                """);
        if (waitsFor != null) {
            text.append("synchronous_standby_names = '\"").append(waitsFor.name).append("\"'\n");
        }
        if (follows != null) {
            PostgresServer primary = follows.server;
            text.append("primary_slot_name = '").append(name).append("'\n");
            text.append("primary_conninfo = 'host=127.0.0.1 port=").append(primary.port());
            text.append(" user=").append(primary.user()).append(" password=").append(primary.password());
            text.append(" application_name=").append(name).append("'\n");
        }
        try {
            PrivateFiles.replace(
                    data().resolve("postgresql.auto.conf"), text.toString().getBytes(StandardCharsets.US_ASCII));
            if (follows != null) {
                Files.write(data().resolve("standby.signal"), new byte[0], StandardOpenOption.CREATE);
            }
        } catch (IOException e) {
            throw new PostgresException("Cannot write in " + data() + ": " + FaultText.of(e), e);
        }
    }

    void reload() throws PostgresException {
        execute("SELECT pg_reload_conf()");
    }

    /** Makes it a primary; returns when it takes writes. */
    void promote() throws PostgresException {
        execute("SELECT pg_promote(true, 60)");
    }

    void execute(String sql) throws PostgresException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new PostgresException(name + ": " + sql + ": " + e.getMessage(), e);
        }
    }

    /** Returns when the question's answer is true. */
    void awaitTrue(String sql, long seconds) throws PostgresException {
        long deadline = System.nanoTime() + seconds * 1_000_000_000L;
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            while (System.nanoTime() < deadline) {
                try (ResultSet row = statement.executeQuery(sql)) {
                    if (row.next() && row.getBoolean(1)) {
                        return;
                    }
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        } catch (SQLException e) {
            throw new PostgresException(name + ": " + sql + ": " + e.getMessage(), e);
        }
        throw new PostgresException(name + ": expected within " + seconds + " s a row of " + sql + ", found none");
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
    }

    /**
     * Makes its data a copy of the running primary's, whatever it held before; a killed or stopped member only. The
     * programs at hand have no {@code pg_basebackup}, so this does what that does.
     */
    void copyFrom(PairMember primary) throws PostgresException {
        try (Connection connection = primary.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                    + " WHERE slot_name = '" + name + "'");
            statement.execute("SELECT pg_create_physical_replication_slot('" + name + "', true)");
            statement.execute("SELECT pg_backup_start('" + name + "', true)");
            FileTree.delete(data());
            Files.createDirectories(folder);
            copy(primary.data(), data());
            copySecret(primary);
            try (ResultSet row = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
                row.next();
                Files.writeString(data().resolve("backup_label"), row.getString(1), StandardCharsets.US_ASCII);
            }
        } catch (SQLException | IOException e) {
            throw new PostgresException("Cannot copy " + primary.data() + " to " + data() + ": " + e.getMessage(), e);
        }
        takePart(null, primary);
    }

    /** The standby has the roles of its primary, and so the password. */
    private void copySecret(PairMember primary) throws IOException {
        PrivateFiles.replace(folder.resolve("pgpass"), Files.readAllBytes(primary.folder.resolve("pgpass")));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Path target = to.resolve(from.relativize(folder));
                Files.createDirectories(target);
                Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(folder));
                return NOT_COPIED.contains(from.relativize(folder).toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!FILES_NOT_COPIED.contains(from.relativize(file).toString())) {
                    copyUnlessGone(file, to.resolve(from.relativize(file)));
                }
                return FileVisitResult.CONTINUE;
            }

            /** Tables come and go while the primary works. */
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
    }

    private static void copyUnlessGone(Path file, Path target) throws IOException {
        try {
            Files.copy(file, target);
            Files.setPosixFilePermissions(target, Set.copyOf(Files.getPosixFilePermissions(target)));
        } catch (NoSuchFileException e) {
            Files.deleteIfExists(target);
        }
    }

    /** Ends all its processes as a power cut does. */
    void kill() {
        List<ProcessHandle> all = processes();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(process -> process.onExit().join());
    }

    /** Stops all its processes, which then neither answer nor end a connection. */
    void freeze() throws PostgresException {
        // The main process first, so that no further one is made.
        signal("-STOP", processes().subList(0, 1));
        signal("-STOP", processes());
    }

    void thaw() {
        try {
            signal("-CONT", processes());
        } catch (PostgresException e) {
            // A process ended by itself meanwhile; the others got the signal.
        }
    }

    private static void signal(String signal, List<ProcessHandle> processes) throws PostgresException {
        for (ProcessHandle process : processes) {
            try {
                int code = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
                if (code != 0 && process.isAlive()) {
                    throw new PostgresException("Cannot send " + signal + " to process " + process.pid());
                }
            } catch (IOException e) {
                throw new PostgresException("Cannot run kill: " + FaultText.of(e), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PostgresException("Interrupted while processes are signalled", e);
            }
        }
    }

    /** The main process; empty when it is dead. */
    Optional<ProcessHandle> process() {
        return PostgresServer.process(folder);
    }

    /** The main process first; empty when it is dead. */
    private List<ProcessHandle> processes() {
        return process().stream()
                .flatMap(main -> Stream.concat(Stream.of(main), main.children()))
                .toList();
    }
}
