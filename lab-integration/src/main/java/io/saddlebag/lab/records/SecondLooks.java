package io.saddlebag.lab.records;

import io.saddlebag.lab.message.FileLook;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.UtcTime;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The messages whose file in {@code sent/} is to be looked at once more. The journal has a row for each until that is done,
 * so that a restart forgets none. Nothing in memory.
 */
public final class SecondLooks {
    private final LabJournal journal;

    public SecondLooks(LabJournal journal) {
        this.journal = Objects.requireNonNull(journal, "journal");
    }

    /**
     * A file that was sent.
     *
     * @param number in the order of claiming
     * @param keptAs where it is kept, below {@code sent/}
     * @param sha256 of the content that was sealed; null when the file was never digested
     * @param look of the file when it was sealed
     */
    public record Sent(long number, MessageId messageId, String keptAs, Sha256 sha256, FileLook look) {}

    /**
     * Those that were settled before a time, and those that a clock set back shows as settled in the future.
     *
     * @param afterNumber the last of the page before
     */
    public List<Sent> due(long afterNumber, Instant settledBefore, Instant now, int limit) {
        return journal.with(connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT number, message_id, kept_as, sha256, size, modified FROM second_look JOIN message USING (number)"
                            + " WHERE number > ? AND modified IS NOT NULL AND (settled_time <= ? OR settled_time > ?)"
                            + " ORDER BY number LIMIT ?")) {
                select.setLong(1, afterNumber);
                select.setString(2, UtcTime.format(settledBefore));
                select.setString(3, UtcTime.format(now));
                select.setInt(4, limit);
                List<Sent> found = new ArrayList<>();
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        String sha256 = row.getString(4);
                        found.add(new Sent(
                                row.getLong(1),
                                MessageId.of(row.getString(2)),
                                row.getString(3),
                                sha256 == null ? null : new Sha256(sha256),
                                new FileLook(row.getLong(5), UtcTime.parse(row.getString(6)))));
                    }
                }
                return found;
            }
        });
    }

    /** Forgets these in one transaction. */
    public void done(List<Sent> looked) {
        journal.with(connection -> {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM second_look WHERE number = ?")) {
                for (Sent each : looked) {
                    delete.setLong(1, each.number());
                    delete.addBatch();
                }
                return delete.executeBatch().length;
            }
        });
    }
}
