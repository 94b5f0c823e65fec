package io.saddlebag.rc.verdict;

import io.saddlebag.clock.Durations;
import io.saddlebag.journal.JournalException;
import io.saddlebag.log.FaultText;
import io.saddlebag.log.LimitedLines;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.verdict.VerdictFile;
import io.saddlebag.rc.intake.QueueConsumer;
import io.saddlebag.rc.intake.QueueEndpoint;
import io.saddlebag.rc.outbox.VerdictFiles;
import io.saddlebag.rc.outbox.VerdictFiles.NoVerdictException;
import io.saddlebag.rc.outbox.VerdictFiles.Said;
import io.saddlebag.rc.records.JournalledDelivery;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.rc.records.VerdictRecords;
import io.saddlebag.rc.records.VerdictRecords.Row;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that take readers' verdicts out of the outboxes into the journal, signed, and look for those that do not come. A
 * message has one verdict; a repeat of the same file is taken away, another is left where it is. For one thread a route.
 */
public final class VerdictSteps {
    private static final Logger LOG = LoggerFactory.getLogger(VerdictSteps.class);

    private final RcJournal journal;
    private final VerdictRecords records;
    private final VerdictSigner signer;
    private final SecureRandom random;
    private final Clock clock;
    private final LimitedLines lines = new LimitedLines();

    public VerdictSteps(RcJournal journal, VerdictSigner signer, SecureRandom random, Clock clock) {
        this.journal = journal;
        this.records = journal.verdicts();
        this.signer = signer;
        this.random = random;
        this.clock = clock;
    }

    /** The queues whose outboxes expect verdicts. */
    static List<QueueEndpoint> queues(Exchange exchange) {
        return exchange.getContext().getRoutes().stream()
                .map(route -> route.getConsumer() instanceof QueueConsumer consumer && consumer.isRunAllowed()
                        ? consumer.getEndpoint()
                        : null)
                .filter(queue -> queue != null && queue.expectsVerdict())
                .toList();
    }

    /** Step {@code takeVerdicts}: a fault at one outbox or sender holds up none of the others. */
    public void takeVerdicts(Exchange exchange) {
        for (QueueEndpoint queue : queues(exchange)) {
            try {
                for (SiteId sender : queue.outbox().senders()) {
                    take(queue, sender);
                }
            } catch (IOException | DirectoryIteratorException | JournalException e) {
                later(queue, e);
            }
        }
    }

    private void later(QueueEndpoint queue, Exception e) {
        lines.line(queue.queue())
                .ifPresent(more -> LOG.warn(
                        "{}: its outbox cannot be looked through for verdicts, which is tried again: {}{}",
                        queue.queue(),
                        Printable.reason(FaultText.of(e)),
                        more));
    }

    private void take(QueueEndpoint queue, SiteId sender) {
        VerdictFiles files = queue.verdictFiles();
        List<Said> settled;
        try {
            settled = files.settled(sender);
        } catch (IOException | DirectoryIteratorException e) {
            later(queue, e);
            return;
        }
        for (Said said : settled) {
            try {
                take(files, said);
            } catch (IOException e) {
                later(queue, e);
            } catch (NoVerdictException e) {
                files.refuse(said);
                LOG.warn(
                        "message_id={} the reader's {} is not taken and stays in the outbox: {}",
                        said.messageId(),
                        said.name(),
                        Printable.reason(e.getMessage()));
            }
        }
    }

    private void take(VerdictFiles files, Said said) throws IOException, NoVerdictException {
        Optional<Row> row = records.find(said.sender(), said.messageId());
        if (row.isEmpty()) {
            throw new NoVerdictException("expected the message_id of a message that came here since the outbox expects"
                    + " verdicts, found another. Correct the name, or tell the laboratory by other means");
        }
        Optional<JournalledDelivery> delivery = journal.published(said.sender(), said.messageId());
        if (delivery.isEmpty()) {
            // Its reader was faster than the journal.
            return;
        }
        if (files.saysBoth(said)) {
            throw new NoVerdictException("expected one of .accepted and .rejected, found both. Delete one of them, and"
                    + " write the other again");
        }
        Optional<byte[]> bytes = files.take(said);
        if (bytes.isEmpty()) {
            return;
        }
        try {
            give(said, row.get(), delivery.get(), bytes.get());
        } catch (NoVerdictException | RuntimeException e) {
            files.putBack(said);
            throw e;
        }
        files.discard(said);
    }

    private void give(Said said, Row row, JournalledDelivery delivery, byte[] bytes) throws NoVerdictException {
        Sha256 digest = Sha256.of(bytes);
        if (row.isGiven()) {
            if (!row.kind().equals(said.kind()) || !row.fileSha256().equals(digest)) {
                throw new NoVerdictException("expected no second verdict, found one after that of " + row.time()
                        + ", which says " + row.kind() + " and counts. Tell the laboratory by other means");
            }
            LOG.debug("message_id={} {} once more", said.messageId(), said.kind());
            return;
        }
        Row given = given(said, row, bytes, digest);
        records.given(signer.signed(given, delivery));
        LOG.info(
                "message_id={} from={} {} by its reader{}",
                said.messageId(),
                said.sender(),
                said.kind(),
                given.code() == null ? "" : ", " + given.code());
    }

    private Row given(Said said, Row row, byte[] bytes, Sha256 digest) throws NoVerdictException {
        try {
            VerdictFile file = VerdictFile.read(said.kind(), bytes);
            byte[] reason = file.reason() == null
                    ? null
                    : row.secret().sealReason(said.messageId(), signer.site(), file.reason(), random);
            Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            return new Row(
                    said.sender(), said.messageId(), row.secret(), said.kind(), file.code(), reason, digest, now, null);
        } catch (IllegalArgumentException e) {
            throw new NoVerdictException(e.getMessage());
        }
    }

    /** Step {@code reportOverdue}: one line for each queue, as long as verdicts are overdue there. */
    public void reportOverdue(Exchange exchange) {
        for (QueueEndpoint queue : queues(exchange)) {
            VerdictRecords.Overdue overdue =
                    records.overdue(queue.queue(), clock.instant().minus(queue.verdictWithin()));
            if (overdue.count() > 0) {
                lines.line("overdue " + queue.queue())
                        .ifPresent(more -> LOG.warn(
                                "{}: no verdict on {} messages for more than {}, the first of them {}; ask who reads"
                                        + " the outbox{}",
                                queue.queue(),
                                overdue.count(),
                                Durations.text(queue.verdictWithin()),
                                overdue.first(),
                                more));
            }
        }
    }
}
