package io.saddlebag.check.kind;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import io.saddlebag.check.kind.Option.Form;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Kind {@code json}: a JSON text, or each line of JSON lines, by a JSON Schema. The schema judges a tree in memory, so that a
 * text has a limit; lines have it each. No schema is fetched from elsewhere.
 */
public final class JsonCheck implements ContentCheck {
    public static final String NAME = "json";

    public static final List<Option> OPTIONS = List.of(
            Option.required(
                    "schema",
                    Form.TEXT,
                    "The file of the JSON Schema in checks/; draft 2020-12 unless it names another"),
            Option.optional("lines", Form.SWITCH, "false", "Whether each line is a JSON text of its own"),
            Option.optional(
                    "at-most",
                    Form.SIZE,
                    "256KiB",
                    "The longest text, or line; at most 1MiB, since it is held in memory as a tree"));

    private static final int MOST = 1024 * 1024;
    /** The most bytes of a text of which all faults are listed. */
    private static final int LISTED_BYTES = 16 * 1024;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Schema schema;
    private final boolean isLines;
    private final int atMost;

    /** @throws IllegalArgumentException naming what was expected and found */
    public JsonCheck(Options options, Path home) {
        String name = options.text("schema");
        isLines = options.isOn("lines");
        long most = options.count("at-most");
        if (most < 1 || most > MOST) {
            throw new IllegalArgumentException("for at-most a size from 1 to 1MiB, found " + most + ". Correct it");
        }
        atMost = (int) most;
        try {
            JsonNode tree = MAPPER.readTree(Files.readAllBytes(options.file("schema", home)));
            schema = SchemaRegistry.withDefaultDialect(
                            SpecificationVersion.DRAFT_2020_12,
                            registry -> registry.schemaRegistryConfig(SchemaRegistryConfig.builder()
                                    .formatAssertionsEnabled(true)
                                    .preloadSchema(true)
                                    .build()))
                    .getSchema(tree);
            schema.validate(MAPPER.createObjectNode());
        } catch (IOException | SchemaException e) {
            throw new IllegalArgumentException(
                    "a JSON Schema in the file " + Printable.of(name) + ", found " + Printable.reason(FaultText.of(e))
                            + ". Correct it",
                    e);
        }
    }

    @Override
    public MessageCheck begin(Faults faults, Path work) {
        return new MessageCheck() {
            @Override
            public FileCheck file(String path, long size) {
                return new Text(path, faults);
            }
        };
    }

    private final class Text implements FileCheck {
        private final String path;
        private final Faults faults;
        private byte[] held = new byte[4096];
        private int length;
        private long line = 1;
        private boolean isTooLong;

        Text(String path, Faults faults) {
            this.path = path;
            this.faults = faults;
        }

        @Override
        public void update(byte[] bytes, int offset, int count) {
            int end = offset + count;
            int from = offset;
            for (int at = offset; isLines && at < end; at++) {
                if (bytes[at] == '\n') {
                    hold(bytes, from, at);
                    judge();
                    line++;
                    from = at + 1;
                }
            }
            hold(bytes, from, end);
        }

        private void hold(byte[] bytes, int from, int to) {
            int more = to - from;
            if (more > atMost - length) {
                isTooLong = true;
                return;
            }
            if (length + more > held.length) {
                held = Arrays.copyOf(held, Math.min(atMost, Math.max(2 * held.length, length + more)));
            }
            System.arraycopy(bytes, from, held, length, more);
            length += more;
        }

        private void judge() {
            if (isTooLong) {
                faults.add(path, isLines ? line : 0, 0, "a JSON text of at most " + atMost + " bytes");
            } else if (length > 0 || !isLines) {
                judge(held, length);
            }
            length = 0;
            isTooLong = false;
        }

        private void judge(byte[] text, int size) {
            JsonNode tree;
            try {
                tree = MAPPER.readTree(text, 0, size);
            } catch (JsonProcessingException e) {
                JsonLocation at = e.getLocation();
                faults.add(
                        path,
                        isLines ? line : at == null ? 0 : at.getLineNr(),
                        at == null ? 0 : Math.max(0, at.getColumnNr()),
                        "JSON, each name once in an object");
                return;
            } catch (IOException e) {
                throw new IllegalStateException("Nothing is read but memory", e);
            }
            if (tree == null || tree.isMissingNode()) {
                faults.add(path, isLines ? line : 0, 0, "a JSON text");
                return;
            }
            for (Error error : errors(tree, size)) {
                long element = element(error.getInstanceLocation());
                faults.add(
                        path,
                        isLines ? line : 0,
                        0,
                        (element < 0 ? "" : "in element " + element + ", from 0, ") + "what "
                                + error.getEvaluationPath() + " of the schema asks for");
            }
        }

        /** The faults; the first alone of a large text, which could have one in each of its bytes. */
        private List<Error> errors(JsonNode tree, int size) {
            try {
                return schema.validate(
                        tree, context -> context.executionConfig(config -> config.failFast(size > LISTED_BYTES)));
            } catch (StackOverflowError e) {
                faults.add(path, isLines ? line : 0, 0, "a JSON text that is less deep, with shorter values");
                return List.of();
            }
        }

        /** The place in the first list on the way. Names on the way may be values of the content. */
        private static long element(NodePath place) {
            for (int i = 0; i < place.getNameCount(); i++) {
                if (place.getElement(i) instanceof Integer index) {
                    return index;
                }
            }
            return -1;
        }

        @Override
        public void end() {
            if (!isLines || length > 0 || isTooLong) {
                judge();
            }
            held = new byte[0];
        }
    }
}
