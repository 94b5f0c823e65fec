package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.Objects;

/**
 * A site's request for new certificates. Travels as the payload of a DSSE envelope of type {@value #TYPE}, which the site
 * signs under its present certificate, so that nobody asks in another's name; docs/formats.md describes it.
 *
 * @param siteId the site that asks and signs
 * @param requested when it was made
 * @param requests two PKCS#10 requests as PEM, for TLS first, then for signatures
 */
@JsonPropertyOrder({"network_id", "site_id", "requested", "requests"})
public record RenewalRequest(
        @JsonProperty("network_id") Sha256 networkId,
        @JsonProperty("site_id") SiteId siteId,
        @JsonProperty("requested") Instant requested,
        @JsonProperty("requests") String requests) {
    /** The DSSE payload type. */
    public static final String TYPE = "application/vnd.saddlebag.renewal-request.v1+json";

    /** The most bytes of a signed one; two requests have a quarter of that. */
    public static final int MAX_SIZE = 16 * 1024;

    public RenewalRequest {
        Objects.requireNonNull(networkId, "network_id");
        Objects.requireNonNull(siteId, "site_id");
        Objects.requireNonNull(requested, "requested");
        Objects.requireNonNull(requests, "requests");
    }
}
