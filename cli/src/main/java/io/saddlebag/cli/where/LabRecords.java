package io.saddlebag.cli.where;

import io.saddlebag.audit.ReceiptProof;
import io.saddlebag.cli.where.Course.Place;
import io.saddlebag.cli.where.Step.Basis;
import io.saddlebag.cli.where.Step.Kind;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.ReceiptSecret;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.where.IdPattern;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The records of a laboratory on the messages that it sends. */
final class LabRecords implements Records {
    static final String BY_ID =
            "SELECT message_id FROM message WHERE message_id >= ? AND message_id < ? ORDER BY message_id DESC";
    /** With a plus: otherwise SQLite puts the digest into the expression, and finds no index of that. */
    static final String BY_CONTENT = "SELECT message_id FROM message WHERE substr(sha256, 1, 16) = ? AND +sha256 = ?"
            + " AND sha256 IS NOT NULL ORDER BY number DESC";

    static final String BY_NAME = "SELECT message_id FROM message WHERE file_name = ? ORDER BY number DESC";
    private static final int DIGITS = 16;
    private static final String ROW = "SELECT file_name, size, sha256, recipients, sent_timestamp, drop_folder, state,"
            + " sealed_time, signed_time, settled_time, reason, kept_as, tidied_time, withdraw_reason, resent,"
            + " receipt_secret FROM message WHERE message_id = ?";

    private final LinkedRecords records;

    LabRecords(LinkedRecords records) {
        this.records = records;
    }

    /** A row of the journal. */
    private record Row(
            MessageId messageId,
            String fileName,
            long size,
            Sha256 sha256,
            List<SiteId> recipients,
            Instant claimed,
            String dropFolder,
            String state,
            Instant sealed,
            Instant signed,
            Instant settled,
            String reason,
            String keptAs,
            Instant tidied,
            String withdrawn,
            int resent,
            ReceiptSecret secret) {
        static Row of(MessageId messageId, ResultSet row) throws SQLException {
            String sha256 = row.getString("sha256");
            return new Row(
                    messageId,
                    row.getString("file_name"),
                    row.getLong("size"),
                    sha256 == null ? null : new Sha256(sha256),
                    LabJournal.recipients(row.getString("recipients")),
                    Instant.parse(row.getString("sent_timestamp")),
                    row.getString("drop_folder"),
                    row.getString("state"),
                    instant(row.getString("sealed_time")),
                    instant(row.getString("signed_time")),
                    instant(row.getString("settled_time")),
                    row.getString("reason"),
                    row.getString("kept_as"),
                    instant(row.getString("tidied_time")),
                    row.getString("withdraw_reason"),
                    row.getInt("resent"),
                    ReceiptSecret.of(row.getBytes("receipt_secret")));
        }

        private static Instant instant(String time) {
            return time == null ? null : Instant.parse(time);
        }

        private Sha256 contentHmac() {
            return sha256 == null ? null : secret.proof(sha256, size);
        }
    }

    @Override
    public Set<MessageId> ids(Sought sought) throws IOException {
        if (sought.isDigest()) {
            String hex = sought.sha256().hex();
            return records.ids(BY_CONTENT, hex.substring(0, DIGITS), hex);
        }
        Set<MessageId> found = new TreeSet<>(records.ids(BY_NAME, sought.text()));
        if (sought.pattern() != null) {
            IdPattern pattern = sought.pattern();
            found.addAll(records.ids(BY_ID, pattern.text(), pattern.end()));
            if (found.isEmpty() && pattern.sender().equals(records.site())) {
                // A restored journal lacks what was sent since.
                records.ask(List.of(pattern.toString()));
                records.heldIds().stream().filter(pattern::matches).forEach(found::add);
            }
        } else if (found.isEmpty() && sought.idInName().isPresent()) {
            IdPattern pattern = IdPattern.of(sought.idInName().get().value());
            found.addAll(records.ids(BY_ID, pattern.text(), pattern.end()));
        }
        return found;
    }

