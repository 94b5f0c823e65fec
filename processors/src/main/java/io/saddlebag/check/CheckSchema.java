package io.saddlebag.check;

import io.saddlebag.check.kind.Option;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON schema (draft 2020-12) of check files, for editors. It is made of the options by which {@link CheckFile} reads, so
 * that the two cannot differ.
 */
public final class CheckSchema {
    private CheckSchema() {}

    public static Map<String, Object> schema() {
        List<Object> kinds = new ArrayList<>();
        for (CheckFile.Kind kind : CheckFile.KINDS) {
            Map<String, Object> check = entry(kind.options());
            Map<String, Object> properties = new LinkedHashMap<>();
            properties.put("kind", Map.of("const", kind.name()));
            properties.putAll(map(check.get("properties")));
            check.put("properties", properties);
            List<Object> required = new ArrayList<>(List.of("kind"));
            required.addAll((List<?>) check.get("required"));
            check.put("required", required);
            kinds.add(check);
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Checks of a Saddlebag site: checks/*.yaml");
        schema.put("type", "array");
        schema.put("minItems", 1);
        schema.put("items", Map.of("oneOf", kinds));
        return schema;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private static Map<String, Object> entry(List<Option> options) {
        Map<String, Object> properties = new LinkedHashMap<>();
        options.forEach(option -> properties.put(option.name(), value(option)));
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("type", "object");
        entry.put("properties", properties);
        entry.put(
                "required",
                options.stream().filter(Option::isRequired).map(Option::name).toList());
        entry.put("additionalProperties", false);
        return entry;
    }

    private static Map<String, Object> value(Option option) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("description", option.description());
        if (option.usual() != null) {
            value.put("$comment", "default: " + option.usual());
        }
        Map<String, Object> text = Map.of("type", List.of("string", "number", "boolean"));
        switch (option.form()) {
            case COUNT -> {
                value.put("type", "integer");
                value.put("minimum", 0);
            }
            case NUMBER -> value.put("type", "number");
            case SWITCH -> value.put("type", "boolean");
            case TEXTS, GLOBS -> {
                Map<String, Object> texts = new LinkedHashMap<>();
                texts.put("type", "array");
                texts.put("minItems", 1);
                texts.put("items", text);
                value.put("anyOf", List.of(text, texts));
            }
            case ENTRIES -> {
                value.put("type", "array");
                value.put("minItems", 1);
                value.put("items", entry(option.fields()));
            }
            default -> value.putAll(option.choices().isEmpty() ? text : Map.of("enum", option.choices()));
        }
        return value;
    }
}
