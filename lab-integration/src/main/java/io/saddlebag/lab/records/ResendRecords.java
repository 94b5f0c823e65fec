package io.saddlebag.lab.records;

import io.saddlebag.journal.JournalStatements;
import io.saddlebag.journal.JournalWriter;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.message.Message.Ended;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The part of the journal that takes a sent message back, to be sent again: headquarters confirmed it and has lost it. For
 * any number of threads; each change is one transaction.
 */
public final class ResendRecords {
    private static final String LACKING =
            "SELECT number, message_id, recipients, places, kept_as, sha256, size, modified, resent FROM message"
                    + " WHERE message_id = ? AND state = 'SENT' AND is_receipted = 0";

    private final JournalWriter writer;
    private final JournalStatements statements;
    private final ReceivedRecords received;

    ResendRecords(JournalWriter writer, ReceivedRecords received) {
        this.writer = writer;
        this.statements = writer.statements();
        this.received = received;
    }

    /**
     * A message that was sent and lacks a receipt.
     *
     * @param number in the order of claiming
     * @param places in the recipients' sequences, in the order of the recipients
     * @param keptAs its file's place in {@code sent/}; null when none was kept
     * @param sha256 of the content
     * @param look of the file when it was sealed
     * @param resent how often it was sent again
     */
    public record Sent(
            long number,
            MessageId messageId,
            List<SiteId> recipients,
            List<Long> places,
            String keptAs,
            Sha256 sha256,
            FileLook look,
            int resent) {}

    /** Empty when there is no such message, it is not sent, or every recipient has it by its receipt. */
    public Optional<Sent> lacking(MessageId messageId) {
        return Optional.ofNullable(
                writer.write(() -> statements.first(LACKING, ResendRecords::sent, messageId.value())));
    }

    private static Sent sent(ResultSet row) throws SQLException {
        return new Sent(
                row.getLong(1),
                MessageId.of(row.getString(2)),
                LabJournal.recipients(row.getString(3)),
                Stream.of(row.getString(4).split(",")).map(Long::valueOf).toList(),
                row.getString(5),
                new Sha256(row.getString(6)),
                new FileLook(row.getLong(7), Instant.parse(row.getString(8))),
                row.getInt(9));
    }

    /**
     * The message is claimed again, and gets new places in the sequences when it is sealed. Its recipients learn that the
     * former ones stay empty. The caller has moved the file into the work folder.
     *
     * @param look of the file now
     */
    public void claimedAgain(Sent message, FileLook look) {
        writer.write(() -> {
            for (int i = 0; i < message.places().size(); i++) {
                received.end(
                        new Ended(message.recipients().get(i), message.places().get(i), Ended.FAILED));
            }
            statements.update("DELETE FROM second_look WHERE number = ?", message.number());
            return statements.update(
                    "UPDATE message SET state = 'CLAIMED', resent = resent + 1, manifest_sha256 = NULL, places = NULL,"
                            + " settled_time = NULL, word_time = NULL, kept_as = NULL, tidied_time = NULL,"
                            + " sealed_time = NULL, signed_time = NULL, modified = ?"
                            + " WHERE number = ?",
                    look.modified().toString(),
                    message.number());
        });
    }

    boolean isSentAgain(long number) {
        return writer.write(() ->
                statements.first("SELECT resent > 0 FROM message WHERE number = ?", row -> row.getBoolean(1), number));
    }

    /** The place in {@code sent/} of a message's file; null when it is not there. */
    String keptAs(MessageId messageId) {
        return writer.write(() -> statements.first(
                "SELECT kept_as FROM message WHERE message_id = ?", row -> row.getString(1), messageId.value()));
    }
}
