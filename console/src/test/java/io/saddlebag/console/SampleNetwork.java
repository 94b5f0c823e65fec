package io.saddlebag.console;

import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.cli.Saddlebag;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.hq.postgres.DatabaseAddress;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.hq.store.sql.StoreSchema;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.Json;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * The scenario's homes with records as after a month of work: headquarters' database runs, the sites are the statuses that
 * they wrote. Its names are hostile where a name comes from outside.
 */
final class SampleNetwork implements AutoCloseable {
    /** A file's name that a browser must show and not obey; a calm one in pictures. */
    static final String HOSTILE = System.getProperty("saddlebag.screens") == null
            ? "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>.bam"
            : "tumour sample 7.bam";

    /** Waiting deliveries, of which some are dead letters. */
    private static final int HELD = 300;

    private static final int DEAD = 130;
    private static final int LAB_FILES = 60;

    private final Path folder;
    private final RunningSite claim;
    private final PostgresServer server;

    private SampleNetwork(Path folder, RunningSite claim, PostgresServer server) {
        this.folder = folder;
        this.claim = claim;
        this.server = server;
    }

    /** @param messages at headquarters, more than {@value #HELD} */
    static SampleNetwork create(Path folder, int messages) throws Exception {
        StringWriter said = new StringWriter();
        PrintWriter writer = new PrintWriter(said, true);
        if (Saddlebag.execute(writer, writer, "init", "scenario", "--dir", folder.toString()) != 0) {
            throw new IOException(said.toString());
        }
        SiteHome hq = new SiteHome(folder.resolve("dc-hq"));
        RunningSite claim = RunningSite.claim(hq, Clock.systemUTC());
        PostgresServer server = PostgresServer.start(hq.resolve("postgres"), Path.of("target", "postgres-binaries"), 0);
        SampleNetwork network = new SampleNetwork(folder, claim, server);
        try (HikariDataSource database = DatabaseAddress.of(server).patientPool(2)) {
            StoreSchema.migrate(database);
            network.fill(database, messages);
        }
        network.fillLaboratory();
        network.fillCentre();
        SampleStatuses.write(folder, HELD - DEAD, DEAD);
        return network;
    }

    Path home(String name) {
        return folder.resolve(name);
    }

    List<Path> homes() {
        return List.of(home("dc-hq"), home("fl-lab"), home("pa-lab"), home("ca-rc"));
    }

    DatabaseAddress database() {
        return DatabaseAddress.of(server);
    }

