package io.saddlebag.check.kind;

import java.util.List;

/**
 * An option of a check, declared once: the reader of check files, their JSON schema and the documents go by it.
 *
 * @param usual the default; null when it has none
 * @param choices the words that it may be; empty for any
 * @param fields of each entry; empty unless the form is {@link Form#ENTRIES}
 */
public record Option(
        String name,
        Form form,
        boolean isRequired,
        String usual,
        String description,
        List<String> choices,
        List<Option> fields) {
    /** The forms of values. */
    public enum Form {
        TEXT("a text"),
        COUNT("a whole number of 0 or more"),
        NUMBER("a number such as 0.5"),
        SIZE("a size such as 64KiB or 16MiB"),
        DURATION("a time such as 30s or 5m"),
        SWITCH("true or false"),
        PATTERN("a regular expression"),
        TEXTS("a text or a list of texts"),
        GLOBS("a path in the folder such as data/*.csv or **/*.tmp, or a list of them"),
        ENTRIES("a list of maps");

        private final String description;

        Form(String description) {
            this.description = description;
        }

        public String description() {
            return description;
        }
    }

    static Option required(String name, Form form, String description) {
        return new Option(name, form, true, null, description, List.of(), List.of());
    }

    static Option optional(String name, Form form, String usual, String description) {
        return new Option(name, form, false, usual, description, List.of(), List.of());
    }

    static Option choice(String name, List<String> choices, String usual, String description) {
        return new Option(name, Form.TEXT, false, usual, description, choices, List.of());
    }

    static Option entries(String name, String description, List<Option> fields) {
        return new Option(name, Form.ENTRIES, true, null, description, List.of(), fields);
    }
}
