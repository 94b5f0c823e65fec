package io.saddlebag.cli.where;

import io.saddlebag.hq.HqDatabase;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Finds out what became of messages, from the records of one home or several; several are joined by message_id. Reads only.
 * A running laboratory or centre asks headquarters over its own connection. For any number of threads.
 */
public final class WhereFinder {
    private final List<SiteHome> homes;
    private final HqReading headquarters;
    private final Clock clock;

    /** How headquarters' database is reached, so that a caller may keep a connection of its own. */
    @FunctionalInterface
    public interface HqReading {
        /** Gives a connection to read with to {@code use}, once. */
        void read(SiteHome home, Use use) throws IOException, SiteStartException;

        @FunctionalInterface
        interface Use {
            void with(Connection connection) throws IOException, SiteStartException;
        }

        /** As an audit does: a stopped headquarters' embedded database runs meanwhile. */
        HqReading OF_COMMANDS = (home, use) -> {
            try (HqDatabase database = HqDatabase.openToRead(home);
                    Connection snapshot = database.snapshot()) {
                use.with(snapshot);
            } catch (SQLException e) {
                throw new IOException(home.folder() + ": headquarters' database: " + e.getMessage(), e);
            }
        };
    }

    /** @param homes of sites of any kind, each once */
    public WhereFinder(List<SiteHome> homes, HqReading headquarters, Clock clock) {
        this.homes = List.copyOf(homes);
        this.headquarters = headquarters;
        this.clock = clock;
    }

    /**
     * @param what a message_id, its beginning with a star, the name of a file or folder, or the SHA-256 of a content
     * @throws SiteStartException when a folder is no home, or headquarters' database cannot be reached
     */
    public Whereabouts find(String what) throws IOException, SiteStartException {
        Findings findings = new Findings();
        open(0, new ArrayList<>(), Sought.of(what), findings);
        return findings.whereabouts();
    }

    /** Opens the homes from this one on, one within the other, and asks them when all are open. */
    private void open(int from, List<Records> opened, Sought sought, Findings findings)
            throws IOException, SiteStartException {
        if (from == homes.size()) {
            ask(opened, sought, findings);
            return;
        }
        SiteHome home = homes.get(from);
        SiteId site = site(home);
        Proofs proofs = new Proofs(home, clock);
        if (Files.exists(home.resolve("topology.yaml"))) {
            if (sought.pattern() == null) {
                findings.note(site + " knows no names and no digests of files. Ask it for a message_id");
            }
            headquarters.read(home, connection -> {
                opened.add(new HqRecords(site, proofs, StatusFile.of(home), connection));
                open(from + 1, opened, sought, findings);
            });
            return;
        }
        try (Records records = linked(home, site, proofs)) {
            opened.add(records);
            open(from + 1, opened, sought, findings);
        }
    }

    private static SiteId site(SiteHome home) throws IOException, SiteStartException {
        if (!home.exists()) {
            throw new SiteStartException(home.folder()
                    + ": expected a site's home with application.properties, found none. Name the folder that 'saddlebag"
                    + " init site' made");
        }
        return siteId(home, "site.id", "");
    }

    private static SiteId siteId(SiteHome home, String setting, String otherwise)
            throws IOException, SiteStartException {
        String name = Settings.read(home).getProperty(setting, otherwise).strip();
        try {
            return SiteId.of(name);
        } catch (IllegalArgumentException e) {
            throw new SiteStartException(
                    home.settingsFile() + ": expected " + setting + ", found '" + Printable.of(name) + "'. Correct it",
                    e);
        }
    }

    private static Records linked(SiteHome home, SiteId site, Proofs proofs) throws IOException, SiteStartException {
        SiteId hq = siteId(home, "hq.id", "DC-HQ");
        if (Files.exists(home.journal().resolve("lab.db"))) {
            return new LabRecords(new LinkedRecords(home, site, hq, "lab.db", proofs));
        }
        if (Files.exists(home.journal().resolve("rc.db"))) {
            return new CentreRecords(new LinkedRecords(home, site, hq, "rc.db", proofs));
        }
        throw new SiteStartException(
                home.folder() + ": expected the home of a site that was started, found no journal. Start it once");
    }

    private void ask(List<Records> opened, Sought sought, Findings findings) throws IOException {
        NavigableSet<MessageId> ids = new TreeSet<>();
        for (Records each : opened) {
            ids.addAll(each.ids(sought));
        }
        while (ids.size() > Records.MOST) {
            ids.pollFirst();
            findings.more();
        }
        opened.sort(Comparator.comparing(Records::rank));
        for (Records each : opened) {
            each.tell(ids, findings);
        }
        if (!sought.isDigest()) {
            for (Records each : opened) {
                each.untaken(sought.text(), ids).forEach(findings::untaken);
            }
        }
    }
}
