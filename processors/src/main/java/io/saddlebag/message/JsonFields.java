package io.saddlebag.message;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads objects field by field, for the few that are read for every message: three times as fast as binding by
 * annotations. The parser is at the value's first token before each call and at its last one after it.
 */
public final class JsonFields {
    private JsonFields() {}

    /** Reads one value. */
    public interface Reader<T> {
        T read(JsonParser json) throws IOException;
    }

    /** Reads an object by a reader that may refuse what it reads; a refusal tells where it is. */
    public static <T> T object(JsonParser json, Reader<T> reader) throws IOException {
        require(json, JsonToken.START_OBJECT, "an object");
        try {
            return reader.read(json);
        } catch (RuntimeException e) {
            throw JsonMappingException.from(json, e.getMessage(), e);
        }
    }

    /** Goes to the value of the object's next field; returns the field's name, null at the object's end. */
    public static String next(JsonParser json) throws IOException {
        String name = json.nextFieldName();
        if (name != null) {
            json.nextToken();
        }
        return name;
    }

    /** Text, or null. */
    public static String text(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        require(json, JsonToken.VALUE_STRING, "text");
        return json.getText();
    }

    static long number(JsonParser json) throws IOException {
        require(json, JsonToken.VALUE_NUMBER_INT, "a whole number");
        return json.getLongValue();
    }

    static boolean flag(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_FALSE) {
            require(json, JsonToken.VALUE_TRUE, "true or false");
        }
        return json.getBooleanValue();
    }

    /** A digest, or null. */
    static Sha256 sha256(JsonParser json) throws IOException {
        String text = text(json);
        return text == null ? null : new Sha256(text);
    }

    /** A time, or null. */
    static Instant instant(JsonParser json) throws IOException {
        String text = text(json);
        try {
            return text == null ? null : UtcTime.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "Expected a time such as 2025-10-08T09:00:00Z, found '" + Printable.of(text) + "'", e);
        }
    }

    /** A list, or null. */
    public static <T> List<T> list(JsonParser json, Reader<T> item) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        require(json, JsonToken.START_ARRAY, "a list");
        List<T> items = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            items.add(item.read(json));
        }
        return items;
    }

    private static void require(JsonParser json, JsonToken expected, String word) throws IOException {
        if (json.currentToken() != expected) {
            throw MismatchedInputException.from(
                    json,
                    (Class<?>) null,
                    "Expected " + word + " in the field '" + json.currentName() + "', found " + json.currentToken());
        }
    }
}
