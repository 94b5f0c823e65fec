package io.saddlebag.audit;

import io.saddlebag.audit.Ledger.Entry;
import io.saddlebag.audit.StoredMessage.Delivery;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.hq.HqDatabase;
import io.saddlebag.hq.HqSettings;
import io.saddlebag.hq.store.KeptPayloads;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.verdict.Verdict;
import io.saddlebag.oplog.OperatorJournalCheck;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.tlog.LogEntry;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Checks that headquarters accounts for every message. Manifest, deliveries and receipts of each row must agree, and the
 * sealed message of each waiting delivery must be whole in the spool. For one thread.
 */
final class HqAudit {
    private static final int FETCH = 500;

    private final SiteHome home;
    private final SiteId site;
    private final Ledger ledger;
    private final String node;
    private final SiteAccount account;
    private KeptPayloads payloads;

    /** @param ledger gets an entry for each delivery */
    HqAudit(AuditedHome audited, Ledger ledger) throws SiteStartException {
        this.home = audited.home();
        this.site = audited.site();
        this.ledger = ledger;
        this.node = Settings.load(home, HqSettings.ALL, Map.of()).text(HqSettings.NODE);
        this.account = new SiteAccount(site, home);
    }

    /**
     * @throws IOException when the database cannot be read
     * @throws SiteStartException when it cannot be reached
     */
    SiteAccount run() throws IOException, SiteStartException {
        try (HqDatabase database = HqDatabase.openToRead(home);
                Connection snapshot = database.snapshot()) {
            payloads = database.payloads(snapshot);
            run(snapshot);
        } catch (SQLException e) {
            throw new IOException(
                    home.folder() + ": expected headquarters' tables, found " + e.getMessage()
                            + ". Start this version of headquarters once; it makes the tables, or says which version"
                            + " made them",
                    e);
        }
        return account;
    }

