package io.saddlebag.rc.records;

import io.saddlebag.journal.JournalException;
import io.saddlebag.journal.JournalStatements;
import io.saddlebag.journal.JournalWriter;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The journal's table {@code verdict}: a row for each message of an outbox that expects verdicts, from its announcement on and
 * for good. A verdict stays until headquarters has confirmed it. For any number of threads; each change is on the disk when its
 * call returns. Any method may throw a {@link JournalException}.
 */
public final class VerdictRecords {
    private static final String BY_KEY = " WHERE sender_id = ? AND message_id = ?";

    private final Path file;
    private final JournalWriter writer;
    private final JournalStatements statements;
    private final Connection reader;
    private final JournalStatements read;

    VerdictRecords(Path file, JournalWriter writer, Connection reader) {
        this.file = file;
        this.writer = writer;
        this.statements = writer.statements();
        this.reader = reader;
        this.read = new JournalStatements(reader);
    }

    /**
     * A message on which a verdict is expected or was given.
     *
     * @param secret of the message, which encrypts the reason
     * @param kind null while none was given
     * @param code null when the reader gave none
     * @param reason encrypted; null when the reader gave none
     * @param fileSha256 of the reader's file; null while none was given
     * @param time when it was given; null while none was
     * @param envelope signed; null while none was given, and when the message got another manifest since
     */
    public record Row(
            SiteId sender,
            MessageId messageId,
            ReceiptSecret secret,
            String kind,
            String code,
            byte[] reason,
            Sha256 fileSha256,
            Instant time,
            byte[] envelope) {
        public boolean isGiven() {
            return kind != null;
        }

        /** The same with its signed form. */
        public Row signed(byte[] signed) {
            return new Row(sender, messageId, secret, kind, code, reason, fileSha256, time, signed);
        }
    }

    private static final String ROW = "SELECT sender_id, message_id, receipt_secret, kind, code, reason, file_sha256,"
            + " verdict_time, envelope FROM verdict";

    private static Row row(ResultSet row) throws SQLException {
        String fileSha256 = row.getString("file_sha256");
        String time = row.getString("verdict_time");
        return new Row(
                SiteId.of(row.getString("sender_id")),
                MessageId.of(row.getString("message_id")),
                ReceiptSecret.of(row.getBytes("receipt_secret")),
                row.getString("kind"),
                row.getString("code"),
                row.getBytes("reason"),
                fileSha256 == null ? null : new Sha256(fileSha256),
                time == null ? null : Instant.parse(time),
                row.getBytes("envelope"));
    }

    /** Within a transaction: the message is announced in an outbox that expects verdicts. */
    void expect(Placement placement) throws SQLException {
        statements.update(
                "INSERT INTO verdict (sender_id, message_id, receipt_secret, since) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT DO NOTHING",
                placement.senderId().value(),
                placement.messageId().value(),
                placement.verdictSecret().bytes(),
                placement.receivedTime().toString());
    }

    /** Within a transaction: a message that was refused is in no outbox. */
    void refused(JournalledDelivery delivery) throws SQLException {
        statements.update(
                "DELETE FROM verdict" + BY_KEY
                        + " AND kind IS NULL AND EXISTS (SELECT 1 FROM delivery d WHERE d.sender_id"
                        + " = verdict.sender_id AND d.message_id = verdict.message_id AND d.state = 'REFUSED')",
                delivery.senderId().value(),
                delivery.messageId().value());
    }

    /** Within a transaction: the message has another manifest, for which its verdict is to be signed again. */
    void moved(JournalledDelivery delivery) throws SQLException {
        statements.update(
                "UPDATE verdict SET envelope = NULL, confirmed_time = NULL, refusal = NULL" + BY_KEY
                        + " AND kind IS NOT NULL",
                delivery.senderId().value(),
                delivery.messageId().value());
    }

    /** Empty when no verdict is expected on such a message. */
    public Optional<Row> find(SiteId sender, MessageId messageId) {
        return Optional.ofNullable(
                query(() -> read.first(ROW + BY_KEY, VerdictRecords::row, sender.value(), messageId.value())));
    }

