package io.saddlebag.audit;

import io.saddlebag.audit.Ledger.Entry;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.journal.JournalReader;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.StandardizedMessage;
import io.saddlebag.message.verdict.Verdict;
import io.saddlebag.rc.RcApplication;
import io.saddlebag.rc.RcSettings;
import io.saddlebag.rc.outbox.OutboxNames;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.camel.RouteFiles;
import io.saddlebag.site.camel.TemplatedRoute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Checks that every file that was ever delivered to a centre is in its outbox, once and unaltered: journal against
 * outboxes, both ways. For one thread.
 */
final class RcAudit {
    /** The endings of files that readers may put next to a message, or that its route puts there. */
    private static final List<String> MARKERS = List.of(
            OutboxNames.READY_SUFFIX,
            OutboxNames.DONE_SUFFIX,
            OutboxNames.CRATE_SUFFIX,
            "." + Verdict.ACCEPTED,
            "." + Verdict.REJECTED);

    private final SiteHome home;
    private final SiteId site;
    private final Ledger ledger;
    private final boolean readersTake;
    private final SiteAccount account;
    private final Map<String, Path> outboxes = new LinkedHashMap<>();

    /**
     * @param ledger gets an entry for each message
     * @param readersTake whether a message that is gone from the outbox was taken by its reader and is no finding
     */
    RcAudit(AuditedHome audited, Ledger ledger, boolean readersTake) {
        this.home = audited.home();
        this.site = audited.site();
        this.ledger = ledger;
        this.readersTake = readersTake;
        this.account = new SiteAccount(site, home);
    }

    /**
     * @throws IOException when the journal or an outbox cannot be read
     * @throws SiteStartException when the home's route files, which name the outboxes, have a fault
     */
    SiteAccount run() throws IOException, SiteStartException {
        for (TemplatedRoute route : RouteFiles.read(home, RcApplication.ROUTE_FOLDERS)) {
            if (route.template().equals("outbox")) {
                outboxes.put(
                        route.parameters().get("queue").value(),
                        home.resolve(route.parameters().get("directory").value()));
            }
        }
        try (JournalReader journal = JournalReader.open(home.journal().resolve("rc.db"))) {
            journal.forEach(DeliveredFile.SELECT, row -> check(DeliveredFile.of(row)));
            for (Path outbox : List.copyOf(outboxes.values())) {
                checkOutbox(journal, outbox);
            }
            checkForks(journal);
            checkVerdicts(journal);
            new GapAudit(home, account, RcSettings.missingAfter(home), Instant.now()).checkReceived(journal);
        } catch (NoSuchFileException e) {
            if (Files.exists(home.work())) {
                account.find("journal/rc.db", "expected the centre's journal, found none though it was started");
            }
        }
        return account;
    }

    /** Only the first pair of a fork is a finding, however long the fork is. */
    private void checkForks(JournalReader journal) throws IOException {
        journal.forEach(
                "SELECT sender_id, message_id, seq, other_id, other_seq, is_continued FROM fork"
                        + " ORDER BY sender_id, seq",
                row -> {
                    account.count("forked");
                    if (!row.getBoolean("is_continued")) {
                        account.find(
                                MessageId.of(row.getString("message_id")),
                                "expected a place of its own in the sequence of " + row.getString("sender_id")
                                        + ", found it with seq " + row.getLong("seq") + " and "
                                        + row.getString("other_id") + " with seq " + row.getLong("other_seq")
                                        + "; the sender's home was restored or copied");
                    }
                });
    }

    /** The journal of a version before 1.1.0 has none. */
    private void checkVerdicts(JournalReader journal) throws IOException {
        if (!journal.finds("SELECT 1 FROM sqlite_master WHERE name = 'verdict'")) {
            return;
        }
        journal.forEach(
                "SELECT v.sender_id, v.message_id, v.kind, v.envelope, d.manifest_sha256 FROM verdict v"
                        + " LEFT JOIN delivery d USING (sender_id, message_id)",
                row -> {
                    String kind = row.getString("kind");
                    account.count(kind == null ? "without a verdict yet" : kind + " by readers");
                    byte[] envelope = row.getBytes("envelope");
                    if (envelope == null) {
                        return;
                    }
                    MessageId messageId = MessageId.of(row.getString("message_id"));
                    try {
                        Verdict verdict = Json.read(Envelope.parse(envelope).payload(), Verdict.class);
                        if (!verdict.messageId().equals(messageId)
                                || !verdict.kind().equals(kind)
                                || !verdict.manifestSha256().hex().equals(row.getString("manifest_sha256"))) {
                            account.find(
                                    messageId, "expected the verdict that the journal has, found another one signed");
                        }
                    } catch (Refusal | IllegalArgumentException e) {
                        account.find(messageId, "its verdict cannot be read: " + e.getMessage());
                    }
                });
    }

