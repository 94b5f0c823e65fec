package io.saddlebag.console.find;

import io.saddlebag.console.find.FoundPage.Found;
import io.saddlebag.console.find.FoundPage.Way;
import io.saddlebag.console.find.JournalQuery.Keyed;
import io.saddlebag.console.read.ConsoledHome;
import io.saddlebag.console.read.UnansweredException;
import io.saddlebag.message.MessageId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Finds messages in a centre's journal, by sender and message_id, or by the digest of the content. */
public final class RcFinder implements Finder {
    private final ConsoledHome home;

    public RcFinder(ConsoledHome home) {
        this.home = home;
    }

    @Override
    public FoundPage find(Query query, String after, int size) throws UnansweredException {
        if (query.receiver() != null && !query.receiver().equals(home.site().value())) {
            return new FoundPage(List.of(), null, null);
        }
        JournalQuery journal = new JournalQuery();
        if (query.isDigest()) {
            journal.where(
                    "substr(content_sha256, 1, 16) = ? AND content_sha256 = ?",
                    query.digest().substring(0, 16),
                    query.digest());
        } else if (query.text() != null) {
            if (isIdOfPayload(query)) {
                id(journal, query);
            } else {
                // The condition of the index: other names are found by their message_id.
                journal.where("file_name = ? AND substr(file_name, 1, length(message_id)) <> message_id", query.text());
            }
        }
        if (query.sender() != null) {
            journal.where("sender_id = ?", query.sender());
        }
        if (query.state() != null) {
            journal.filter(
                    "state = ?",
                    switch (query.state()) {
                        case "waiting" -> "PUBLISHED";
                        case "done" -> "ACKNOWLEDGED";
                        default -> "REFUSED";
                    });
        }
        if (query.from() != null) {
            journal.filter("received_time >= ?", query.begin().toString());
        }
        if (query.to() != null) {
            journal.filter("received_time < ?", query.end().toString());
        }
        if (after != null) {
            String[] key = after.split("/", 2);
            journal.where("(sender_id, message_id) < (?, ?)", key[0], key[key.length - 1]);
        }
        return journal.page(
                home.journal(),
                "delivery",
                "sender_id DESC, message_id DESC",
                "sender_id || '/' || message_id",
                size,
                this::read);
    }

    private static boolean isIdOfPayload(Query query) {
        int dot = query.text().indexOf('.');
        return !query.isExact()
                || MessageId.isOne(dot < 0 ? query.text() : query.text().substring(0, dot));
    }

    /** The name of a payload begins with its message_id. */
    private static void id(JournalQuery journal, Query query) {
        int dot = query.text().indexOf('.');
        String stem = dot < 0 ? query.prefix() : query.text().substring(0, dot);
        int end = stem.indexOf('_');
        String sender = end < 0 ? null : stem.substring(0, end);
        if (sender != null) {
            journal.where("sender_id = ?", sender);
        }
        if (query.isExact()) {
            journal.where("message_id = ?", stem);
        } else {
            journal.where("message_id >= ? AND message_id < ?", stem, stem + "~");
            if (!query.isPrefix()) {
                journal.filter("message_id LIKE ? ESCAPE '\\'", query.like());
            }
        }
    }

    private Keyed read(ResultSet row) throws SQLException {
        String state = row.getString("state");
        Way way =
                switch (state) {
                    case "PUBLISHED" -> new Way(home.site().value(), "in the outbox", "ok", null);
                    case "ACKNOWLEDGED" -> new Way(home.site().value(), "acknowledged", "ok", null);
                    default -> new Way(home.site().value(), "refused", "bad", row.getString("reason"));
                };
        return new Keyed(
                row.getString("page_key"),
                new Found(
                        row.getString("message_id"),
                        row.getString("sender_id"),
                        row.getString("file_name"),
                        row.getLong("content_size"),
                        Instant.parse(row.getString("received_time")),
                        List.of(way)));
    }
}
