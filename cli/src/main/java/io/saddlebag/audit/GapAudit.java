package io.saddlebag.audit;

import io.saddlebag.journal.JournalReader;
import io.saddlebag.journal.MissingSeqs.Gap;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Finds messages that later ones overtook, and that did not come within their time. For one thread. */
final class GapAudit {
    private final SiteHome home;
    private final SiteAccount account;
    private final Instant before;

    /** @param within how long a message may be overtaken */
    GapAudit(SiteHome home, SiteAccount account, Duration within, Instant now) {
        this.home = home;
        this.account = account;
        this.before = now.minus(within);
    }

    private record Noticed(Gap gap, Instant time) {
        boolean has(SiteId site, long seq) {
            return gap.site().equals(site) && gap.first() <= seq && seq <= gap.last();
        }
    }

    private static List<Noticed> noticed(JournalReader journal) throws IOException {
        List<Noticed> gaps = new ArrayList<>();
        journal.forEach(
                "SELECT site_id, first_seq, last_seq, noticed_time FROM missing ORDER BY site_id, first_seq",
                row -> gaps.add(new Noticed(
                        new Gap(SiteId.of(row.getString(1)), row.getLong(2), row.getLong(3)),
                        Instant.ofEpochMilli(row.getLong(4)))));
        return gaps;
    }

    /** The messages that a centre misses of each sender. */
    void checkReceived(JournalReader journal) throws IOException {
        for (Noticed each : noticed(journal)) {
            Gap gap = each.gap();
            if (each.time().isAfter(before)) {
                account.count("overtaken", gap.count());
            } else {
                account.find(
                        gap.site().value(),
                        "expected every message of its sequence, found " + gap
                                + " missing, which later ones overtook at " + each.time());
            }
        }
    }

    /** The messages of a laboratory whose recipient has later ones by its receipts. */
    void checkSent(JournalReader journal) throws IOException {
        List<Noticed> gaps = noticed(journal);
        if (gaps.isEmpty()) {
            return;
        }
        journal.forEach(
                "SELECT message_id, recipients, places FROM message"
                        + " WHERE state = 'SENT' AND is_receipted = 0 AND places IS NOT NULL ORDER BY number",
                row -> {
                    String[] recipients = row.getString(2).split(",");
                    String[] places = row.getString(3).split(",");
                    for (int i = 0; i < recipients.length; i++) {
                        check(
                                MessageId.of(row.getString(1)),
                                SiteId.of(recipients[i]),
                                Long.parseLong(places[i]),
                                gaps);
                    }
                });
    }

    private void check(MessageId messageId, SiteId recipient, long seq, List<Noticed> gaps) throws IOException {
        for (Noticed each : gaps) {
            if (!each.has(recipient, seq) || !isWaiting(messageId, recipient)) {
                continue;
            }
            if (each.time().isAfter(before)) {
                account.count("overtaken");
            } else {
                account.find(
                        messageId,
                        "expected a receipt of " + recipient + ", which has had later messages since " + each.time()
                                + ", found none");
            }
        }
    }

    private boolean isWaiting(MessageId messageId, SiteId recipient) throws IOException {
        Path file = home.resolve("sent").resolve(messageId + SentReceipts.SUFFIX);
        try {
            return !Files.exists(file) || ReceiptProof.read(file).isWaiting(recipient);
        } catch (IllegalArgumentException e) {
            // Another finding says so.
            return false;
        }
    }
}
