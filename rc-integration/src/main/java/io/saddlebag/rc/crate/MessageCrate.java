package io.saddlebag.rc.crate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.files.tree.FolderWalk;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;

/**
 * The description of one message as <a href="https://w3id.org/ro/crate/1.1">RO-Crate 1.1</a>: its files with digests, who
 * sent it to whom and when, and what the receipt says of it. The root of the crate is the folder in which the payload
 * lies. Memory does not grow with the number of files. Immutable.
 *
 * @param payloadName the file or folder of the payload
 * @param fileName as dropped
 * @param contentSize of the content; of a folder that of its tar
 * @param contentSha256 of the same
 * @param contentHmac by which the receipt proves the content
 */
public record MessageCrate(
        MessageId messageId,
        SiteId sender,
        SiteId receiver,
        Instant sent,
        Instant received,
        String payloadName,
        String fileName,
        String contentType,
        long contentSize,
        Sha256 contentSha256,
        Sha256 manifestSha256,
        Sha256 contentHmac) {
    /** The name that the specification gives to the file. */
    static final String METADATA = "ro-crate-metadata.json";

    private static final String VERSION = "https://w3id.org/ro/crate/1.1";
    private static final String ROOT = "./";
    private static final String RECEIPT = "#receipt";
    private static final JsonFactory JSON = new JsonFactory();

    /** Describes a message of one file. */
    public void writeFile(OutputStream out) throws IOException {
        try (JsonGenerator json = open(out)) {
            root(json, DroppedCrate.NONE, encoded(payloadName));
            file(json, encoded(payloadName), fileName, contentSize, contentSha256, contentType);
            end(json);
        }
    }

    /**
     * Describes a message that is a folder. Reads all of it.
     *
     * @param folder in which nobody else can exchange names
     */
    public void writeFolder(Path folder, OutputStream out) throws IOException {
        String id = encoded(payloadName) + "/";
        try (JsonGenerator json = open(out)) {
            root(json, DroppedCrate.in(folder), id);
            begin(json, id, "Dataset");
            json.writeStringField("name", fileName);
            json.writeArrayFieldStart("hasPart");
            FolderWalk names = new FolderWalk(folder, FolderLimits.NONE);
            for (FolderWalk.Entry entry = names.next(); entry != null; entry = names.next()) {
                if (!entry.isFolder()) {
                    reference(json, id + encoded(entry.path()));
                }
            }
            json.writeEndArray();
            json.writeEndObject();
            FolderWalk files = new FolderWalk(folder, FolderLimits.NONE);
            for (FolderWalk.Entry entry = files.next(); entry != null; entry = files.next()) {
                if (!entry.isFolder()) {
                    file(json, id + encoded(entry.path()), entry.path(), entry.size(), digest(entry), null);
                }
            }
            end(json);
        }
    }

    private static Sha256 digest(FolderWalk.Entry entry) throws IOException {
        try (InputStream in = FolderTar.open(entry.file())) {
            return Sha256.of(in, entry.size());
        }
    }

    private static JsonGenerator open(OutputStream out) throws IOException {
        JsonGenerator json = JSON.createGenerator(out);
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        json.useDefaultPrettyPrinter();
        json.writeStartObject();
        json.writeArrayFieldStart("@context");
        json.writeString(VERSION + "/context");
        json.writeStartObject();
        json.writeStringField("sha256", "http://schema.org/sha256");
        json.writeEndObject();
        json.writeEndArray();
        json.writeArrayFieldStart("@graph");
        begin(json, METADATA, "CreativeWork");
        link(json, "about", ROOT);
        link(json, "conformsTo", VERSION);
        json.writeEndObject();
        return json;
    }

    private void root(JsonGenerator json, DroppedCrate dropped, String part) throws IOException {
        begin(json, ROOT, "Dataset");
        json.writeStringField("name", dropped.name() == null ? fileName : dropped.name());
        json.writeStringField(
                "description",
                dropped.description() == null
                        ? "Message " + messageId + " of " + sender + ", received by " + receiver
                        : dropped.description());
        json.writeStringField("datePublished", received.toString());
        json.writeArrayFieldStart("identifier");
        json.writeString(messageId.value());
        if (dropped.identifier() != null) {
            json.writeString(dropped.identifier());
        }
        json.writeEndArray();
        String licence = dropped.licenceIsAddress() ? dropped.licence() : "#licence";
        link(json, "license", licence);
        link(json, "sourceOrganization", site(sender));
        json.writeArrayFieldStart("hasPart");
        reference(json, part);
        json.writeEndArray();
        link(json, "mentions", "#delivery");
        json.writeEndObject();
        begin(json, licence, "CreativeWork");
        json.writeStringField("name", licenceName(dropped));
        json.writeStringField("description", "The licence as " + sender + " states it");
        json.writeEndObject();
    }

    /** The specification asks for a licence. */
    private static String licenceName(DroppedCrate dropped) {
        if (dropped.licence() == null) {
            return "No licence stated";
        }
        return dropped.licenceName() == null ? dropped.licence() : dropped.licenceName();
    }

    private static void file(JsonGenerator json, String id, String name, long size, Sha256 sha256, String contentType)
            throws IOException {
        begin(json, id, "File");
        json.writeStringField("name", name);
        json.writeStringField("contentSize", Long.toString(size));
        json.writeStringField("sha256", sha256.toString());
        if (contentType != null) {
            json.writeStringField("encodingFormat", contentType);
        }
        json.writeEndObject();
    }

    private void end(JsonGenerator json) throws IOException {
        organization(json, sender);
        organization(json, receiver);
        begin(json, "#delivery", "ReceiveAction");
        json.writeStringField("name", "Delivery of " + messageId);
        link(json, "agent", site(receiver));
        link(json, "sender", site(sender));
        link(json, "object", ROOT);
        json.writeStringField("startTime", sent.toString());
        json.writeStringField("endTime", received.toString());
        link(json, "result", RECEIPT);
        json.writeEndObject();
        begin(json, RECEIPT, "DigitalDocument");
        json.writeStringField("name", "Delivery receipt of " + messageId + ", signed by " + receiver);
        json.writeStringField(
                "description",
                "The signed receipt is with the sender (" + messageId
                        + ".receipts.json) and in the receiver's journal");
        json.writeArrayFieldStart("identifier");
        reference(json, "#manifest-sha256");
        reference(json, "#content-sha256");
        reference(json, "#content-hmac");
        json.writeEndArray();
        json.writeEndObject();
        value(json, "#manifest-sha256", "manifest_sha256", manifestSha256);
        value(json, "#content-sha256", "content_sha256", contentSha256);
        value(json, "#content-hmac", "content_hmac", contentHmac);
        json.writeEndArray();
        json.writeEndObject();
        json.writeRaw('\n');
    }

    private static void organization(JsonGenerator json, SiteId site) throws IOException {
        begin(json, site(site), "Organization");
        json.writeStringField("name", site.value());
        json.writeEndObject();
    }

    private static void value(JsonGenerator json, String id, String name, Sha256 value) throws IOException {
        begin(json, id, "PropertyValue");
        json.writeStringField("name", name);
        json.writeStringField("propertyID", name);
        json.writeStringField("value", value.toString());
        json.writeEndObject();
    }

    private static String site(SiteId site) {
        return "urn:saddlebag:site:" + site;
    }

    private static void begin(JsonGenerator json, String id, String type) throws IOException {
        json.writeStartObject();
        json.writeStringField("@id", id);
        json.writeStringField("@type", type);
    }

    private static void link(JsonGenerator json, String name, String id) throws IOException {
        json.writeFieldName(name);
        reference(json, id);
    }

    private static void reference(JsonGenerator json, String id) throws IOException {
        json.writeStartObject();
        json.writeStringField("@id", id);
        json.writeEndObject();
    }

    /** A path as a relative reference (RFC 3986): each byte of UTF-8 that is not unreserved as {@code %XX}. */
    static String encoded(String path) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : path.getBytes(StandardCharsets.UTF_8)) {
            boolean isPlain = each >= 'a' && each <= 'z'
                    || each >= 'A' && each <= 'Z'
                    || each >= '0' && each <= '9'
                    || "-._~/".indexOf(each) >= 0;
            encoded.append(isPlain ? Character.toString(each) : "%%%02X".formatted(each & 0xFF));
        }
        return encoded.toString();
    }
}
