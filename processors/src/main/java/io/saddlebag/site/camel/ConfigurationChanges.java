package io.saddlebag.site.camel;

import io.saddlebag.message.Printable;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells, once a change, of settings and jars that were changed after the start: they count from the next start on.
 * For one thread at a time.
 */
final class ConfigurationChanges {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationChanges.class);

    private final SiteHome home;
    private Map<Path, Look> known;

    private record Look(FileTime modified, long size) {}

    /** Takes what is there now for what the site runs with. */
    ConfigurationChanges(SiteHome home) throws IOException {
        this.home = home;
        this.known = look();
    }

    /** The step of the route {@code configuration-changes}. */
    void tell() throws IOException {
        Map<Path, Look> now = look();
        TreeSet<Path> files = new TreeSet<>(known.keySet());
        files.addAll(now.keySet());
        files.removeIf(file -> now.containsKey(file) && now.get(file).equals(known.get(file)));
        files.forEach(file -> LOG.warn(
                "{}: {} after the start; that counts from the next start on",
                Printable.of(file.toString()),
                !now.containsKey(file) ? "removed" : known.containsKey(file) ? "changed" : "added"));
        known = now;
    }

    private Map<Path, Look> look() throws IOException {
        TreeSet<Path> files = new TreeSet<>(HomeLibraries.filesOf(home));
        files.add(home.settingsFile());
        Map<Path, Look> looks = new TreeMap<>();
        for (Path file : files) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                looks.put(file, new Look(attributes.lastModifiedTime(), attributes.size()));
            } catch (NoSuchFileException e) {
                LOG.debug("{}: gone since it was listed", file);
            }
        }
        return looks;
    }
}
