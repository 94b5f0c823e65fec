package io.saddlebag.lab.outgoing;

import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks a second time at each file in {@code sent/}, a while after headquarters confirmed it. A program that still had
 * the file open writes on into {@code sent/}, where the file then looks complete. Costs one look at the file's size and
 * time; reads a file only when it changed. A file that somebody took out of {@code sent/} is no fault. The journal has
 * a row for each file until its look is done, so that a restart forgets none.
 */
public final class SecondLooks implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(SecondLooks.class);
    private static final int PAGE = 500;

    private final LabJournal journal;
    private final Path sent;
    private final Duration pause;
    private final Clock clock;

    /** @param pause from the confirm to the look, at least */
    public SecondLooks(LabJournal journal, Path sent, Duration pause, Clock clock) {
        this.journal = journal;
        this.sent = sent;
        this.pause = pause;
        this.clock = clock;
    }

    /**
     * A file that was sent.
     *
     * @param number in the order of claiming
     * @param keptAs its place below {@code sent/}
     * @param sha256 of the content that was sealed; null when the file was never digested
     * @param look of the file when it was sealed
     */
    private record Sent(long number, MessageId messageId, String keptAs, Sha256 sha256, FileLook look) {
        static Sent of(ResultSet row) throws SQLException {
            String sha256 = row.getString(4);
            return new Sent(
                    row.getLong(1),
                    MessageId.of(row.getString(2)),
                    row.getString(3),
                    sha256 == null ? null : new Sha256(sha256),
                    new FileLook(row.getLong(5), Instant.parse(row.getString(6))));
        }
    }

    @Override
    public void process(Exchange exchange) {
        Instant now = clock.instant();
        long after = 0;
        List<Sent> page = due(after, now);
        while (!page.isEmpty()) {
            page.forEach(this::look);
            journal.forEach(page.stream().map(Sent::number).toList(), "DELETE FROM second_look WHERE number = ?");
            after = page.get(page.size() - 1).number();
            page = due(after, now);
        }
    }

    /** Files that were settled before the pause, and those that a clock set back shows as settled in the future. */
    private List<Sent> due(long afterNumber, Instant now) {
        return journal.queryInTurn(
                "SELECT number, message_id, kept_as, sha256, size, modified FROM second_look JOIN message USING (number)"
                        + " WHERE number > ? AND (settled_time <= ? OR settled_time > ?)"
                        + " ORDER BY number LIMIT ?",
                Sent::of,
                afterNumber,
                now.minus(pause).toString(),
                now.toString(),
                PAGE);
    }

    private void look(Sent message) {
        Path file = sent.resolve(message.keptAs());
        try {
            FileLook found = FileLook.of(file);
            if (!found.equals(message.look()) && !hasSameContent(file, message)) {
                LOG.error(
                        "{}: sent/{} was written to after it was sent: expected {}, found {}. The centres have the content"
                                + " with SHA-256 {}. Find the program that wrote to it; when the file is complete, drop"
                                + " it again as a correction (its message_id and _r2, or the next _rN)",
                        message.messageId(),
                        Printable.of(message.keptAs()),
                        message.look(),
                        found,
                        message.sha256());
            }
        } catch (NoSuchFileException takenAway) {
            LOG.debug("{}: taken out of sent/", message.messageId());
        } catch (IOException e) {
            LOG.warn(
                    "{}: sent/{} cannot be compared with what was sent: {}",
                    message.messageId(),
                    Printable.of(message.keptAs()),
                    Printable.reason(FaultText.of(e)));
        }
    }

    private static boolean hasSameContent(Path file, Sent message) throws IOException {
        try {
            return ContentDigest.of(file, message.messageId().value()).sha256().equals(message.sha256());
        } catch (Refusal e) {
            return false;
        }
    }
}
