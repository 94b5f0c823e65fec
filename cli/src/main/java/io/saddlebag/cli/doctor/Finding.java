package io.saddlebag.cli.doctor;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * A line of the doctor.
 *
 * @param subject what was examined, in a word
 * @param found one sentence
 * @param remedy empty where nothing is to be done
 */
public record Finding(
        @JsonProperty("level") Level level,
        @JsonProperty("subject") String subject,
        @JsonProperty("found") String found,
        @JsonProperty("remedy") String remedy) {
    /** In the order in which a reader needs them. */
    public enum Level {
        OK,
        WARN,
        FAIL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Finding ok(String subject, String found) {
        return new Finding(Level.OK, subject, found, "");
    }

    static Finding warn(String subject, String found, String remedy) {
        return new Finding(Level.WARN, subject, found, remedy);
    }

    static Finding fail(String subject, String found, String remedy) {
        return new Finding(Level.FAIL, subject, found, remedy);
    }

    /** One line for a terminal. */
    public String line() {
        return String.format(
                Locale.ROOT, "%-4s  %-12s  %s%s", level, subject, found, remedy.isEmpty() ? "" : ". " + remedy);
    }
}