    /** The verdict was given and signed; it stays, and is to be sent. */
    public void given(Row verdict) {
        update(
                "UPDATE verdict SET kind = ?, code = ?, reason = ?, file_sha256 = ?, verdict_time = ?, envelope = ?"
                        + BY_KEY,
                verdict.kind(),
                verdict.code(),
                verdict.reason(),
                verdict.fileSha256().hex(),
                verdict.time().toString(),
                verdict.envelope(),
                verdict.sender().value(),
                verdict.messageId().value());
    }

    /** The next verdicts that headquarters has neither confirmed nor refused. */
    public List<Row> unsent(int limit) {
        return query(() -> read.all(
                ROW + " WHERE kind IS NOT NULL AND confirmed_time IS NULL AND refusal IS NULL ORDER BY id LIMIT ?",
                VerdictRecords::row,
                limit));
    }

    /** Headquarters has the verdict, and keeps it. Does not block; completes once it is on the disk. */
    public CompletableFuture<Integer> confirmed(SiteId sender, MessageId messageId, Instant time) {
        return submit(
                "UPDATE verdict SET confirmed_time = ?" + BY_KEY, time.toString(), sender.value(), messageId.value());
    }

    /** Headquarters has another verdict on the message, which counts. Does not block; completes once it is on the disk. */
    public CompletableFuture<Integer> overruled(SiteId sender, MessageId messageId, String reason) {
        return submit("UPDATE verdict SET refusal = ?" + BY_KEY, reason, sender.value(), messageId.value());
    }

    /**
     * Headquarters refuses the signed form, as when the key was revoked since: it is signed anew with the next look. Does not
     * block; completes once it is on the disk.
     */
    public CompletableFuture<Integer> unsigned(SiteId sender, MessageId messageId) {
        return submit(
                "UPDATE verdict SET envelope = NULL" + BY_KEY + " AND confirmed_time IS NULL",
                sender.value(),
                messageId.value());
    }

    /**
     * Headquarters delivers the message again, as after a restore, and may have lost the verdict too. Never blocks on the disk:
     * the note is written with the next commit.
     */
    public void again(SiteId sender, MessageId messageId) {
        writer.add(() -> statements.update(
                "UPDATE verdict SET confirmed_time = NULL" + BY_KEY + " AND confirmed_time IS NOT NULL",
                sender.value(),
                messageId.value()));
    }

    /**
     * The messages without a verdict that came before then.
     *
     * @param count how many
     * @param first the one that came first; null when there is none
     */
    public record Overdue(long count, MessageId first) {}

    /** Those of one queue. */
    public Overdue overdue(String queue, Instant before) {
        return query(() -> read.first(
                "SELECT count(*), (SELECT v.message_id FROM verdict v JOIN delivery d USING (sender_id, message_id)"
                        + " WHERE v.kind IS NULL AND v.since < ?1 AND d.queue_name = ?2 ORDER BY v.since LIMIT 1)"
                        + " FROM verdict v JOIN delivery d USING (sender_id, message_id)"
                        + " WHERE v.kind IS NULL AND v.since < ?1 AND d.queue_name = ?2",
                row -> new Overdue(row.getLong(1), row.getString(2) == null ? null : MessageId.of(row.getString(2))),
                before.toString(),
                queue));
    }

    /** How many verdicts headquarters has neither confirmed nor refused. */
    public long unsent() {
        return query(() -> read.first(
                "SELECT count(*) FROM verdict WHERE kind IS NOT NULL AND confirmed_time IS NULL AND refusal IS NULL",
                row -> row.getLong(1)));
    }

    private CompletableFuture<Integer> submit(String sql, Object... parameters) {
        return writer.submit(() -> statements.update(sql, parameters));
    }

    private void update(String sql, Object... parameters) {
        writer.write(() -> statements.update(sql, parameters));
    }

    private <T> T query(JournalWriter.Work<T> work) {
        synchronized (reader) {
            try {
                return work.run();
            } catch (SQLException e) {
                throw new JournalException(file, e);
            }
        }
    }
}
