package io.saddlebag.check.kind;

import io.saddlebag.files.PathGlob;
import io.saddlebag.message.Printable;
import io.saddlebag.site.Setting.Kind;
import io.saddlebag.site.Settings;
import io.saddlebag.site.YamlFile;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The values that a check file gives the options of one check, each of its form. Immutable. */
public final class Options {
    private final Map<String, Object> values;

    private Options(Map<String, Object> values) {
        this.values = values;
    }

    /** With a fault in the file for each key that is unknown, lacking or wrong. */
    public static Options read(YamlFile file, Node node, List<Option> options) {
        Set<String> required = new TreeSet<>();
        Set<String> optional = new TreeSet<>();
        options.forEach(option -> (option.isRequired() ? required : optional).add(option.name()));
        Map<String, Node> nodes = file.mapping(node, required, optional);
        Map<String, Object> values = new LinkedHashMap<>();
        for (Option option : options) {
            Node given = nodes.get(option.name());
            if (given != null) {
                Object value = value(file, given, option);
                if (value != null) {
                    values.put(option.name(), value);
                }
            } else if (option.usual() != null) {
                values.put(option.name(), parsed(option, option.usual()));
            }
        }
        return new Options(values);
    }

    private static Object value(YamlFile file, Node node, Option option) {
        String expected = "for " + option.name() + " " + expected(option);
        switch (option.form()) {
            case ENTRIES -> {
                List<Options> entries = new ArrayList<>();
                file.sequence(node, expected).forEach(each -> entries.add(read(file, each, option.fields())));
                return entries;
            }
            case TEXTS, GLOBS -> {
                List<Object> texts = new ArrayList<>();
                List<Node> nodes = node instanceof SequenceNode list ? list.getValue() : List.of(node);
                for (Node each : nodes) {
                    Object text = scalar(file, each, option, expected);
                    if (text != null) {
                        texts.add(text);
                    }
                }
                if (nodes.isEmpty()) {
                    file.fault(node, "expected " + expected + ", found none. Add one, or remove " + option.name());
                }
                return texts;
            }
            default -> {
                return scalar(file, node, option, expected);
            }
        }
    }

    private static Object scalar(YamlFile file, Node node, Option option, String expected) {
        String text = file.text(node, expected);
        try {
            return text.isEmpty() && option.form() != Option.Form.TEXTS
                    ? fault(file, node, expected, text)
                    : parsed(option, text);
        } catch (IllegalArgumentException e) {
            return fault(file, node, expected, text);
        }
    }

    private static Object fault(YamlFile file, Node node, String expected, String text) {
        file.fault(node, "expected " + expected + ", found '" + Printable.of(text) + "'. Correct it");
        return null;
    }

    private static String expected(Option option) {
        return option.choices().isEmpty()
                ? option.form().description()
                : "one of " + String.join(", ", option.choices());
    }

    private static Object parsed(Option option, String text) {
        switch (option.form()) {
            case TEXT -> {
                if (!option.choices().isEmpty() && !option.choices().contains(text)) {
                    throw new IllegalArgumentException(text);
                }
                return text;
            }
            case COUNT -> {
                require(Settings.fits(Kind.COUNT, text), text);
                return Long.parseLong(text);
            }
            case NUMBER -> {
                return new BigDecimal(text);
            }
            case SIZE -> {
                require(Settings.fits(Kind.BYTES, text), text);
                return Settings.bytesOf(text);
            }
            case DURATION -> {
                return Settings.durationOf(text);
            }
            case SWITCH -> {
                require(Settings.fits(Kind.SWITCH, text), text);
                return Boolean.parseBoolean(text);
            }
            case PATTERN -> {
                try {
                    return Pattern.compile(text);
                } catch (PatternSyntaxException e) {
                    throw new IllegalArgumentException(text, e);
                }
            }
            case GLOBS -> {
                return PathGlob.of(text);
            }
            default -> {
                return text;
            }
        }
    }

    private static void require(boolean holds, String text) {
        if (!holds) {
            throw new IllegalArgumentException(text);
        }
    }

    /** Null when it was not given and has no default. */
    public String text(String name) {
        return (String) values.get(name);
    }

    /**
     * The file of that path in {@code checks/}, which the site alone may change and a back-up has.
     *
     * @throws IllegalArgumentException when it lies elsewhere
     */
    Path file(String name, Path home) {
        Path file = home.resolve(text(name)).normalize();
        if (!file.startsWith(home.resolve("checks"))) {
            throw new IllegalArgumentException("for " + name + " a file in checks/ of the home, found "
                    + Printable.of(text(name)) + ". Put it there");
        }
        return file;
    }

    boolean isOn(String name) {
        return (boolean) values.get(name);
    }

    /** Null when it was not given and has no default. */
    Long count(String name) {
        return (Long) values.get(name);
    }

    /** As {@link #count}. */
    BigDecimal number(String name) {
        return (BigDecimal) values.get(name);
    }

    /** As {@link #count}. */
    Duration duration(String name) {
        return (Duration) values.get(name);
    }

    /** As {@link #count}. */
    /** Java's expressions recurse; a value that is too long for one does not match it. */
    static boolean matches(Pattern pattern, String value) {
        try {
            return pattern.matcher(value).matches();
        } catch (StackOverflowError e) {
            return false;
        }
    }

    Pattern pattern(String name) {
        return (Pattern) values.get(name);
    }

    /** Empty when there are none. */
    List<String> texts(String name) {
        return list(name, String.class);
    }

    /** Empty when there are none. */
    public List<PathGlob> globs(String name) {
        return list(name, PathGlob.class);
    }

    /** Empty when there are none. */
    List<Options> entries(String name) {
        return list(name, Options.class);
    }

    private <T> List<T> list(String name, Class<T> type) {
        List<?> list = (List<?>) values.getOrDefault(name, List.of());
        return list.stream().map(type::cast).toList();
    }
}