    @Override
    public void tell(Set<MessageId> ids, Findings findings) throws IOException {
        records.ask(ids.stream().map(MessageId::value).collect(Collectors.toList()));
        for (MessageId each : ids) {
            List<Row> rows = new ArrayList<>();
            records.journal().forEach(ROW, row -> rows.add(Row.of(each, row)), each.value());
            for (Row row : rows) {
                tell(row, findings.message(each));
            }
            if (rows.isEmpty() && each.sender().equals(records.site())) {
                records.held(each).forEach(held -> records.course()
                        .tell(findings.message(each).to(held.receiverClientId()), held, false));
            }
        }
        records.tellNotes(findings);
    }

    private void tell(Row row, Findings.Message message) {
        message.content(row.fileName(), row.size(), row.sha256());
        boolean isSent = row.state().equals("SENT");
        Optional<SentReceipts> receipts = isSent ? receipts(row.messageId()) : Optional.empty();
        String why = isSent ? null : why(row);
        Set<SiteId> recipients = new LinkedHashSet<>(row.recipients());
        for (SiteId each : recipients) {
            Course course = message.to(each);
            course.expect(row.contentHmac(), true);
            addOwnSteps(row, course);
            course.why(Place.SENDER, why);
            if (isSent) {
                new SentCourse(records, row.messageId()).tell(course, each, receipts);
            }
        }
    }

    private void addOwnSteps(Row row, Course course) {
        String site = records.site().value();
        course.add(Kind.CLAIMED, row.claimed(), site + ", " + row.dropFolder(), Basis.RECORD, null);
        if (row.sealed() != null) {
            course.add(Kind.SEALED, row.sealed(), site, Basis.RECORD, null);
        }
        if (row.signed() != null) {
            course.add(Kind.SENT, row.signed(), site, Basis.RECORD, sentNote(row));
        }
        switch (row.state()) {
            case "SENT" ->
                course.add(Kind.CONFIRMED, row.settled(), records.headquarters().value(), Basis.WORD, null);
            case "FAILED" -> course.add(Kind.FAILED, row.settled(), site + ", failed/", Basis.RECORD, row.reason());
            default -> {
                // It has not ended.
            }
        }
    }

    private static String sentNote(Row row) {
        List<String> notes = new ArrayList<>();
        if (row.resent() > 0) {
            notes.add("again, " + (row.resent() == 1 ? "once" : row.resent() + " times"));
        }
        if (row.tidied() != null) {
            notes.add("its file was tidied at " + TimeText.of(row.tidied()));
        } else if (row.keptAs() != null) {
            notes.add("its file is sent/" + row.keptAs());
        }
        return notes.isEmpty() ? null : String.join("; ", notes);
    }

    /** Why a message is not confirmed yet. */
    private String why(Row row) {
        if (row.state().equals("FAILED")) {
            return "it was not sent: " + row.reason();
        }
        List<String> why = new ArrayList<>();
        if (row.withdrawn() != null) {
            why.add("is to be taken back: " + row.withdrawn());
        }
        if (row.state().equals("CLAIMED")) {
            List<SiteId> without = records.proofs().withoutKey(records.home(), row.recipients());
            if (!without.isEmpty()) {
                why.add("waits for the key of "
                        + without.stream().map(SiteId::value).collect(Collectors.joining(" and ")));
            }
        }
        String standstill = records.standstill();
        if (!standstill.isEmpty()) {
            why.add(standstill);
        }
        if (why.isEmpty()) {
            why.add(row.state().equals("CLAIMED") ? "is being sealed" : "is on its way to " + records.headquarters());
        }
        return String.join("; ", why);
    }

    private Optional<SentReceipts> receipts(MessageId messageId) {
        try {
            return Optional.of(ReceiptProof.read(records.home().resolve("sent/" + messageId + SentReceipts.SUFFIX)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            records.note("sent/" + messageId + SentReceipts.SUFFIX + " cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public List<Whereabouts.Found> untaken(String name, Set<MessageId> ids) throws IOException {
        return new UntakenFiles(records.home(), records.site()).named(name, ids);
    }

    @Override
    public int rank() {
        return 0;
    }

    @Override
    public void close() throws IOException {
        records.close();
    }
}
