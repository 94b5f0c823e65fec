package io.saddlebag.message;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import java.io.IOException;
import java.time.Instant;

/** Reads a {@link Message}; fields that it does not know are passed over. */
final class MessageReader extends StdDeserializer<Message> {
    private static final long serialVersionUID = 1L;

    MessageReader() {
        super(Message.class);
    }

    @Override
    public Message deserialize(JsonParser json, DeserializationContext context) throws IOException {
        return JsonFields.object(json, MessageReader::message);
    }

    private static Message message(JsonParser json) throws IOException {
        MessageId messageId = null;
        SiteId sender = null;
        Instant sent = null;
        String encoding = null;
        String fileName = null;
        String contentType = null;
        long size = 0;
        Sha256 sha256 = null;
        FolderFacts folder = null;
        for (String field = JsonFields.next(json); field != null; field = JsonFields.next(json)) {
            switch (field) {
                case "message_id" -> messageId = new MessageId(JsonFields.text(json));
                case "sender_id" -> sender = new SiteId(JsonFields.text(json));
                case "sent_timestamp" -> sent = JsonFields.instant(json);
                case "content_encoding" -> encoding = JsonFields.text(json);
                case "file_name" -> fileName = JsonFields.text(json);
                case "content_type" -> contentType = JsonFields.text(json);
                case "size" -> size = JsonFields.number(json);
                case "sha256" -> sha256 = JsonFields.sha256(json);
                case "folder" ->
                    folder = json.currentToken() == JsonToken.VALUE_NULL
                            ? null
                            : JsonFields.object(json, MessageReader::folder);
                default -> json.skipChildren();
            }
        }
        return new Message(messageId, sender, sent, encoding, fileName, contentType, size, sha256, folder);
    }

    private static FolderFacts folder(JsonParser json) throws IOException {
        long files = 0;
        long bytes = 0;
        boolean bag = false;
        for (String field = JsonFields.next(json); field != null; field = JsonFields.next(json)) {
            switch (field) {
                case "files" -> files = JsonFields.number(json);
                case "bytes" -> bytes = JsonFields.number(json);
                case "bag" -> bag = JsonFields.flag(json);
                default -> json.skipChildren();
            }
        }
        return new FolderFacts(files, bytes, bag);
    }
}