    private void check(DeliveredFile delivered) throws IOException {
        account.count(delivered.state());
        if (delivered.removed()) {
            account.count("deleted since, their time being over");
        }
        ledger.add(new Entry(
                Entry.Book.CENTRE,
                site,
                delivered.messageId(),
                site,
                delivered.state(),
                delivered.manifestSha256(),
                delivered.contentSha256(),
                delivered.reason()));
        if (!delivered.isRefused()) {
            if (!delivered.removed()) {
                checkDelivered(delivered);
            }
        } else if (delivered.reason() == null) {
            account.find(delivered.messageId(), "expected the reason why it was refused in the journal, found none");
        }
    }

    private void checkDelivered(DeliveredFile delivered) throws IOException {
        Path facts = facts(delivered);
        if (facts == null && readersTake) {
            account.count("taken by readers");
            return;
        }
        if (facts == null) {
            account.find(
                    delivered.messageId(),
                    "expected " + OutboxNames.standardizedFile(delivered.messageId()) + " in the outbox below "
                            + delivered.sender() + ", found none; it was deleted or taken away");
            return;
        }
        ledger.take(facts);
        StandardizedMessage said;
        try {
            said = Json.read(Files.readAllBytes(facts), StandardizedMessage.class);
        } catch (IllegalArgumentException e) {
            account.find(delivered.messageId(), account.within(facts) + ": " + e.getMessage());
            return;
        }
        if (!said.messageId().equals(delivered.messageId()) || !said.senderId().equals(delivered.sender())) {
            account.find(
                    delivered.messageId(), "expected its own facts in " + account.within(facts) + ", found another's");
        }
        account.compare(
                delivered.messageId(),
                "a manifest in " + account.within(facts),
                delivered.placedManifest(),
                said.manifestSha256());
        account.compare(
                delivered.messageId(),
                "a content in " + account.within(facts),
                delivered.contentSha256(),
                said.sha256());
        checkPayload(delivered, facts, said);
    }

    private void checkPayload(DeliveredFile delivered, Path facts, StandardizedMessage said) throws IOException {
        if (said.payloadFile() == null || said.payloadFile().contains("/")) {
            account.find(
                    delivered.messageId(), "expected the payload's name in " + account.within(facts) + ", found none");
            return;
        }
        Path payload = facts.resolveSibling(said.payloadFile());
        if (!Files.exists(payload, LinkOption.NOFOLLOW_LINKS)) {
            account.find(
                    delivered.messageId(),
                    "expected the payload " + account.within(payload) + ", found none; it was deleted or taken away");
            return;
        }
        ledger.take(payload);
        account.compare(delivered.messageId(), account.within(payload), delivered.contentSha256(), payload);
    }

    /** In its queue's outbox, or, when the routes were changed since, in another; null when in none. */
    private Path facts(DeliveredFile delivered) {
        List<Path> folders = new ArrayList<>(outboxes.values());
        Path own = outboxes.get(delivered.queue());
        if (own != null) {
            folders.add(0, own);
        }
        for (Path folder : folders) {
            Path facts = folder.resolve(delivered.sender().value())
                    .resolve(OutboxNames.standardizedFile(delivered.messageId()));
            if (Files.isRegularFile(facts, LinkOption.NOFOLLOW_LINKS)) {
                return facts;
            }
        }
        return null;
    }

    private void checkOutbox(JournalReader journal, Path outbox) throws IOException {
        SiteAccount.forEachFile(outbox, sender -> {
            if (Files.isDirectory(sender, LinkOption.NOFOLLOW_LINKS)) {
                SiteAccount.forEachFile(sender, file -> checkOwned(journal, file));
            } else {
                account.find(sender, "expected a folder for each sender, found a file");
            }
        });
    }

