package io.saddlebag.dsse;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * An operator's action on a home. It is the payload of a DSSE envelope of type {@value #TYPE}; docs/formats.md describes it.
 *
 * @param siteId whose home it is; the signer must be that site
 * @param number counts the entries of a home from 1
 * @param previous SHA-256 of the line before, without its end; null for the first
 * @param time by the clock of the machine
 * @param user the user of the operating system
 * @param sudoUser who became that user by sudo, as sudo says; null when nobody did
 * @param action such as {@code dead-discard}
 * @param targets what it acts on: message_ids, queues, stores, files
 * @param reason in the operator's words; null when he gave none
 */
@JsonPropertyOrder({
    "network_id",
    "site_id",
    "number",
    "previous",
    "time",
    "user",
    "sudo_user",
    "action",
    "targets",
    "reason"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OperatorEntry(
        @JsonProperty("network_id") Sha256 networkId,
        @JsonProperty("site_id") SiteId siteId,
        @JsonProperty("number") long number,
        @JsonProperty("previous") Sha256 previous,
        @JsonProperty("time") Instant time,
        @JsonProperty("user") String user,
        @JsonProperty("sudo_user") String sudoUser,
        @JsonProperty("action") String action,
        @JsonProperty("targets") List<String> targets,
        @JsonProperty("reason") String reason) {
    /** The DSSE payload type. */
    public static final String TYPE = "application/vnd.saddlebag.operator-entry.v1+json";

    public OperatorEntry {
        Objects.requireNonNull(networkId, "network_id");
        Objects.requireNonNull(siteId, "site_id");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(action, "action");
        targets = List.copyOf(Objects.requireNonNull(targets, "targets"));
        if (number < 1) {
            throw new IllegalArgumentException("Expected a number of 1 or more, found " + number);
        }
    }
}
