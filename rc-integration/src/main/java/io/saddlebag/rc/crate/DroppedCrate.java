package io.saddlebag.rc.crate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The values of the root of an RO-Crate that a laboratory dropped itself, as a folder or as a bag around one. They are the
 * sender's, and nothing but text. Each is null when there is none.
 *
 * @param licence an address, or its name
 * @param licenceName what the crate calls that address
 * @param identifier the first one, such as a DOI
 */
record DroppedCrate(String name, String description, String licence, String licenceName, String identifier) {
    static final DroppedCrate NONE = new DroppedCrate(null, null, null, null, null);

    private static final Logger LOG = LoggerFactory.getLogger(DroppedCrate.class);
    private static final List<String> PLACES = List.of(MessageCrate.METADATA, "data/" + MessageCrate.METADATA);
    private static final int LONGEST = 4096;
    private static final Pattern ADDRESS = Pattern.compile("https?://[\\x21-\\x7E&&[^\"<>\\\\^`{|}]]+");
    /** The most bytes of a crate's metadata; a larger file describes nothing. */
    private static final long LARGEST = 64L * 1024 * 1024;
    /** Keeps no table of names: the file is a sender's. */
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(100)
                    .maxStringLength(1024 * 1024)
                    .maxNameLength(256)
                    .build())
            .build();

    boolean licenceIsAddress() {
        return licence != null && ADDRESS.matcher(licence).matches();
    }

    /**
     * Reads the crate a token at a time. One that is not in order describes nothing.
     *
     * @param folder in which nobody else can exchange names
     */
    static DroppedCrate in(Path folder) {
        for (String place : PLACES) {
            Path file = folder.resolve(place);
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                try {
                    return read(file);
                } catch (IOException e) {
                    LOG.info("{}: no RO-Crate that this site can read; described without it", place);
                    LOG.debug("not read", e);
                }
            }
        }
        return NONE;
    }

    private static DroppedCrate read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new IOException("expected at most " + LARGEST + " bytes, found " + Files.size(file));
        }
        String root = find(file, MessageCrate.METADATA).map(Entity::about).orElse("./");
        Entity dataset = find(file, root).orElse(Entity.EMPTY);
        Optional<Entity> licence = dataset.licence == null ? Optional.empty() : find(file, dataset.licence);
        String licenceName = licence.map(each -> each.name).orElse(null);
        String stated = dataset.licence;
        boolean isAddress = stated != null && ADDRESS.matcher(stated).matches();
        return new DroppedCrate(
                dataset.name,
                dataset.description,
                isAddress || licenceName == null ? stated : licenceName,
                licenceName,
                dataset.identifier == null || dataset.identifier.startsWith("#") ? null : dataset.identifier);
    }

    /** The values of one entity that count here. */
    private static final class Entity {
        private static final Entity EMPTY = new Entity();

        private String id;
        private String about;
        private String name;
        private String description;
        private String licence;
        private String identifier;

        String about() {
            return about;
        }

        void take(String field, String value) {
            switch (field) {
                case "@id" -> id = value;
                case "about" -> about = value;
                case "name" -> name = value;
                case "description" -> description = value;
                case "license" -> licence = value;
                case "identifier" -> identifier = value;
                default -> {
                    // Not used here.
                }
            }
        }
    }

    private static Optional<Entity> find(Path file, String id) throws IOException {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
                JsonParser json = JSON.createParser(in)) {
            require(json.nextToken(), JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean isGraph = json.currentName().equals("@graph");
                JsonToken value = json.nextToken();
                if (!isGraph) {
                    json.skipChildren();
                    continue;
                }
                require(value, JsonToken.START_ARRAY);
                while (json.nextToken() == JsonToken.START_OBJECT) {
                    Entity entity = entity(json);
                    if (id.equals(entity.id)) {
                        return Optional.of(entity);
                    }
                }
            }
            return Optional.empty();
        }
    }

    private static void require(JsonToken found, JsonToken expected) throws IOException {
        if (found != expected) {
            throw new IOException("expected " + expected + ", found " + found);
        }
    }

    private static Entity entity(JsonParser json) throws IOException {
        Entity entity = new Entity();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            entity.take(field, text(json));
        }
        return entity;
    }

    /** A text, the {@code @id} or {@code @value} of an object, or the first of several; null of anything else. */
    private static String text(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            String text = json.getText();
            return text.length() <= LONGEST && !text.isBlank() ? text : null;
        }
        String found = null;
        if (json.currentToken() == JsonToken.START_ARRAY) {
            while (json.nextToken() != JsonToken.END_ARRAY) {
                String one = text(json);
                found = found == null ? one : found;
            }
        } else if (json.currentToken() == JsonToken.START_OBJECT) {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                String one = text(json);
                found = field.equals("@id") || field.equals("@value") ? one : found;
            }
        }
        return found;
    }
}
