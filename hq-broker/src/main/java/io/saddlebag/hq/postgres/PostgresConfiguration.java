package io.saddlebag.hq.postgres;

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

    private PostgresConfiguration() {}

    static String of(int port) {
        return TEMPLATE.formatted(port);
    }
}
