package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.Objects;

/**
 * Headquarters' word for its whole log. Travels as the payload of a DSSE envelope of type {@value #TYPE};
 * docs/formats.md describes it. Two heads of one log of which neither is the beginning of the other prove that
 * headquarters showed two histories.
 *
 * @param siteId whose log it is; the signer must be that site
 * @param size how many leaves the log has
 * @param root the Merkle root over these leaves
 * @param timestamp when it was signed, by headquarters' clock
 */
@JsonPropertyOrder({"network_id", "site_id", "size", "root", "timestamp"})
public record TreeHead(
        @JsonProperty("network_id") Sha256 networkId,
        @JsonProperty("site_id") SiteId siteId,
        @JsonProperty("size") long size,
        @JsonProperty("root") Sha256 root,
        @JsonProperty("timestamp") Instant timestamp) {
    /** The DSSE payload type. */
    public static final String TYPE = "application/vnd.saddlebag.tree-head.v1+json";

    public TreeHead {
        Objects.requireNonNull(networkId, "network_id");
        Objects.requireNonNull(siteId, "site_id");
        Objects.requireNonNull(root, "root");
        Objects.requireNonNull(timestamp, "timestamp");
        if (size < 1) {
            throw new IllegalArgumentException("Expected a size of 1 or more, found " + size);
        }
    }

    /** The leaves that it is over. */
    public LogHead log() {
        return new LogHead(size, root);
    }

    /**
     * How far headquarters' proof log has come, as a {@link TreeHead} says.
     *
     * @param size how many leaves the log has
     * @param root the Merkle root over them
     */
    @JsonPropertyOrder({"size", "root"})
    public record LogHead(
            @JsonProperty("size") long size,
            @JsonProperty("root") Sha256 root) {
        public LogHead {
            Objects.requireNonNull(root, "root");
            if (size < 1) {
                throw new IllegalArgumentException("Expected a log of 1 leaf or more, found " + size);
            }
        }

        @Override
        public String toString() {
            return size + (size == 1 ? " leaf" : " leaves") + " with the root " + root;
        }
    }
}