    private void fill(HikariDataSource database, int messages) throws SQLException, IOException {
        SiteIdentity lab = SiteIdentity.load(home("fl-lab").resolve("identity"), () -> null);
        byte[] manifest = Envelope.signed(
                        lab,
                        "application/vnd.saddlebag.manifest.v1+json",
                        Json.write(Map.of("sample", "x".repeat(900))),
                        CryptoProviders.portable().signature())
                .write();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit = off");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO message SELECT i, i - 1,"
                    + " s || '_DAT_' || to_char(t, 'YYYYMMDD') || '_' || lpad(i::text, 7, '0'), s, 'labs', t, t, NULL,"
                    + " 4096 + i % 100000, sha256(i::text::bytea), sha256(('m' || i)::bytea), ?"
                    + " FROM (SELECT i, (ARRAY['FL-LAB', 'PA-LAB', 'MA-LAB', 'IL-LAB'])[1 + i % 4] AS s,"
                    + " now() - interval '30 days' * (? - i) / ? AS t FROM generate_series(1, ?) i) of")) {
                insert.setBytes(1, manifest);
                insert.setInt(2, messages);
                insert.setInt(3, messages);
                insert.setInt(4, messages);
                insert.executeUpdate();
            }
            statement.execute("INSERT INTO delivery_ended (message_number, queue_name, receiver_client_id, routing_key,"
                    + " attempts, delivered_time, acknowledged_time) SELECT message_number, 'ca_rc_queue', 'CA-RC', 'ca_rc', 1,"
                    + " received_time, received_time + interval '1 second' FROM message WHERE message_number <= "
                    + (messages - HELD));
            statement.execute("INSERT INTO delivery_held (message_number, queue_name, receiver_client_id, routing_key,"
                    + " attempts, payload_file, payload_offset, manifest_length, body_length, dead_lettered_time, reason,"
                    + " last_error) SELECT message_number, 'ny_rc_queue', 'NY-RC', 'ny_rc', message_number % 5, 1,"
                    + " message_number * 4096, 1200, 4096, CASE WHEN message_number > " + (messages - DEAD)
                    + " THEN received_time + interval '1 minute' END, CASE WHEN message_number > " + (messages - DEAD)
                    + " THEN CASE WHEN message_number % 3 = 0 THEN 'digest-mismatch' ELSE 'no-space'"
                    + " END END, CASE WHEN message_number % 2 = 0 THEN 'connection lost' END FROM message"
                    + " WHERE message_number > " + (messages - HELD));
            statement.execute("ANALYZE");
        }
    }

    /** The content of every sample file. */
    static final String DIGEST = "0f".repeat(32);

    private void fillLaboratory() throws IOException, SQLException {
        Path file = home("fl-lab").resolve("journal/lab.db");
        AtomicFiles.createFolders(file.getParent());
        LabJournal.open(file).close();
        try (Connection journal = DriverManager.getConnection("jdbc:sqlite:" + file);
                PreparedStatement insert =
                        journal.prepareStatement("INSERT INTO message (message_id, route_id, file_name,"
                                + " content_type, recipients, sent_timestamp, state, size, sha256, drop_folder, modified,"
                                + " receipt_secret, reason) VALUES (?, 'raw-data', ?, 'application/octet-stream', 'CA-RC,NY-RC', ?, ?,"
                                + " 4096, ?, 'drop/raw', '', randomblob(32), ?)")) {
            Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            for (int i = 1; i <= LAB_FILES; i++) {
                insert.setString(1, String.format("FL-LAB_DAT_20261129_%03d", i));
                insert.setString(2, i == LAB_FILES ? HOSTILE : i == 41 ? "=1+1.bam" : "run" + i + ".bam");
                insert.setString(3, now.minus(Duration.ofMinutes(LAB_FILES - i)).toString());
                insert.setString(4, i % 10 == 0 ? "FAILED" : i > LAB_FILES - 3 ? "CLAIMED" : "SENT");
                insert.setString(5, i == 7 ? DIGEST : null);
                insert.setString(6, i % 10 == 0 ? "the bag has no manifest" : null);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        Path failed = home("fl-lab").resolve("failed");
        AtomicFiles.createFolders(failed);
        AtomicFiles.createFolders(home("fl-lab").resolve("drop/raw-data"));
        for (int i : new int[] {10, 20}) {
            Files.writeString(failed.resolve("run" + i + ".bam"), "content");
            Files.writeString(
                    failed.resolve("run" + i + ".bam.reason.json"),
                    Json.textForPeople(Map.of(
                            "file_name",
                            "run" + i + ".bam",
                            "dropped_in",
                            "drop/raw-data",
                            "message_id",
                            "FL-LAB_DAT_20261129_0" + i,
                            "code",
                            "bad-bag",
                            "reason",
                            "the bag has no manifest",
                            "failed_timestamp",
                            Instant.now().minus(Duration.ofMinutes(90)))));
        }
    }

    private void fillCentre() throws IOException, SQLException {
        Path file = home("ca-rc").resolve("journal/rc.db");
        AtomicFiles.createFolders(file.getParent());
        RcJournal.open(file).close();
        try (Connection journal = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement insert = journal.createStatement()) {
            for (int i = 1; i <= LAB_FILES; i++) {
                insert.executeUpdate(
                        "INSERT INTO delivery (sender_id, message_id, queue_name, state, manifest_sha256, seq,"
                                + " content_sha256, content_size, received_time, file_name) VALUES ('FL-LAB', 'FL-LAB_DAT_20261129_"
                                + String.format("%03d", i) + "', 'ca_rc_queue', 'ACKNOWLEDGED', '" + DIGEST + "', " + i
                                + ", '"
                                + DIGEST + "', 4096, '2026-11-29T10:00:00Z', 'run" + i + ".bam')");
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        claim.close();
    }
}
