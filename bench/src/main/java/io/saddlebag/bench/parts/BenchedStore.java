package io.saddlebag.bench.parts;

import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.files.FileTree;
import io.saddlebag.files.Presence;
import io.saddlebag.hq.postgres.DatabaseAddress;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.rows.PostgresPayloadStore;
import io.saddlebag.hq.store.spool.SpoolPayloadStore;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.hq.store.sql.StoreSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Headquarters' store on an embedded PostgreSQL, every sync on, in a folder that is gone when this is closed. */
record BenchedStore(
        Path folder,
        PostgresServer server,
        HikariDataSource database,
        PostgresMessageStore messages,
        PayloadStore payloads)
        implements AutoCloseable {
    private static final int CONNECTIONS = 4;

    /** @param kind where the payloads lie: {@code spool} or {@code database} */
    static BenchedStore open(String kind) throws IOException, PostgresException, StoreException {
        Path folder = Files.createTempDirectory("saddlebag-parts");
        PostgresServer server = PostgresServer.start(folder.resolve("postgres"), 0);
        HikariDataSource database = DatabaseAddress.of(server).pool(CONNECTIONS);
        StoreSchema.migrate(database);
        if (kind.equals("database")) {
            PostgresPayloadStore payloads = new PostgresPayloadStore(database);
            return new BenchedStore(folder, server, database, new PostgresMessageStore(database, payloads), payloads);
        }
        return new BenchedStore(
                folder,
                server,
                database,
                new PostgresMessageStore(database),
                new SpoolPayloadStore(folder.resolve("spool"), Presence.ALWAYS));
    }

    @Override
    public void close() throws IOException {
        payloads.close();
        database.close();
        server.close();
        FileTree.delete(folder);
    }
}
