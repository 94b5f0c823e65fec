package io.saddlebag.site;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The paths of a site's home folder. Creates nothing.
 *
 * @param folder absolute and normalized
 */
public record SiteHome(Path folder) {
    public SiteHome {
        folder = Objects.requireNonNull(folder, "home folder").toAbsolutePath().normalize();
    }

    /** The operator's settings as {@code name=value} lines. */
    public Path settingsFile() {
        return folder.resolve("application.properties");
    }

    /** The integrator's YAML files of templated routes. */
    public Path routes() {
        return folder.resolve("routes");
    }

    /** The integrator's libraries for routes, a jar each. */
    public Path lib() {
        return folder.resolve("lib");
    }

    /** Certificates and private keys, mode 0700. */
    public Path identity() {
        return folder.resolve("identity");
    }

    /** Files being worked on; never a place for people. */
    public Path work() {
        return folder.resolve("work");
    }

    /** The site's own records, an SQLite database a file. */
    public Path journal() {
        return folder.resolve("journal");
    }

    /** The folder that says which process runs the home; see {@link RunningSite}. */
    public Path run() {
        return folder.resolve("run");
    }

    /** As {@link #resolve} takes it: relative to the home, or absolute outside it. */
    public String nameOf(Path path) {
        return path.startsWith(folder) ? folder.relativize(path).toString() : path.toString();
    }

    public boolean exists() {
        return Files.isRegularFile(settingsFile());
    }

    /** A path from a setting or a route's parameter: relative ones lie in the home. */
    public Path resolve(String path) {
        return folder.resolve(path).normalize();
    }
}
