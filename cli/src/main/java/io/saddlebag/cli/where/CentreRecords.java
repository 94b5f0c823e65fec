package io.saddlebag.cli.where;

import io.saddlebag.cli.where.Course.Place;
import io.saddlebag.cli.where.Step.Basis;
import io.saddlebag.cli.where.Step.Kind;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.verdict.Verdict;
import io.saddlebag.rc.outbox.OutboxNames;
import io.saddlebag.where.HeldDelivery;
import io.saddlebag.where.IdPattern;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The records of a centre on the messages to it. */
final class CentreRecords implements Records {
    static final String BY_ID = "SELECT message_id FROM delivery WHERE sender_id = ? AND message_id >= ?"
            + " AND message_id < ? ORDER BY message_id DESC";
    /** With a plus, as at a {@link LabRecords laboratory}. */
    static final String BY_CONTENT = "SELECT message_id FROM delivery WHERE substr(content_sha256, 1, 16) = ?"
            + " AND +content_sha256 = ? AND content_sha256 IS NOT NULL";

    /** Finds names that do not begin with the message_id; the others are found by it. */
    static final String BY_NAME = "SELECT message_id FROM delivery WHERE file_name = ?"
            + " AND substr(file_name, 1, length(message_id)) <> message_id";

    private static final int DIGITS = 16;
    private static final String ROW = "SELECT d.file_name, d.content_size, d.content_sha256, d.state, d.received_time,"
            + " d.acknowledged_time, d.removed_time, d.reason, d.manifest_sha256, d.queue_name, r.envelope"
            + " FROM delivery d LEFT JOIN receipt r ON r.id = d.receipt_id WHERE d.sender_id = ? AND d.message_id = ?";

    private static final String VERDICT = "SELECT kind, code, verdict_time, confirmed_time, refusal FROM verdict"
            + " WHERE sender_id = ? AND message_id = ? AND kind IS NOT NULL";

    private final LinkedRecords records;

    CentreRecords(LinkedRecords records) {
        this.records = records;
    }

    @Override
    public Set<MessageId> ids(Sought sought) throws IOException {
        if (sought.isDigest()) {
            String hex = sought.sha256().hex();
            return records.ids(BY_CONTENT, hex.substring(0, DIGITS), hex);
        }
        Set<MessageId> found = new TreeSet<>(records.ids(BY_NAME, sought.text()));
        Optional<MessageId> named = sought.idInName();
        if (named.isPresent() && isNamed(named.get(), sought.text())) {
            found.add(named.get());
        }
        if (sought.pattern() != null) {
            IdPattern pattern = sought.pattern();
            found.addAll(records.ids(BY_ID, pattern.sender().value(), pattern.text(), pattern.end()));
            records.ask(List.of(pattern.toString()));
            records.heldIds().stream().filter(pattern::matches).forEach(found::add);
        }
        return found;
    }

    /** True when the outbox has or had a file of that name for the message. */
    private boolean isNamed(MessageId messageId, String name) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        records.journal()
                .forEach(
                        ROW,
                        row -> {
                            names.add(messageId.value());
                            names.add(OutboxNames.standardizedFile(messageId));
                            String dropped = row.getString("file_name");
                            if (dropped != null) {
                                names.add(dropped);
                                names.add(payload(messageId, dropped));
                            }
                        },
                        messageId.sender().value(),
                        messageId.value());
        return names.contains(name);
    }

    private static String payload(MessageId messageId, String dropped) {
        try {
            return OutboxNames.payload(messageId, dropped);
        } catch (Refusal e) {
            return dropped;
        }
    }

    @Override
    public void tell(Set<MessageId> ids, Findings findings) throws IOException {
        records.ask(ids.stream().map(MessageId::value).collect(Collectors.toList()));
        for (MessageId each : ids) {
            Findings.Message message = findings.message(each);
            records.journal()
                    .forEach(ROW, row -> tell(message, each, row), each.sender().value(), each.value());
            tellVerdict(each, message.to(records.site()));
            for (HeldDelivery held : records.held(each)) {
                if (held.receiverClientId().equals(records.site())) {
                    records.course().tell(message.to(records.site()), held, false);
                }
            }
        }
        if (records.hasMore()) {
            findings.more();
        }
        records.tellNotes(findings);
    }

    private void tell(Findings.Message message, MessageId messageId, ResultSet row) throws SQLException {
        String dropped = row.getString("file_name");
        String sha256 = row.getString("content_sha256");
        Instant received = Instant.parse(row.getString("received_time"));
        Course course = message.to(records.site());
        if (row.getString("state").equals("REFUSED")) {
            message.content(dropped, null, null);
            course.add(Kind.REFUSED, received, records.site().value(), Basis.RECORD, row.getString("reason"));
            course.why(Place.RECIPIENT, records.site() + " refused it: " + row.getString("reason"));
            return;
        }
        message.content(dropped, row.getLong("content_size"), new Sha256(sha256));
        String outbox = records.site() + ", outbox of " + row.getString("queue_name")
                + (dropped == null ? "" : ": " + messageId.sender() + "/" + payload(messageId, dropped));
        byte[] receipt = row.getBytes("envelope");
        boolean isProved = receipt != null
                && records.proofs()
                        .receipt(
                                receipt,
                                messageId,
                                records.site(),
                                new Sha256(row.getString("manifest_sha256")),
                                course.contentHmac())
                        .holds();
        course.add(Kind.OPENED, received, outbox, isProved ? Basis.PROVED : Basis.RECORD, null);
        course.received();
        add(course, Kind.ACKNOWLEDGED, row.getString("acknowledged_time"), Basis.WORD);
        add(course, Kind.REMOVED, row.getString("removed_time"), Basis.RECORD);
    }

    /** The reason is encrypted for the sender. A journal that was not opened since 1.0.0 has no such table. */
    private void tellVerdict(MessageId messageId, Course course) throws IOException {
        if (records.journal().finds("SELECT 1 FROM sqlite_master WHERE name = 'verdict'")) {
            records.journal()
                    .forEach(
                            VERDICT,
                            row -> course.add(
                                    row.getString("kind").equals(Verdict.REJECTED) ? Kind.REJECTED : Kind.ACCEPTED,
                                    Instant.parse(row.getString("verdict_time")),
                                    records.site().value(),
                                    Basis.RECORD,
                                    note(row)),
                            messageId.sender().value(),
                            messageId.value());
        }
    }

    private static String note(ResultSet row) throws SQLException {
        String refusal = row.getString("refusal");
        String sent = refusal != null
                ? "headquarters does not take it: " + refusal
                : row.getString("confirmed_time") == null ? "not at headquarters yet" : null;
        String code = row.getString("code");
        return sent == null ? code : code == null ? sent : code + "; " + sent;
    }

    private void add(Course course, Kind kind, String time, Basis basis) {
        if (time != null) {
            course.add(kind, Instant.parse(time), records.site().value(), basis, null);
        }
    }

    @Override
    public int rank() {
        return 1;
    }

    @Override
    public void close() throws IOException {
        records.close();
    }
}
