package io.saddlebag.console.read;

import io.saddlebag.message.Printable;
import io.saddlebag.site.Settings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A zip of the facts about a home that help somebody who is far away. It has no key, no passphrase, no content and no
 * journal. A setting whose name or value may hold a secret is there by name alone. Route files are there by name
 * and size, because a route may name a password.
 */
public final class SupportBundle {
    /** As they are: the site itself writes them, for everybody of its group. */
    private static final List<String> WHOLE =
            List.of("run/status.json", "run/site.json", "run/metrics.prom", "run/audit.json", "topology.yaml");

    private static final List<String> LISTED = List.of("", "routes", "lib", "identity", "run", "journal");
    private static final Pattern SECRET =
            Pattern.compile("(?i).*(password|passphrase|secret|token|credential|webhook|command).*");
    private static final Pattern URL = Pattern.compile("[a-z][a-z0-9+.:-]*//.*");
    private static final int MOST_FILES = 500;
    private static final long LARGEST = 16 << 20;

    private SupportBundle() {}

    /** @param version of this program */
    public static void write(ConsoledHome home, String version, Instant now, OutputStream out) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
            add(zip, "about.txt", about(home, version, now));
            add(zip, "settings.txt", settings(home));
            add(zip, "files.txt", files(home));
            for (String name : WHOLE) {
                Path file = home.home().resolve(name);
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) <= LARGEST) {
                    add(zip, name, whole(file));
                }
            }
        }
    }

    /** A site at work replaces its files, and one that stops removes some. */
    private static byte[] whole(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return new byte[0];
        }
    }

    private static void add(ZipOutputStream zip, String name, String text) throws IOException {
        add(zip, name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }

    private static String about(ConsoledHome home, String version, Instant now) {
        return String.join(
                "\n",
                home.site() + ", " + home.role(),
                "made " + now,
                version,
                "Java " + System.getProperty("java.runtime.version") + " of " + System.getProperty("java.vendor"),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors() + " processors",
                "locale " + Locale.getDefault() + ", file names in " + System.getProperty("sun.jnu.encoding"),
                "");
    }

    /** As the site reads them, by name: a continued line or an escape hides no secret. */
    static String settings(ConsoledHome home) {
        try {
            Properties settings = Settings.read(home.home());
            return settings.stringPropertyNames().stream()
                    .sorted()
                    .map(name -> Printable.whole(
                            harmless(name, settings.getProperty(name).strip())))
                    .collect(Collectors.joining("\n", "", "\n"));
        } catch (IOException e) {
            return "They cannot be read: " + e.getMessage() + "\n";
        }
    }

    private static String harmless(String name, String value) {
        boolean isFile = name.endsWith("-file");
        return !isFile && (SECRET.matcher(name).matches() || URL.matcher(value).matches())
                ? name + "=(not shown)"
                : name + "=" + value;
    }

    private static String files(ConsoledHome home) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String folder : LISTED) {
            Path listed = home.home().resolve(folder);
            if (!Files.isDirectory(listed, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            try (Stream<Path> entries = Files.list(listed)) {
                for (Path entry : entries.sorted().limit(MOST_FILES).toList()) {
                    PosixFileAttributes look;
                    try {
                        look = Files.readAttributes(entry, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                    } catch (NoSuchFileException e) {
                        // A site at work took it away.
                        continue;
                    }
                    text.append(String.format(
                            Locale.ROOT,
                            "%s %s %s %12d %s %s%n",
                            PosixFilePermissions.toString(look.permissions()),
                            look.owner().getName(),
                            look.group().getName(),
                            look.size(),
                            look.lastModifiedTime().toInstant(),
                            home.home().nameOf(entry)));
                }
            }
        }
        return text.toString();
    }
}
