package io.saddlebag.audit;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.util.Objects;

/**
 * What one site's books say of one message for one recipient.
 *
 * @param site whose books
 * @param state in that site's own words, lower case
 * @param manifest SHA-256 of the manifest's JSON; null when none was made
 * @param content SHA-256 of the file; null where nobody can know it
 * @param reason why it ended badly; null otherwise
 */
public record Entry(
        Book book,
        SiteId site,
        MessageId messageId,
        SiteId recipient,
        String state,
        Sha256 manifest,
        Sha256 content,
        String reason) {
    public Entry {
        Objects.requireNonNull(book, "book");
        Objects.requireNonNull(site, "site");
        Objects.requireNonNull(messageId, "message id");
        Objects.requireNonNull(recipient, "recipient");
        Objects.requireNonNull(state, "state");
    }

    /** Of which kind of site the books are. */
    public enum Book {
        LAB,
        HQ,
        CENTRE
    }
}
