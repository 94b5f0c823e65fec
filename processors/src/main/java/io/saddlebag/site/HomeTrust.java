package io.saddlebag.site;

import io.saddlebag.files.FileTree;
import io.saddlebag.files.access.Ownership;
import io.saddlebag.files.access.PathTrust;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that only the user that runs a site, and root, can change the site's settings, routes, libraries, keys and own folders.
 * Judged at the start, before anything there is read. For one thread.
 */
public final class HomeTrust {
    private static final Logger LOG = LoggerFactory.getLogger(HomeTrust.class);
    /** Folders whose content decides what the site does, so that each file in them is judged. */
    private static final List<String> BELIEVED = List.of("routes", "lib", "checks", "identity");
    /** Where the site makes, moves and deletes files by path. */
    private static final List<String> OWN =
            List.of("work", "journal", "run", "keys", "spool", "renewals", "sent", "failed");

    private static final int MOST_LEVELS = 16;

    private final SiteHome home;
    private final PathTrust trust;

    private HomeTrust(SiteHome home, PathTrust trust) {
        this.home = home;
        this.trust = trust;
    }

    /**
     * Judges the home.
     *
     * @throws SiteStartException with one line a fault, each with what to do
     */
    public static HomeTrust require(SiteHome home) throws SiteStartException {
        try {
            HomeTrust judged = new HomeTrust(
                    home,
                    new PathTrust(Ownership.thisUser(), home.folder(), line -> LOG.warn("{}", Printable.reason(line))));
            judged.trust.judge(home.folder());
            judged.trust.judge(home.settingsFile());
            for (String name : BELIEVED) {
                judged.judgeTree(home.resolve(name), 0);
            }
            for (String name : OWN) {
                judged.trust.judgeOwn(home.resolve(name));
            }
            judged.requireNoFault();
            return judged;
        } catch (IOException e) {
            throw unreadable(home, e);
        }
    }

    /** As {@link #requireFile(Path)}, of a home that is judged by itself. */
    public static void requireFile(SiteHome home, Path file) throws SiteStartException {
        try {
            new HomeTrust(
                            home,
                            new PathTrust(
                                    Ownership.thisUser(),
                                    home.folder(),
                                    line -> LOG.warn("{}", Printable.reason(line))))
                    .requireFile(file);
        } catch (IOException e) {
            throw unreadable(home, e);
        }
    }

    private void judgeTree(Path file, int level) throws IOException {
        trust.judge(file);
        if (Files.isDirectory(file) && level < MOST_LEVELS) {
            FileTree.forEach(file, entry -> judgeTree(entry, level + 1));
        }
    }

    /**
     * Judges a file that a setting names, such as a topology or a passphrase; one that is not there is no fault here.
     *
     * @throws SiteStartException when others could change it
     */
    public void requireFile(Path file) throws SiteStartException {
        judge(() -> trust.judge(file));
    }

    /**
     * Judges the folders that lead to folders in which others may write.
     *
     * @throws SiteStartException when others could exchange one of them
     */
    public void requireParents(Collection<Path> folders) throws SiteStartException {
        judge(() -> {
            for (Path folder : folders) {
                trust.judgeParents(folder);
            }
        });
    }

    /**
     * Judges folders that people read from, and the folders that lead to them.
     *
     * @throws SiteStartException when others could exchange one of them or what the site makes in it
     */
    public void requireShared(Collection<Path> folders) throws SiteStartException {
        judge(() -> {
            for (Path folder : folders) {
                trust.judgeShared(folder);
            }
        });
    }

    @FunctionalInterface
    private interface Judgement {
        void make() throws IOException;
    }

    private void judge(Judgement judgement) throws SiteStartException {
        try {
            judgement.make();
        } catch (IOException e) {
            throw unreadable(home, e);
        }
        requireNoFault();
    }

    private void requireNoFault() throws SiteStartException {
        List<String> faults = trust.faults();
        if (!faults.isEmpty()) {
            throw new SiteStartException(String.join(System.lineSeparator(), faults));
        }
    }

    private static SiteStartException unreadable(SiteHome home, IOException e) {
        return new SiteStartException(
                home.folder() + ": expected a home whose owners and modes can be read, found "
                        + Printable.reason(FaultText.of(e)) + ". Run the site as the user that owns it",
                e);
    }
}
