package io.saddlebag.hq.postgres;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The embedded server's {@code postgresql.conf}: durable, small, closed to the network.
 *
 * @see <a href="https://www.postgresql.org/docs/17/runtime-config.html">Server configuration</a>
 */
final class PostgresConfiguration {
    private static final String TEMPLATE = """
            # Written by Saddlebag at every start; changes here are lost.
            listen_addresses = '127.0.0.1'
            port = %d
            unix_socket_directories = ''
            password_encryption = 'scram-sha-256'
            max_connections = 40

            # A confirm stands on these three.
            fsync = on
            synchronous_commit = on
            full_page_writes = on
            # After a kill: one call, where syncing file by file takes seconds before recovery begins.
            recovery_init_sync_method = '%s'

            # Small: headquarters shares its machine with it.
            shared_buffers = '64MB'
            work_mem = '4MB'
            maintenance_work_mem = '32MB'
            huge_pages = off
            jit = off
            max_parallel_workers_per_gather = 0
            wal_level = 'minimal'
            max_wal_senders = 0
            max_wal_size = '1GB'
            min_wal_size = '80MB'
            checkpoint_timeout = '15min'
            # What waits comes and goes with every message; its room is found again before much has piled up.
            autovacuum_naptime = '5s'

            # Errors go back to the client, which logs them; a repeated publish is one of them.
            log_min_messages = 'log'
            log_min_error_statement = 'panic'
            log_checkpoints = off
            log_timezone = 'UTC'
            timezone = 'UTC'
            datestyle = 'ISO, YMD'
            lc_messages = 'C'
            default_text_search_config = 'pg_catalog.simple'
            """;

    private static final Pattern KERNEL = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\b.*");

    private PostgresConfiguration() {}

    static String of(int port) {
        return of(port, System.getProperty("os.version"));
    }

    /** @param kernel Linux's version: before 5.8 syncfs did not report that the disk had failed */
    static String of(int port, String kernel) {
        Matcher version = KERNEL.matcher(kernel);
        boolean reportsFaults = version.matches()
                && 1_000 * Integer.parseInt(version.group(1)) + Integer.parseInt(version.group(2)) >= 5_008;
        return TEMPLATE.formatted(port, reportsFaults ? "syncfs" : "fsync");
    }
}
