package io.saddlebag.hq.publish;

import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.Part;
import io.saddlebag.stomp.StompFrame;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A SEND to an exchange, read but not yet believed.
 *
 * @param routingKeys in the order of the header, none twice; empty for parts after the first
 * @param senderId null when the client left it out
 * @param sentTimestamp null when the client left it out
 * @param receivers null when the client left them out
 * @param envelope the manifest's DSSE envelope; empty for parts after the first
 * @param body the envelope, then the bytes of the sealed message, as they came; of a question the envelope alone
 */
record PublishFrame(
        String exchange,
        List<String> routingKeys,
        MessageId messageId,
        SiteId senderId,
        Instant sentTimestamp,
        Set<SiteId> receivers,
        Part part,
        byte[] envelope,
        byte[] body) {
    static final int MAX_MANIFEST = 64 * 1024;

    private static final int MAX_KEYS = 64;
    private static final Pattern LENGTH = Pattern.compile("[1-9][0-9]{0,8}");

    /** @throws Refusal {@code MALFORMED} or {@code TOO_LARGE}, naming the header at fault */
    static PublishFrame of(StompFrame frame) {
        String exchange = HqProperties.required(frame, Headers.DESTINATION).substring(Headers.EXCHANGE_PREFIX.length());
        Part part = part(frame);
        int split = part.number() == 1 ? manifestLength(frame) : 0;
        byte[] body = frame.body();
        if (body.length - split > Manifest.PART_SIZE) {
            throw new Refusal(
                    Code.TOO_LARGE,
                    "Expected at most " + Manifest.PART_SIZE + " bytes of the sealed message in a part, found "
                            + (body.length - split) + ". Send it in parts of that size");
        }
        String senderId = frame.header(Headers.SENDER_ID);
        String sent = frame.header(Headers.SENT_TIMESTAMP);
        String receivers = frame.header(Headers.RECEIVER_CLIENT_ID);
        return new PublishFrame(
                exchange,
                part.number() == 1 ? routingKeys(frame) : List.of(),
                messageId(frame),
                senderId == null ? null : siteId(Headers.SENDER_ID, senderId),
                sent == null ? null : instant(sent),
                receivers == null ? null : receivers(receivers),
                part,
                Arrays.copyOf(body, split),
                body);
    }

    /** True when it brings no bytes and only asks which part is wanted next. */
    boolean isQuestion() {
        return part.number() == 1 && !part.isLast() && size() == 0;
    }

    /** The same without bytes of the sealed message. */
    PublishFrame withoutBytes() {
        return new PublishFrame(
                exchange, routingKeys, messageId, senderId, sentTimestamp, receivers, part, envelope, envelope);
    }

    /** The size of the sealed message's bytes. */
    int size() {
        return body.length - envelope.length;
    }

    /** The bytes of the sealed message; copied only when a manifest comes along. */
    byte[] bytes() {
        return envelope.length == 0 ? body : Arrays.copyOfRange(body, envelope.length, body.length);
    }

    private static Part part(StompFrame frame) {
        String value = frame.header(Headers.PART);
        try {
            return value == null ? Part.WHOLE : Part.of(value);
        } catch (IllegalArgumentException e) {
            throw malformed(Headers.PART, "k/n such as 1/3 with k at most n", value);
        }
    }

    private static int manifestLength(StompFrame frame) {
        String value = HqProperties.required(frame, Headers.MANIFEST_LENGTH);
        int length = LENGTH.matcher(value).matches() ? Integer.parseInt(value) : 0;
        if (length == 0 || length > frame.body().length) {
            throw malformed(
                    Headers.MANIFEST_LENGTH, "a number of bytes from 1 to the body's " + frame.body().length, value);
        }
        if (length > MAX_MANIFEST) {
            throw new Refusal(
                    Code.TOO_LARGE, "Expected a manifest of at most " + MAX_MANIFEST + " bytes, found " + length);
        }
        return length;
    }

    private static List<String> routingKeys(StompFrame frame) {
        Set<String> keys = new LinkedHashSet<>();
        for (String key : HqProperties.required(frame, Headers.ROUTING_KEY).split(",", -1)) {
            keys.add(key.strip());
        }
        if (keys.size() > MAX_KEYS) {
            throw new Refusal(Code.TOO_LARGE, "Expected at most " + MAX_KEYS + " routing keys, found " + keys.size());
        }
        return new ArrayList<>(keys);
    }

    private static MessageId messageId(StompFrame frame) {
        String value = HqProperties.required(frame, Headers.MESSAGE_ID);
        try {
            return MessageId.of(value);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Code.MALFORMED, e.getMessage(), e);
        }
    }

    private static SiteId siteId(String header, String value) {
        try {
            return SiteId.of(value);
        } catch (IllegalArgumentException e) {
            throw malformed(header, "a site id such as FL-LAB", value);
        }
    }

    private static Instant instant(String value) {
        try {
            return Instant.parse(value);
        } catch (DateTimeException e) {
            throw malformed(Headers.SENT_TIMESTAMP, "a time such as 2025-10-08T09:00:00Z", value);
        }
    }

    private static Set<SiteId> receivers(String value) {
        Set<SiteId> receivers = new LinkedHashSet<>();
        for (String each : value.split(",", -1)) {
            receivers.add(siteId(Headers.RECEIVER_CLIENT_ID, each.strip()));
        }
        return receivers;
    }

    private static Refusal malformed(String header, String expected, String found) {
        return new Refusal(
                Code.MALFORMED,
                "Expected in the header " + header + " " + expected + ", found '" + Printable.of(found) + "'");
    }
}