    private void run(Connection snapshot) throws SQLException, IOException {
        StoredMessage message = null;
        try (PreparedStatement select = snapshot.prepareStatement(StoredMessage.ALL)) {
            select.setFetchSize(FETCH);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    if (message == null || message.number() != row.getLong("message_number")) {
                        check(message);
                        message = StoredMessage.of(row);
                    }
                    if (row.getString("receiver_client_id") != null) {
                        message.deliveries().add(Delivery.of(row));
                    }
                }
            }
        }
        check(message);
        checkVerdicts(snapshot);
        checkOrphans(snapshot);
        checkOperators(snapshot);
    }

    private void check(StoredMessage message) throws IOException {
        if (message == null) {
            return;
        }
        account.count("messages");
        for (Delivery delivery : message.deliveries()) {
            account.count(delivery.state());
            check(message, delivery);
        }
        checkManifest(message);
        Set<PayloadRef> payloads = message.deliveries().stream()
                .map(Delivery::payload)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        for (PayloadRef payload : payloads) {
            checkPayload(message, payload);
        }
    }

    private void check(StoredMessage message, Delivery delivery) throws IOException {
        if (Set.of(Delivery.DEAD, Delivery.DISCARDED).contains(delivery.state()) && delivery.reason() == null) {
            account.find(
                    message.messageId(),
                    "expected a reason for the dead letter on " + delivery.queue() + ", found none");
        }
        if (delivery.receipt() != null) {
            checkReceipt(message, delivery);
        } else if (delivery.state().equals(Delivery.ACKNOWLEDGED)) {
            account.count("without a receipt");
        }
        ledger.add(new Entry(
                Entry.Book.HQ,
                site,
                message.messageId(),
                delivery.receiver(),
                delivery.state(),
                message.manifestSha256(),
                null,
                delivery.reason()));
    }

    private void checkReceipt(StoredMessage message, Delivery delivery) {
        String what = "the receipt of " + delivery.receiver();
        try {
            DeliveryReceipt receipt =
                    Json.read(Envelope.parse(delivery.receipt()).payload(), DeliveryReceipt.class);
            if (!receipt.messageId().equals(message.messageId())
                    || !receipt.senderId().equals(message.sender())
                    || !receipt.receiverClientId().equals(delivery.receiver())) {
                account.find(message.messageId(), "expected " + what + " for this delivery, found another's");
            }
            account.compare(
                    message.messageId(), "a manifest in " + what, message.manifestSha256(), receipt.manifestSha256());
        } catch (Refusal | IllegalArgumentException e) {
            account.find(message.messageId(), what + " cannot be read: " + e.getMessage());
        }
    }

    /** Each is on a message that its receiver acknowledged, and what it says is what its row says. */
    private void checkVerdicts(Connection snapshot) throws SQLException {
        try (PreparedStatement select = snapshot.prepareStatement("SELECT v.message_number, m.message_id, m.sender_id,"
                + " m.manifest_sha256, v.receiver_client_id, v.kind, v.verdict_sha256, v.envelope, EXISTS (SELECT 1"
                + " FROM delivery d WHERE d.message_number = v.message_number AND d.receiver_client_id ="
                + " v.receiver_client_id AND d.acknowledged_time IS NOT NULL) AS is_acknowledged FROM verdict v"
                + " LEFT JOIN message m ON m.message_number = v.message_number")) {
            select.setFetchSize(FETCH);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    checkVerdict(row);
                }
            }
        }
    }

    private void checkVerdict(ResultSet row) throws SQLException {
        String about = row.getString("message_id") == null
                ? "message_number " + row.getLong("message_number")
                : row.getString("message_id");
        String receiver = row.getString("receiver_client_id");
        String what = "the verdict of " + receiver;
        if (!row.getBoolean("is_acknowledged")) {
            account.find(about, "expected " + what + " on a message that it acknowledged, found none acknowledged");
            return;
        }
        account.count(row.getString("kind") + " by receivers");
        try {
            byte[] json = Envelope.parse(row.getBytes("envelope")).payload();
            Verdict verdict = Json.read(json, Verdict.class);
            boolean isSame = verdict.messageId().value().equals(row.getString("message_id"))
                    && verdict.senderId().value().equals(row.getString("sender_id"))
                    && verdict.receiverClientId().value().equals(receiver)
                    && verdict.kind().equals(row.getString("kind"))
                    && verdict.manifestSha256().equals(Sha256.ofDigest(row.getBytes("manifest_sha256")))
                    && Sha256.of(json).equals(Sha256.ofDigest(row.getBytes("verdict_sha256")));
            if (!isSame) {
                account.find(about, "expected " + what + " as its row says, found another");
            }
        } catch (Refusal | IllegalArgumentException e) {
            account.find(about, what + " cannot be read: " + e.getMessage());
        }
    }

    private void checkManifest(StoredMessage message) {
        try {
            byte[] json = Envelope.parse(message.manifest()).payload();
            Manifest manifest = Json.read(json, Manifest.class);
            account.compare(message.messageId(), "a manifest", message.manifestSha256(), Sha256.of(json));
            account.compare(
                    message.messageId(),
                    "a sealed message in the manifest",
                    message.bodySha256(),
                    manifest.body().sha256());
            Set<String> named = manifest.recipients().stream()
                    .map(recipient -> recipient.id().value())
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> found = message.deliveries().stream()
                    .map(delivery -> delivery.receiver().value())
                    .collect(Collectors.toCollection(TreeSet::new));
            if (!named.equals(found)
                    || found.size() != message.deliveries().size()
                    || !manifest.messageId().equals(message.messageId())) {
                account.find(
                        message.messageId(),
                        "expected one delivery for each of " + named + ", as the manifest says, found " + found);
            }
        } catch (Refusal | IllegalArgumentException e) {
            account.find(message.messageId(), "its manifest cannot be read: " + e.getMessage());
        }
    }

    private void checkPayload(StoredMessage message, PayloadRef payload) {
        try {
            account.compare(
                    message.messageId(),
                    "a sealed message in the spool",
                    message.bodySha256(),
                    payloads.digest(payload));
        } catch (NoSuchFileException e) {
            account.find(
                    message.messageId(),
                    "expected its sealed message in spool file " + payload.file() + ", found no such file");
        } catch (IOException e) {
            account.find(message.messageId(), "expected its sealed message whole in the spool: " + e.getMessage());
        }
    }

    /** The proof log has the note of the last operator entry, whenever that changed while headquarters ran. */
    private void checkOperators(Connection snapshot) throws SQLException, IOException {
        try (PreparedStatement select = snapshot.prepareStatement("SELECT entry FROM log_entry"
                + " WHERE position(convert_to(?, 'UTF8') in entry) > 0 ORDER BY leaf_index DESC LIMIT 1")) {
            select.setString(
                    1, "\"name\":\"" + OperatorJournalCheck.LOGGED_AS + (node.isEmpty() ? "" : "-" + node) + "\"");
            try (ResultSet row = select.executeQuery()) {
                LogEntry last = row.next() ? Json.read(row.getBytes(1), LogEntry.class) : null;
                if (last != null && last.sha256() != null && !OperatorJournalCheck.reaches(home, last.sha256())) {
                    account.find(
                            "operators/journal.jsonl",
                            "expected the entries up to the note with SHA-256 " + last.sha256()
                                    + ", as the proof log has it at " + last.time()
                                    + ", found others: entries were changed or removed");
                }
            }
        }
    }

    private void checkOrphans(Connection snapshot) throws SQLException {
        try (PreparedStatement select =
                        snapshot.prepareStatement("SELECT message_number, queue_name FROM delivery d WHERE NOT EXISTS"
                                + " (SELECT 1 FROM message m WHERE m.message_number = d.message_number)");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                account.find(
                        "message_number " + row.getLong(1),
                        "expected a message for the delivery on " + row.getString(2) + ", found its row gone");
            }
        }
    }
}
