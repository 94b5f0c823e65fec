package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * The keys that a site receives under, signed by that site itself: headquarters stores and sends it but cannot make or
 * alter one. Travels as the payload of a DSSE envelope of type {@value #TYPE}.
 *
 * @param networkId SHA-256 fingerprint of the CA certificate that all sites share
 * @param siteId whose keys they are; the signer's own id
 * @param version counts the site's bundles under one signing certificate from 1; a lower one than was seen before is a
 *     rollback
 * @param previous SHA-256 of the bundle before this one (its JSON bytes); null for version 1, and only there
 * @param issued when the site signed it, UTC
 * @param keys 1 to {@value #MAX_KEYS}
 */
@JsonPropertyOrder({"network_id", "site_id", "version", "previous", "issued_timestamp", "keys"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record KeyBundle(
        @JsonProperty("network_id") Sha256 networkId,
        @JsonProperty("site_id") SiteId siteId,
        @JsonProperty("version") long version,
        @JsonProperty("previous") Sha256 previous,
        @JsonProperty("issued_timestamp") Instant issued,
        @JsonProperty("keys") List<Key> keys) {
    /** The DSSE payload type. */
    public static final String TYPE = "application/vnd.saddlebag.key-bundle.v1+json";

    public static final int MAX_KEYS = 16;
    /** The longest term of a key. */
    public static final Duration MAX_TERM = Duration.ofDays(90);

    private static final String POST_QUANTUM = "age1pq1";

    public KeyBundle {
        Objects.requireNonNull(networkId, "network_id");
        Objects.requireNonNull(siteId, "site_id");
        Objects.requireNonNull(issued, "issued_timestamp");
        keys = List.copyOf(keys);
        if (version < 1) {
            throw new IllegalArgumentException("Expected a key bundle version of 1 or more, found " + version);
        }
        if ((version == 1) != (previous == null)) {
            throw new IllegalArgumentException("Expected the digest of the bundle before it in version " + version
                    + (version == 1 ? " to be absent, found one" : ", found none"));
        }
        if (keys.isEmpty() || keys.size() > MAX_KEYS) {
            throw new IllegalArgumentException("Expected 1 to " + MAX_KEYS + " keys, found " + keys.size());
        }
    }

    /**
     * @param keyId names the key within its site, such as {@code 2026-11-22-1}
     * @param recipient the public key as an age recipient, {@code age1...}, or {@code age1pq1...} of a post-quantum key
     * @param notBefore from when on senders seal for it, UTC
     * @param notAfter until when senders seal for it, UTC; after {@code notBefore}, by at most {@link #MAX_TERM}
     */
    public record Key(
            @JsonProperty("key_id") String keyId,
            @JsonProperty("recipient") String recipient,
            @JsonProperty("not_before") Instant notBefore,
            @JsonProperty("not_after") Instant notAfter) {
        public Key {
            Objects.requireNonNull(keyId, "key_id");
            Objects.requireNonNull(recipient, "recipient");
            Objects.requireNonNull(notBefore, "not_before");
            Objects.requireNonNull(notAfter, "not_after");
            if (!notAfter.isAfter(notBefore)) {
                throw new IllegalArgumentException(
                        "Expected a key whose not_after comes after " + notBefore + ", found " + notAfter);
            }
            if (Duration.between(notBefore, notAfter).compareTo(MAX_TERM) > 0) {
                throw new IllegalArgumentException("Expected a key with a term of at most " + MAX_TERM.toDays()
                        + " days, found one from " + notBefore + " to " + notAfter);
            }
        }

        /** True of a key for age's hybrid of ML-KEM-768 and X25519. */
        public boolean sealsPostQuantum() {
            return recipient.startsWith(POST_QUANTUM);
        }

        boolean isCurrent(Instant now) {
            return !now.isBefore(notBefore) && now.isBefore(notAfter);
        }
    }

    /** The newest key of one kind that may be sealed for now, or null when none is current. */
    public Key current(Instant now, boolean postQuantum) {
        Key newest = null;
        for (Key key : keys) {
            if (key.sealsPostQuantum() == postQuantum
                    && key.isCurrent(now)
                    && (newest == null || key.notBefore().isAfter(newest.notBefore()))) {
                newest = key;
            }
        }
        return newest;
    }
}
