package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Names sender, recipients and sealed message, signed by the sender and readable by all. It names the sealed message by
 * its digest and discloses nothing of the content. Travels as the payload of a DSSE envelope of type {@value #TYPE}.
 *
 * @param networkId SHA-256 fingerprint of the CA certificate that all sites share
 * @param messageId unique per sender
 * @param sentTimestamp when the sender took the file, UTC
 * @param expires from when on nobody need deliver it any more, UTC; null when it never expires
 * @param priority its precedence over others at headquarters; null for {@link Priority#NORMAL}
 * @param sender who signed this
 * @param recipients whom it is sealed for, 1 to {@value #MAX_RECIPIENTS}, no site twice
 * @param routing the exchange and routing keys that the sender publishes it under
 * @param body the sealed message
 * @param parts the number of parts in which it travels, at least 1
 */
@JsonPropertyOrder({
    "network_id",
    "message_id",
    "sent_timestamp",
    "expires",
    "priority",
    "sender",
    "recipients",
    "routing",
    "body",
    "parts"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Manifest(
        @JsonProperty("network_id") Sha256 networkId,
        @JsonProperty("message_id") MessageId messageId,
        @JsonProperty("sent_timestamp") Instant sentTimestamp,
        @JsonProperty("expires") Instant expires,
        @JsonProperty("priority") Priority priority,
        @JsonProperty("sender") Sender sender,
        @JsonProperty("recipients") List<Recipient> recipients,
        @JsonProperty("routing") Routing routing,
        @JsonProperty("body") Body body,
        @JsonProperty("parts") int parts) {
    /** The DSSE payload type. */
    public static final String TYPE = "application/vnd.saddlebag.manifest.v1+json";

    public static final int MAX_RECIPIENTS = 64;
    /** The largest count of a sender's messages: up to it any reader of JSON keeps each exactly (RFC 8259, 6). */
    public static final long MAX_SEQ = (1L << 53) - 1;
    /** The largest part: what one frame carries of a sealed message, in bytes. */
    public static final int PART_SIZE = 1 << 20;

    public Manifest {
        Objects.requireNonNull(networkId, "network_id");
        Objects.requireNonNull(messageId, "message_id");
        Objects.requireNonNull(sentTimestamp, "sent_timestamp");
        Objects.requireNonNull(sender, "sender");
        Objects.requireNonNull(routing, "routing");
        Objects.requireNonNull(body, "body");
        recipients = List.copyOf(recipients);
        requireDistinct(recipients);
        if (!messageId.sender().equals(sender.id())) {
            throw new IllegalArgumentException(
                    "Expected a message_id of the sender " + sender.id() + ", found " + messageId);
        }
        if (parts != partsOf(body.size())) {
            throw new IllegalArgumentException("Expected " + partsOf(body.size()) + " parts for a sealed message of "
                    + body.size() + " bytes, found " + parts);
        }
    }

    /** A manifest of normal priority. */
    public Manifest(
            Sha256 networkId,
            MessageId messageId,
            Instant sentTimestamp,
            Instant expires,
            Sender sender,
            List<Recipient> recipients,
            Routing routing,
            Body body,
            int parts) {
        this(networkId, messageId, sentTimestamp, expires, null, sender, recipients, routing, body, parts);
    }

    /** The priority that counts. */
    public Priority priorityOrNormal() {
        return priority == null ? Priority.NORMAL : priority;
    }

    /**
     * The number of parts in which a sealed message of that size travels: all but the last are {@link #PART_SIZE} long.
     */
    public static int partsOf(long sealedSize) {
        return Math.toIntExact(Math.max(1, (sealedSize + PART_SIZE - 1) / PART_SIZE));
    }

    private static void requireDistinct(List<Recipient> recipients) {
        if (recipients.isEmpty() || recipients.size() > MAX_RECIPIENTS) {
            throw new IllegalArgumentException(
                    "Expected 1 to " + MAX_RECIPIENTS + " recipients, found " + recipients.size());
        }
        Set<SiteId> seen = new HashSet<>();
        for (Recipient recipient : recipients) {
            if (!seen.add(recipient.id())) {
                throw new IllegalArgumentException("Expected each recipient once, found " + recipient.id() + " twice");
            }
        }
    }

    /**
     * @param id the sending site
     * @param fingerprint SHA-256 of the signing key's SubjectPublicKeyInfo (RFC 5280, 4.1.2.7)
     */
    public record Sender(
            @JsonProperty("id") SiteId id,
            @JsonProperty("fingerprint") Sha256 fingerprint) {
        public Sender {
            Objects.requireNonNull(id, "sender id");
            Objects.requireNonNull(fingerprint, "sender fingerprint");
        }
    }

    /**
     * @param id the receiving site
     * @param keyId which of its keys the message is sealed for
     * @param seq counts the sender's messages to this recipient, from 1
     * @param prev SHA-256 of the manifest (its JSON bytes) before this one to the same recipient; null for the first
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Recipient(
            @JsonProperty("id") SiteId id,
            @JsonProperty("key_id") String keyId,
            @JsonProperty("seq") long seq,
            @JsonProperty("prev") Sha256 prev) {
        public Recipient {
            Objects.requireNonNull(id, "recipient id");
            Objects.requireNonNull(keyId, "recipient key_id");
            if (seq < 1 || seq > MAX_SEQ) {
                throw new IllegalArgumentException(
                        "Expected a seq from 1 to " + MAX_SEQ + " for " + id + ", found " + seq);
            }
        }
    }

    /**
     * @param exchange such as {@code labs}
     * @param routingKeys such as {@code ca_rc}, at least one
     */
    public record Routing(
            @JsonProperty("exchange") String exchange,
            @JsonProperty("routing_keys") List<String> routingKeys) {
        public Routing {
            Objects.requireNonNull(exchange, "exchange");
            routingKeys = List.copyOf(routingKeys);
            if (routingKeys.isEmpty()) {
                throw new IllegalArgumentException("Expected at least one routing key, found none");
            }
        }
    }

    /**
     * @param format always {@value #AGE}
     * @param size of the sealed message, in bytes
     * @param sha256 of the sealed message
     */
    public record Body(
            @JsonProperty("format") String format,
            @JsonProperty("size") long size,
            @JsonProperty("sha256") Sha256 sha256) {
        public static final String AGE = "age-encryption.org/v1";

        public Body {
            Objects.requireNonNull(sha256, "body sha256");
            if (!AGE.equals(format)) {
                throw new IllegalArgumentException(
                        "Expected the body format " + AGE + ", found '" + Printable.of(format) + "'");
            }
            if (size < 1) {
                throw new IllegalArgumentException("Expected a sealed message of 1 byte or more, found " + size);
            }
        }
    }

    /** The site's entry among the recipients, or null. */
    public Recipient recipient(SiteId site) {
        for (Recipient recipient : recipients) {
            if (recipient.id().equals(site)) {
                return recipient;
            }
        }
        return null;
    }
}
