package io.saddlebag.audit;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import java.util.Objects;

/**
 * Something that does not agree. Equal in a second look when it is still so.
 *
 * @param site whose books or folders it is about
 * @param subject the message_id, or the path within the home when no message can be named; made printable
 * @param text what was expected and what was found, printable
 */
@JsonPropertyOrder({"site", "subject", "text"})
public record Finding(
        @JsonProperty("site") SiteId site,
        @JsonProperty("subject") String subject,
        @JsonProperty("text") String text) {
    public Finding {
        Objects.requireNonNull(site, "site");
        subject = Printable.of(Objects.requireNonNull(subject, "subject"));
        Objects.requireNonNull(text, "text");
    }
}
