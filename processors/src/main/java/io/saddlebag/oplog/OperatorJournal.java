package io.saddlebag.oplog;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.OperatorEntry;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.access.Ownership;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.site.OwnIdentity;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Path;
import java.security.Provider;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Appends to a home's operator journal, {@code operators/journal.jsonl}: one envelope a line. A line is on the disk before
 * {@link #append} returns, and a caller acts after that, so that no action is without its line. Commands of several
 * processes take turns. Each line names the digest of the one before.
 *
 * <p>A kill can leave an unfinished line, whose action was not begun; the next append removes it.
 */
public final class OperatorJournal {
    /** A larger action has several lines, so that each stays far below {@link Envelope#MAX_SIZE}. */
    private static final int MOST_TARGETS = 200;

    private static final int LONGEST_TEXT = 1000;

    private final Path folder;
    private final SiteIdentity identity;
    private final Operator operator;
    private final Clock clock;
    private final Provider ed25519 = CryptoProviders.portable().signature();

    /** @param identity signs each entry */
    public OperatorJournal(SiteHome home, SiteIdentity identity, Operator operator, Clock clock) {
        this.folder = OperatorFiles.folder(home);
        this.identity = identity;
        this.operator = operator;
        this.clock = clock;
    }

    /**
     * The journal of a home, for whoever runs this process.
     *
     * @throws IOException when the site's signing key cannot be used, so that no action can be signed
     */
    public static OperatorJournal of(SiteHome home) throws IOException {
        return new OperatorJournal(
                home,
                SiteIdentity.load(home.identity(), OwnIdentity.passphrase(home)),
                Operator.current(),
                Clock.systemUTC());
    }

    /** As {@link #append(String, List, String)}, for a command that acts once. */
    public static void append(SiteHome home, String action, List<String> targets, String reason) throws IOException {
        of(home).append(action, targets, reason);
    }

    /**
     * Writes down an action that is about to begin.
     *
     * @param reason null when there is none
     * @throws IOException when the line is not on the disk; nothing may be done then
     */
    public void append(String action, List<String> targets, String reason) throws IOException {
        requireOwner();
        AtomicFiles.createPrivateFolder(folder);
        try (OperatorFiles files = OperatorFiles.lock(folder)) {
            for (int from = 0; from == 0 || from < targets.size(); from += MOST_TARGETS) {
                List<String> part = targets.subList(from, Math.min(targets.size(), from + MOST_TARGETS));
                append(files, action, part.stream().map(OperatorJournal::text).toList(), text(reason));
            }
        }
    }

    /** Root can write anything, and the site nothing of it afterwards. */
    private void requireOwner() throws IOException {
        Ownership home = Ownership.of(folder.getParent());
        if (Ownership.thisUser() == 0 && !home.isOf(0)) {
            throw new IOException(folder.getParent() + ": expected the user that owns the home, number " + home.owner()
                    + ", found root. Run the command as the user that runs the site, such as by sudo -u");
        }
    }

    /** A text as an entry has it: printable, and not too long. */
    public static String text(String given) {
        if (given == null) {
            return null;
        }
        String shown = Printable.of(given);
        return shown.length() > LONGEST_TEXT ? shown.substring(0, LONGEST_TEXT) + "..." : shown;
    }

    private void append(OperatorFiles files, String action, List<String> targets, String reason) throws IOException {
        OperatorFiles.Last last = files.last();
        OperatorEntry entry = new OperatorEntry(
                identity.trust().networkId(),
                identity.site(),
                last == null ? 1 : last.number() + 1,
                last == null ? null : last.sha256(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                operator.user(),
                operator.sudoUser(),
                action,
                targets,
                reason);
        files.append(
                entry.number(),
                Envelope.signed(identity, OperatorEntry.TYPE, Json.write(entry), ed25519)
                        .write());
    }
}
