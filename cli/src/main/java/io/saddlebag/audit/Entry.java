package io.saddlebag.audit;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.nio.file.Files;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * An entry in one site's books: one message for one recipient.
 *
 * @param site whose books
 * @param state in that site's own words, lower case
 * @param manifest SHA-256 of the manifest's JSON; null when none was made
 * @param content SHA-256 of the file; null where nobody can know it
 * @param reason why it ended badly; null otherwise
 */
record Entry(
        Book book,
        SiteId site,
        MessageId messageId,
        SiteId recipient,
        String state,
        Sha256 manifest,
        Sha256 content,
        String reason) {
    Entry {
        Objects.requireNonNull(book, "book");
        Objects.requireNonNull(site, "site");
        Objects.requireNonNull(messageId, "message id");
        Objects.requireNonNull(recipient, "recipient");
        Objects.requireNonNull(state, "state");
    }

    /** The kinds of sites that keep books, in the order of a report. */
    enum Book {
        HQ("topology.yaml", "-HQ"),
        LAB("journal/lab.db", "-LAB"),
        CENTRE("journal/rc.db", "-RC");

        private final String file;
        private final String idEnding;

        Book(String file, String idEnding) {
            this.file = file;
            this.idEnding = idEnding;
        }

        /** Judged by the files of the home, since the name of a site may be any; by its name before the first start. */
        static Book of(SiteHome home, SiteId site) {
            return find(book -> Files.exists(home.resolve(book.file)))
                    .or(() -> find(book -> site.value().endsWith(book.idEnding)))
                    .orElse(LAB);
        }

        private static Optional<Book> find(Predicate<Book> condition) {
            return Stream.of(values()).filter(condition).findFirst();
        }
    }
}
