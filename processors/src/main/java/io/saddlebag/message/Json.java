package io.saddlebag.message;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Writes and reads all JSON here: UTF-8, instants as ISO 8601. Duplicate keys, trailing text and values of another type
 * are refused; unknown fields are ignored so that a newer site may add some. Safe for any number of threads.
 */
public final class Json {
    private static final int MAX_DEPTH = 16;
    private static final String A_TIME = "2025-10-08T09:00:00Z";

    private static final JsonMapper MAPPER = mapper();

    private Json() {}

    private static JsonMapper mapper() {
        JsonMapper mapper = JsonMapper.builder()
                .addModule(new JavaTimeModule())
                .addModule(new SimpleModule().addDeserializer(Instant.class, new TimeReader()))
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .withCoercionConfig(
                        LogicalType.Textual, text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .build();
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .build());
        return mapper;
    }

    /** Takes text alone, where Jackson's own takes numbers too. */
    private static final class TimeReader extends StdDeserializer<Instant> {
        private static final long serialVersionUID = 1L;

        TimeReader() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser json, DeserializationContext context) throws IOException {
            String text = json.getValueAsString();
            try {
                return Instant.parse(String.valueOf(text));
            } catch (DateTimeException e) {
                return (Instant)
                        context.handleWeirdStringValue(Instant.class, text, "expected a time such as " + A_TIME);
            }
        }
    }

    /** The mapper itself, for Camel's Jackson data format. */
    public static JsonMapper mapperForRoutes() {
        return MAPPER;
    }

    public static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Cannot write " + value.getClass().getSimpleName() + " as JSON", e);
        }
    }

    /** One line, to be printed. */
    public static String text(Object value) {
        return new String(write(value), StandardCharsets.UTF_8);
    }

    /** Over several lines, to be printed. */
    public static String textForPeople(Object value) {
        return new String(writeForPeople(value), StandardCharsets.UTF_8);
    }

    /** Over several lines, for files that people read. */
    public static byte[] writeForPeople(Object value) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Cannot write " + value.getClass().getSimpleName() + " as JSON", e);
        }
    }

    /**
     * Reads what another site made.
     *
     * @throws Refusal {@code MALFORMED} when the bytes are not JSON of that type
     */
    public static <T> T readOrRefuse(byte[] json, Class<T> type) {
        try {
            return read(json, type);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Refusal.Code.MALFORMED, e.getMessage(), e);
        }
    }

    /**
     * @throws IllegalArgumentException when the bytes are not JSON of that type; the message says what was expected and
     *     where
     */
    public static <T> T read(byte[] json, Class<T> type) {
        try {
            T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new IllegalArgumentException(expected(type) + ", found null");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    expected(type) + ", found " + Printable.reason(found(e)) + Printable.of(where(e)), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(expected(type), e);
        }
    }

    /** Such as {@code Expected JSON (key bundle)}: the record's name in words. */
    private static String expected(Class<?> type) {
        Class<?> of = type.isArray() ? type.componentType() : type;
        String words =
                of.getSimpleName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
        return "Expected JSON (" + (type.isArray() ? "list, each " : "") + words + ")";
    }

    /** In words of ours: those of Jackson name classes. */
    private static String found(JsonProcessingException e) {
        if (e instanceof ValueInstantiationException) {
            String cause = e.getCause() == null ? null : e.getCause().getMessage();
            return cause == null ? "values that do not go together" : "a fault: " + cause;
        }
        if (e instanceof InvalidFormatException fault) {
            String form = fault.getTargetType() == Instant.class ? ", which is no time such as " + A_TIME : "";
            return "the value '" + Printable.of(String.valueOf(fault.getValue())) + "'" + form;
        }
        if (e instanceof JsonMappingException) {
            return "a value of another kind, or none";
        }
        if (e instanceof JsonEOFException) {
            return "a text that ends too early";
        }
        String original = String.valueOf(e.getOriginalMessage());
        if (original.startsWith("Duplicate field")) {
            return "a field twice: "
                    + Printable.of(
                            original.substring("Duplicate field".length()).strip());
        }
        JsonLocation place = e.getLocation();
        return "another text"
                + (place == null ? "" : " in line " + place.getLineNr() + ", column " + place.getColumnNr());
    }

    /** Such as {@code in the field 'recipients.[0].seq'}; empty when it is not known where. */
    private static String where(JsonProcessingException e) {
        if (!(e instanceof JsonMappingException fault) || fault.getPath().isEmpty()) {
            return "";
        }
        return fault.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                .collect(Collectors.joining(".", " in the field '", "'"));
    }
}
