package io.saddlebag.site;

import java.util.Objects;

/**
 * One setting that a site understands; docs/configuration.md lists them.
 *
 * @param name as it stands in application.properties; one that ends in {@code .*} stands for a family of names
 * @param kind of the value, checked when the file is read
 * @param defaultValue null when the setting is required
 * @param meaning a sentence for the operator, with the unit
 */
public record Setting(String name, Kind kind, String defaultValue, String meaning) {
    public Setting {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(meaning, "meaning");
    }

    public static Setting required(String name, Kind kind, String meaning) {
        return new Setting(name, kind, null, meaning);
    }

    public static Setting optional(String name, Kind kind, String defaultValue, String meaning) {
        return new Setting(name, kind, Objects.requireNonNull(defaultValue, "default"), meaning);
    }

    boolean isFamily() {
        return name.endsWith(".*");
    }

    boolean covers(String candidate) {
        return isFamily()
                ? candidate.startsWith(name.substring(0, name.length() - 1)) && candidate.length() > name.length() - 1
                : name.equals(candidate);
    }

    /** What a value must look like. */
    public enum Kind {
        TEXT("a text"),
        SITE_ID("a site id such as FL-LAB"),
        PORT("a port from 0 to 65535"),
        COUNT("a whole number of 0 or more"),
        BYTES("a size such as 64KiB, 1MiB or a number of bytes"),
        DURATION("a time such as 500ms, 2s, 5m or 1h"),
        SWITCH("true or false"),
        PATH("a path, relative to the home or absolute");

        private final String description;

        Kind(String description) {
            this.description = description;
        }

        /** As errors say it, such as {@code a whole number of 0 or more}. */
        public String description() {
            return description;
        }
    }
}
