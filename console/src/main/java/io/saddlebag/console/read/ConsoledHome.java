package io.saddlebag.console.read;

import io.saddlebag.cli.home.SiteKind;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.SiteStatus;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A home that the console shows. Its site's id names it in addresses of pages.
 *
 * @param kind judged by the files of the home, since the name of a site may be any
 */
public record ConsoledHome(SiteHome home, SiteId site, SiteKind kind) {
    /** @throws SiteStartException when the folder is no site's home */
    public static ConsoledHome of(Path folder) throws IOException, SiteStartException {
        SiteHome home = new SiteHome(folder);
        Settings.require(home);
        String name = Settings.read(home).getProperty("site.id", "").strip();
        try {
            SiteId site = SiteId.of(name);
            return new ConsoledHome(home, site, kind(home, site));
        } catch (IllegalArgumentException e) {
            throw new SiteStartException(
                    home.settingsFile() + ": expected site.id, found '" + Printable.of(name) + "'. Correct it", e);
        }
    }

    private static SiteKind kind(SiteHome home, SiteId site) {
        if (Files.exists(home.resolve("topology.yaml"))) {
            return SiteKind.HQ;
        }
        if (Files.exists(home.journal().resolve("rc.db"))) {
            return SiteKind.CENTRE;
        }
        return Files.exists(home.journal().resolve("lab.db"))
                ? SiteKind.LAB
                : SiteKind.of(site).orElse(SiteKind.LAB);
    }

    public boolean isHeadquarters() {
        return kind == SiteKind.HQ;
    }

    public boolean isLaboratory() {
        return kind == SiteKind.LAB;
    }

    public boolean isCentre() {
        return kind == SiteKind.CENTRE;
    }

    /** For people. */
    public String role() {
        return switch (kind) {
            case HQ -> "headquarters";
            case LAB -> "laboratory";
            case CENTRE -> "centre";
        };
    }

    /** The site's last word about itself; empty when it never wrote one. */
    public Optional<SiteStatus> status() {
        return SiteStatus.read(home);
    }

    /** The journal of a laboratory or a centre. */
    public Path journal() {
        return home.journal().resolve(isLaboratory() ? "lab.db" : "rc.db");
    }
}
