package io.saddlebag.hq.store;

import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.files.Presence;
import io.saddlebag.hq.postgres.DatabaseAddress;
import io.saddlebag.hq.store.commit.CommitWriter;
import io.saddlebag.hq.store.spool.SpoolPayloadStore;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/** A process that publishes without end and prints the number of each sample that was confirmed, until it is killed. */
final class CommitProcess {
    private static final int IN_FLIGHT = 200;

    private CommitProcess() {}

    /** @param arguments spool, JDBC URL, user; the password is the first line on the standard input */
    public static void main(String[] arguments) throws Exception {
        String password = new java.io.BufferedReader(new java.io.InputStreamReader(System.in)).readLine();
        HikariDataSource database = new DatabaseAddress(arguments[1], arguments[2], password).pool(2);
        CommitWriter writer = new CommitWriter(
                new PostgresMessageStore(database),
                new SpoolPayloadStore(Path.of(arguments[0]), Presence.ALWAYS),
                10_000,
                CommitWriter.Parts.alone());
        writer.start();
        PrintStream out = System.out;
        Semaphore room = new Semaphore(IN_FLIGHT);
        for (int number = 1; ; number++) {
            int sample = number;
            room.acquire();
            Samples.publish(writer, Samples.publication(sample, "CA-RC"), Samples.body(sample))
                    .thenAccept(result -> {
                        out.println(sample);
                        out.flush();
                        room.release();
                    });
        }
    }
}
