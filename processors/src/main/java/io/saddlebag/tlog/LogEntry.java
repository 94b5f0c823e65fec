package io.saddlebag.tlog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.dsse.BundleMark;
import io.saddlebag.message.Json;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.time.Instant;

/**
 * A leaf of the log, as JSON; its bytes are hashed. The fields that a type does not have are null;
 * docs/formats.md describes them.
 *
 * @param type {@code commits}, {@code key-bundle}, {@code file} or {@code operator}
 * @param time when headquarters made the entry, by its clock
 * @param manifests of commits, how many digests of manifests are under the root
 * @param receipts of commits, how many digests of receipts follow them
 * @param root of commits, the Merkle root of these digests
 * @param sha256 of the key bundle or the file
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"type", "time", "manifests", "receipts", "root", "site_id", "epoch", "version", "name", "sha256"})
public record LogEntry(
        @JsonProperty("type") String type,
        @JsonProperty("time") Instant time,
        @JsonProperty("manifests") Integer manifests,
        @JsonProperty("receipts") Integer receipts,
        @JsonProperty("root") Sha256 root,
        @JsonProperty("site_id") SiteId siteId,
        @JsonProperty("epoch") Long epoch,
        @JsonProperty("version") Long version,
        @JsonProperty("name") String name,
        @JsonProperty("sha256") Sha256 sha256) {
    public static final String COMMITS = "commits";

    /** @param digests of the manifests, then of the receipts, 32 bytes each */
    public static LogEntry commits(Instant time, int manifests, byte[] digests) {
        int receipts = digests.length / MerkleTree.HASH - manifests;
        Sha256 root = MerkleTree.rootOf(digests);
        return new LogEntry(COMMITS, time, manifests, receipts, root, null, null, null, null, null);
    }

    public static LogEntry keyBundle(Instant time, SiteId site, BundleMark mark) {
        return new LogEntry(
                "key-bundle", time, null, null, null, site, mark.epoch(), mark.version(), null, mark.sha256());
    }

    /** @param sha256 of its bytes; null when there is no such file */
    public static LogEntry file(Instant time, String name, Sha256 sha256) {
        return new LogEntry("file", time, null, null, null, null, null, null, name, sha256);
    }

    public byte[] bytes() {
        return Json.write(this);
    }
}
