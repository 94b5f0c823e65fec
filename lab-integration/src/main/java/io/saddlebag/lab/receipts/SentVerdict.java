package io.saddlebag.lab.receipts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.verdict.Verdict;
import java.time.Instant;

/**
 * A recipient's verdict in {@code sent/<message_id>.receipts.json}.
 *
 * @param kind {@link Verdict#ACCEPTED} or {@link Verdict#REJECTED}; null of one that does not hold
 * @param code null when the reader gave none
 * @param reason decrypted; null when the reader gave none
 * @param verdictTimestamp when the recipient signed it, by its clock; null of one that does not hold
 * @param verifiedTimestamp when this laboratory found that it holds; null of one that does not
 * @param fault why it does not hold; null when it does
 * @param envelope the DSSE envelope as the recipient signed it; null when what came is no JSON
 */
@JsonPropertyOrder({"kind", "code", "reason", "verdict_timestamp", "verified_timestamp", "fault", "envelope"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SentVerdict(
        @JsonProperty("kind") String kind,
        @JsonProperty("code") String code,
        @JsonProperty("reason") String reason,
        @JsonProperty("verdict_timestamp") Instant verdictTimestamp,
        @JsonProperty("verified_timestamp") Instant verifiedTimestamp,
        @JsonProperty("fault") String fault,
        @JsonProperty("envelope") JsonNode envelope) {
    /**
     * A verdict as it is judged here.
     *
     * @param digest of the verdict's JSON bytes; null when there are none
     * @param verdict the verified one; null when it does not hold
     * @param reason decrypted; null when there is none
     * @param fault why it does not hold; null when it does
     */
    record Judged(Sha256 digest, Verdict verdict, String reason, String fault) {}

    static SentVerdict of(Judged judged, JsonNode envelope, Instant now) {
        Verdict verdict = judged.verdict();
        return verdict == null
                ? new SentVerdict(null, null, null, null, null, judged.fault(), envelope)
                : new SentVerdict(
                        verdict.kind(),
                        verdict.code(),
                        judged.reason(),
                        verdict.verdictTimestamp(),
                        now,
                        null,
                        envelope);
    }

    /** Code and reason; null when the reader gave neither. Not trusted. */
    public String words() {
        return code == null ? reason : reason == null ? code : code + ": " + reason;
    }

    /** The first that holds stays. */
    boolean outweighs(Judged judged) {
        return fault == null || fault.equals(judged.fault());
    }
}
