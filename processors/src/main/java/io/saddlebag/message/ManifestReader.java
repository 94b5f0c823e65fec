package io.saddlebag.message;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** Reads a {@link Manifest}; fields that it does not know are passed over. */
final class ManifestReader extends StdDeserializer<Manifest> {
    private static final long serialVersionUID = 1L;

    ManifestReader() {
        super(Manifest.class);
    }

    @Override
    public Manifest deserialize(JsonParser json, DeserializationContext context) throws IOException {
        return JsonFields.object(json, ManifestReader::manifest);
    }

    private static Manifest manifest(JsonParser json) throws IOException {
        Sha256 networkId = null;
        MessageId messageId = null;
        Instant sent = null;
        Instant expires = null;
        Priority priority = null;
        Manifest.Sender sender = null;
        List<Manifest.Recipient> recipients = null;
        Manifest.Routing routing = null;
        Manifest.Body body = null;
        long parts = 0;
        for (String field = JsonFields.next(json); field != null; field = JsonFields.next(json)) {
            switch (field) {
                case "network_id" -> networkId = JsonFields.sha256(json);
                case "message_id" -> messageId = new MessageId(JsonFields.text(json));
                case "sent_timestamp" -> sent = JsonFields.instant(json);
                case "expires" -> expires = JsonFields.instant(json);
                case "priority" -> priority = priority(json);
                case "sender" -> sender = JsonFields.object(json, ManifestReader::sender);
                case "recipients" ->
                    recipients = JsonFields.list(json, item -> JsonFields.object(item, ManifestReader::recipient));
                case "routing" -> routing = JsonFields.object(json, ManifestReader::routing);
                case "body" -> body = JsonFields.object(json, ManifestReader::body);
                case "parts" -> parts = JsonFields.number(json);
                default -> json.skipChildren();
            }
        }
        return new Manifest(
                networkId,
                messageId,
                sent,
                expires,
                priority,
                sender,
                recipients,
                routing,
                body,
                Math.toIntExact(parts));
    }

    private static Manifest.Sender sender(JsonParser json) throws IOException {
        SiteId id = null;
        Sha256 fingerprint = null;
        for (String field = JsonFields.next(json); field != null; field = JsonFields.next(json)) {
            switch (field) {
                case "id" -> id = new SiteId(JsonFields.text(json));
                case "fingerprint" -> fingerprint = JsonFields.sha256(json);
                default -> json.skipChildren();
            }
        }
        return new Manifest.Sender(id, fingerprint);
    }

    private static Manifest.Recipient recipient(JsonParser json) throws IOException {
        SiteId id = null;
        String keyId = null;
        long seq = 0;
        Sha256 prev = null;
        for (String field = JsonFields.next(json); field != null; field = JsonFields.next(json)) {
            switch (field) {
                case "id" -> id = new SiteId(JsonFields.text(json));
                case "key_id" -> keyId = JsonFields.text(json);
                case "seq" -> seq = JsonFields.number(json);
                case "prev" -> prev = JsonFields.sha256(json);
                default -> json.skipChildren();
            }
        }
        return new Manifest.Recipient(id, keyId, seq, prev);
    }

    private static Manifest.Routing routing(JsonParser json) throws IOException {
        String exchange = null;
        List<String> keys = null;
        for (String field = JsonFields.next(json); field != null; field = JsonFields.next(json)) {
            switch (field) {
                case "exchange" -> exchange = JsonFields.text(json);
                case "routing_keys" -> keys = JsonFields.list(json, JsonFields::text);
                default -> json.skipChildren();
            }
        }
        return new Manifest.Routing(exchange, keys);
    }

    private static Manifest.Body body(JsonParser json) throws IOException {
        String format = null;
        long size = 0;
        Sha256 sha256 = null;
        for (String field = JsonFields.next(json); field != null; field = JsonFields.next(json)) {
            switch (field) {
                case "format" -> format = JsonFields.text(json);
                case "size" -> size = JsonFields.number(json);
                case "sha256" -> sha256 = JsonFields.sha256(json);
                default -> json.skipChildren();
            }
        }
        return new Manifest.Body(format, size, sha256);
    }

    private static Priority priority(JsonParser json) throws IOException {
        String text = JsonFields.text(json);
        return text == null ? null : Priority.ofText(text);
    }
}
