package io.saddlebag.site;

import io.saddlebag.files.Utf8File;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.HostAndPort;
import io.saddlebag.stomp.HostName;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A site's settings, read once at start and checked against what the site understands: an unknown
 * name or an invalid value aborts start-up. Immutable.
 */
public final class Settings {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");
    private static final Pattern BYTES = Pattern.compile("([0-9]{1,15})(B|KiB|MiB|GiB)?");
    private static final int MAX_PORT = 65_535;
    /** Longer times would overflow a count of nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(100_000);

    private final SiteHome home;
    private final Map<String, Setting> known;
    private final Map<String, String> values;

    private Settings(SiteHome home, Map<String, Setting> known, Map<String, String> values) {
        this.home = home;
        this.known = known;
        this.values = values;
    }

    /**
     * Reads the lines of the home's application.properties, and judges no name or value.
     *
     * @throws IOException when it cannot be read, or is no UTF-8 or has a broken escape; names the file
     */
    public static Properties read(SiteHome home) throws IOException {
        Properties properties = new Properties();
        String text = Utf8File.read(home.settingsFile());
        try {
            properties.load(new StringReader(text));
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    home.settingsFile()
                            + ": expected four hexadecimal digits after each \\u, found others. Write \\\\u for"
                            + " a backslash before a u",
                    e);
        }
        return properties;
    }

    /**
     * Before anything is made in a home: a wrong path, or a disk that is not mounted, leaves no folder behind.
     *
     * @throws SiteStartException when the home has no application.properties
     */
    public static void require(SiteHome home) throws SiteStartException {
        if (Files.notExists(home.settingsFile())) {
            throw none(home, null);
        }
    }

    private static SiteStartException none(SiteHome home, IOException cause) {
        return new SiteStartException(
                SiteStartException.Kind.NO_HOME,
                home.settingsFile()
                        + ": expected the site's settings, found none. Mount the disk or correct --home; a new home is"
                        + " made with: saddlebag init site SITE --ca DIR --home " + home.folder(),
                cause);
    }

    /**
     * Reads the home's application.properties.
     *
     * @param overrides values that count before the file's, from the command line
     * @throws SiteStartException when the file is missing, or a name or value is wrong; says file, line and remedy
     */
    public static Settings load(SiteHome home, Collection<Setting> understood, Map<String, String> overrides)
            throws SiteStartException {
        Path file = home.settingsFile();
        Properties properties;
        SettingLines lines;
        try {
            properties = read(home);
            lines = SettingLines.of(Utf8File.read(file));
        } catch (NoSuchFileException e) {
            throw none(home, e);
        } catch (IOException e) {
            throw new SiteStartException(
                    e.getMessage().startsWith(file + ":")
                            ? e.getMessage()
                            : file + ": expected settings that can be read, found " + Printable.reason(FaultText.of(e))
                                    + ". Check owner and mode",
                    e);
        }
        Map<String, Setting> known = new TreeMap<>();
        understood.forEach(setting -> known.put(setting.name(), setting));
        Map<String, String> values = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        for (String name : properties.stringPropertyNames()) {
            take(known, values, faults, name, properties.getProperty(name).strip(), file + ":" + lines.last(name));
        }
        lines.repeated()
                .forEach((name, places) -> faults.add(file + ":" + places.get(places.size() - 1) + ": expected "
                        + Printable.of(name) + " once, found it at line " + places.get(0)
                        + " too. Remove one of the lines"));
        overrides.forEach((name, value) -> take(known, values, faults, name, value.strip(), "command line"));
        for (Setting setting : understood) {
            // A setting that is there and wrong is a fault already.
            boolean isThere = properties.containsKey(setting.name()) || overrides.containsKey(setting.name());
            String other = setting.replacedBy();
            boolean isReplaced = other != null && (properties.containsKey(other) || overrides.containsKey(other));
            if (isThere && isReplaced) {
                faults.add(file + ": expected " + other + " or " + setting.name() + ", found both. Remove one of them");
            } else if (setting.defaultValue() == null && !setting.isFamily() && !isThere && !isReplaced) {
                faults.add(file + ": expected " + setting.name() + " ("
                        + setting.kind().description() + "), found nothing. Add the line " + setting.name() + "=... : "
                        + setting.meaning());
            }
        }
        if (!faults.isEmpty()) {
            throw new SiteStartException(String.join(System.lineSeparator(), faults));
        }
        return new Settings(home, known, values);
    }

    private static void take(
            Map<String, Setting> known,
            Map<String, String> values,
            List<String> faults,
            String name,
            String value,
            String place) {
        Setting setting = known.values().stream()
                .filter(each -> each.covers(name))
                .findFirst()
                .orElse(null);
        if (setting == null) {
            faults.add(place + ": expected one of " + String.join(", ", known.keySet()) + "; found "
                    + Printable.of(name) + ". Correct the name or remove the line");
        } else if (!fits(setting.kind(), value) || !setting.isWithinBounds(value)) {
            faults.add(place + ": expected for " + name + " " + setting.expected() + ", found '" + Printable.of(value)
                    + "'. " + setting.meaning());
        } else {
            values.put(name, value);
        }
    }

    /** True when a value has the form of its kind. */
    public static boolean fits(Setting.Kind kind, String value) {
        try {
            switch (kind) {
                case TEXT, PATH -> {
                    return !value.isBlank();
                }
                case SITE_ID -> SiteId.of(value);
                case HOST -> HostName.of(value);
                case ADDRESSES -> HostAndPort.several(value);
                case PORT -> {
                    return Integer.parseInt(value) >= 0 && Integer.parseInt(value) <= MAX_PORT;
                }
                case COUNT -> {
                    return Integer.parseInt(value) >= 0;
                }
                case BYTES -> bytesOf(value);
                case DURATION -> durationOf(value);
                case SWITCH -> {
                    return value.equals("true") || value.equals("false");
                }
                default -> throw new IllegalStateException("Unknown kind " + kind);
            }
            return true;
        } catch (IllegalArgumentException | ArithmeticException e) {
            return false;
        }
    }

    /**
     * One setting of a home whose other settings may have faults.
     *
     * @throws IOException when the settings cannot be read, or this one is no time
     */
    public static Duration duration(SiteHome home, String name, String usual) throws IOException {
        String value = read(home).getProperty(name, usual).strip();
        try {
            return durationOf(value);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    home.settingsFile() + ": expected for " + name + " " + Setting.Kind.DURATION.description()
                            + ", found '" + Printable.of(value) + "'. Correct it",
                    e);
        }
    }

    /**
     * Reads a time of settings and routes.
     *
     * @throws IllegalArgumentException when it is not of the form that {@link Setting.Kind#DURATION} has, or longer than
     *     100,000 days
     */
    public static Duration durationOf(String value) {
        Matcher matcher = DURATION.matcher(value);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(value);
        }
        long amount = Long.parseLong(matcher.group(1));
        Duration duration =
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    case "h" -> Duration.ofHours(amount);
                    default -> Duration.ofDays(amount);
                };
        if (duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(value);
        }
        return duration;
    }

    /** @throws IllegalArgumentException when it does not have the form of {@link Setting.Kind#BYTES} */
    public static long bytesOf(String value) {
        Matcher matcher = BYTES.matcher(value);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(value);
        }
        String unit = matcher.group(2) == null ? "B" : matcher.group(2);
        int shift =
                switch (unit) {
                    case "KiB" -> 10;
                    case "MiB" -> 20;
                    case "GiB" -> 30;
                    default -> 0;
                };
        return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
    }

    public SiteHome home() {
        return home;
    }

    /** The value, or the default; an empty text where the default is empty. */
    public String text(String name) {
        Setting setting = known.get(name);
        if (setting == null) {
            throw new IllegalStateException("No setting " + name + " is declared");
        }
        return values.getOrDefault(name, setting.defaultValue());
    }

    /**
     * The value of a setting whose form is more than its kind.
     *
     * @param reading refuses a value with an IllegalArgumentException that says what was expected
     * @throws SiteStartException when it refuses; names file and setting
     */
    public <T> T read(String name, Function<String, T> reading) throws SiteStartException {
        try {
            return reading.apply(text(name));
        } catch (IllegalArgumentException e) {
            throw new SiteStartException(
                    home.settingsFile() + ": " + name + ": " + Printable.reason(e.getMessage()) + ". Correct it", e);
        }
    }

    public SiteId siteId(String name) {
        return SiteId.of(text(name));
    }

    public HostName host(String name) {
        return HostName.of(text(name));
    }

    /** Empty when it is not set. */
    public List<HostAndPort> addresses(String name) {
        return text(name).isEmpty() ? List.of() : HostAndPort.several(text(name));
    }

    public int port(String name) {
        return Integer.parseInt(text(name));
    }

    public int count(String name) {
        return Math.toIntExact(Long.parseLong(text(name)));
    }

    public long bytes(String name) {
        return bytesOf(text(name));
    }

    public Duration duration(String name) {
        return durationOf(text(name));
    }

    public Path path(String name) {
        return home.resolve(text(name));
    }

    /**
     * The values of a family of names, by the part that is in the place of the star.
     *
     * @param family as it was declared, such as {@code recipient.*}
     */
    public Map<String, String> family(String family) {
        Map<String, String> members = new TreeMap<>();
        values.forEach((name, value) -> known.get(family).member(name).ifPresent(member -> members.put(member, value)));
        return members;
    }

    /** A route's parameter with the settings that it names as {@code {{name}}}. */
    public String filled(String parameter) {
        String filled = parameter;
        for (Map.Entry<String, String> each : forPlaceholders().entrySet()) {
            filled = filled.replace("{{" + each.getKey() + "}}", each.getValue());
        }
        return filled;
    }

    /** Every setting that has a value, defaults included, as the routes' {@code {{name}}} placeholders see them. */
    public Map<String, String> forPlaceholders() {
        Map<String, String> all = new TreeMap<>();
        known.forEach((name, setting) -> {
            if (!setting.isFamily() && setting.defaultValue() != null) {
                all.put(name, setting.defaultValue());
            }
        });
        all.putAll(values);
        return all;
    }
}