    /** Checks a file that no message owns: one that belongs to a payload, or to a message that comes or goes. */
    private void checkOwned(JournalReader journal, Path file) throws IOException {
        if (ledger.isTaken(file)) {
            return;
        }
        String name = file.getFileName().toString();
        String sender = file.getParent().getFileName().toString();
        if (name.endsWith(OutboxNames.CHECKSUM_SUFFIX)) {
            Path payload = file.resolveSibling(without(name, OutboxNames.CHECKSUM_SUFFIX));
            if (ledger.isTaken(payload)) {
                checkChecksum(file, payload);
                return;
            }
        }
        for (String marker : MARKERS) {
            if (name.endsWith(marker)
                    && ledger.isTaken(file.resolveSibling(without(name, marker) + OutboxNames.STANDARDIZED_SUFFIX))) {
                return;
            }
        }
        if (isComing(journal, sender, name)) {
            account.count("files being published");
        } else if (isGoing(journal, sender, name)) {
            account.count("files being deleted");
        } else {
            account.find(file, "expected the files of the journal alone, found one that no row accounts for");
        }
    }

    private static String without(String name, String ending) {
        return name.substring(0, name.length() - ending.length());
    }

    private void checkChecksum(Path file, Path payload) throws IOException {
        // The checksum file of a folder names the digests of its files, which are part of the folder's own.
        if (Files.isRegularFile(payload, LinkOption.NOFOLLOW_LINKS)
                && SiteAccount.digest(payload)
                        .filter(digest -> isSaid(file, digest))
                        .isEmpty()) {
            account.find(file, "expected the digest of its file, found another");
        }
    }

    private static boolean isSaid(Path checksum, Sha256 digest) {
        try {
            // A reader may have put a pipe or a link there.
            return Files.isRegularFile(checksum, LinkOption.NOFOLLOW_LINKS)
                    && Files.readString(checksum).startsWith(digest + " ");
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isComing(JournalReader journal, String sender, String name) throws IOException {
        return journal.finds(
                "SELECT 1 FROM publication WHERE sender_id = ?"
                        + " AND ? IN (message_id || ?, message_id || ?, payload_name, payload_name || ?)",
                sender,
                name,
                OutboxNames.STANDARDIZED_SUFFIX,
                OutboxNames.CRATE_SUFFIX,
                OutboxNames.CHECKSUM_SUFFIX);
    }

    private static boolean isGoing(JournalReader journal, String sender, String name) throws IOException {
        int dot = name.indexOf('.');
        return journal.finds(
                "SELECT 1 FROM delivery WHERE sender_id = ? AND message_id = ? AND removed_time IS NOT NULL",
                sender,
                dot < 0 ? name : name.substring(0, dot));
    }

    /**
     * A row of the centre's journal.
     *
     * @param state {@code published}, {@code acknowledged} or {@code refused}
     * @param placedManifest the manifest with which it got its place in the outbox
     * @param contentSha256 null when it was never opened
     * @param reason why it was refused; null otherwise
     * @param removed whether the centre deleted its files since, their time being over
     */
    private record DeliveredFile(
            SiteId sender,
            MessageId messageId,
            String queue,
            String state,
            Sha256 manifestSha256,
            Sha256 placedManifest,
            Sha256 contentSha256,
            String reason,
            boolean removed) {
        static final String SELECT =
                "SELECT sender_id, message_id, queue_name, state, manifest_sha256, content_sha256, reason,"
                        + " removed_time, coalesce(placed_manifest, manifest_sha256) AS placed_manifest FROM delivery ";

        static DeliveredFile of(ResultSet row) throws SQLException {
            String content = row.getString("content_sha256");
            return new DeliveredFile(
                    SiteId.of(row.getString("sender_id")),
                    MessageId.of(row.getString("message_id")),
                    row.getString("queue_name"),
                    row.getString("state").toLowerCase(Locale.ROOT),
                    new Sha256(row.getString("manifest_sha256")),
                    new Sha256(row.getString("placed_manifest")),
                    content == null ? null : new Sha256(content),
                    row.getString("reason"),
                    row.getString("removed_time") != null);
        }

        boolean isRefused() {
            return state.equals("refused");
        }
    }
}
