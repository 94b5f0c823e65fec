package io.saddlebag.console.find;

import io.saddlebag.console.find.FoundPage.Found;
import io.saddlebag.console.find.FoundPage.Way;
import io.saddlebag.console.find.JournalQuery.Keyed;
import io.saddlebag.console.read.ConsoledHome;
import io.saddlebag.console.read.UnansweredException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** Finds messages in a laboratory's journal, by message_id, by the name of the dropped file or by the digest. */
public final class LabFinder implements Finder {
    private final ConsoledHome home;

    public LabFinder(ConsoledHome home) {
        this.home = home;
    }

    @Override
    public FoundPage find(Query query, String after, int size) throws UnansweredException {
        if (query.sender() != null && !query.sender().equals(home.site().value())) {
            return new FoundPage(List.of(), null, null);
        }
        JournalQuery journal = filtered(query);
        if (query.text() == null) {
            return page(journal, after, size);
        }
        if (query.isDigest()) {
            return page(
                    journal.where(
                            "substr(sha256, 1, 16) = ? AND sha256 = ?",
                            query.digest().substring(0, 16),
                            query.digest()),
                    after,
                    size);
        }
        FoundPage byId = query.isId() ? page(within(journal, "message_id", query), after, size) : null;
        return byId != null && !byId.messages().isEmpty()
                ? byId
                : page(within(filtered(query), "file_name", query), after, size);
    }

    /** An index finds the part before the first star. */
    private static JournalQuery within(JournalQuery journal, String column, Query query) {
        if (query.isExact()) {
            return journal.where(column + " = ?", query.text());
        }
        journal.where(column + " >= ? AND " + column + " < ?", query.prefix(), query.prefix() + "\uDBFF\uDFFF");
        return query.isPrefix() ? journal : journal.filter(column + " LIKE ? ESCAPE '\\'", query.like());
    }

    private static JournalQuery filtered(Query query) {
        JournalQuery journal = new JournalQuery();
        if (query.receiver() != null) {
            journal.filter("instr(',' || recipients || ',', ?) > 0", query.receiver());
        }
        if (query.state() != null) {
            switch (query.state()) {
                case "waiting" -> journal.where("state IN ('CLAIMED', 'SEALED')");
                case "done" -> journal.filter("state = 'SENT'");
                default -> journal.filter("state = 'FAILED'");
            }
        }
        if (query.from() != null) {
            journal.filter("sent_timestamp >= ?", query.begin().toString());
        }
        if (query.to() != null) {
            journal.filter("sent_timestamp < ?", query.end().toString());
        }
        return journal;
    }

    private FoundPage page(JournalQuery journal, String after, int size) throws UnansweredException {
        if (after != null) {
            journal.where("number < ?", Long.parseLong(after));
        }
        return journal.page(home.journal(), "message", "number DESC", "number", size, this::read);
    }

    private Keyed read(ResultSet row) throws SQLException {
        String state = row.getString("state");
        boolean isReceipted = row.getInt("is_receipted") != 0;
        String text =
                switch (state) {
                    case "CLAIMED" -> "claimed";
                    case "SEALED" -> "sealed";
                    case "SENT" -> isReceipted ? "received" : "confirmed";
                    default -> "failed";
                };
        String tone =
                switch (state) {
                    case "CLAIMED", "SEALED" -> "warn";
                    case "SENT" -> "ok";
                    default -> "bad";
                };
        List<Way> ways = Stream.of(row.getString("recipients").split("[^A-Za-z0-9-]+"))
                .filter(recipient -> !recipient.isEmpty())
                .map(recipient -> new Way(recipient, text, tone, reason(row)))
                .toList();
        return new Keyed(
                row.getString("page_key"),
                new Found(
                        row.getString("message_id"),
                        home.site().value(),
                        row.getString("file_name"),
                        row.getLong("size"),
                        Instant.parse(row.getString("sent_timestamp")),
                        ways));
    }

    private static String reason(ResultSet row) {
        try {
            return row.getString("reason");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
