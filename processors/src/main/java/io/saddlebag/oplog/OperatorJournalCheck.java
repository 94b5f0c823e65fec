package io.saddlebag.oplog;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.dsse.OperatorEntry;
import io.saddlebag.identity.Trust;
import io.saddlebag.message.Json;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Reads an operator journal and finds what does not hold: a signature, the chain, lines that are missing at the end. A
 * certificate counts as of its entry's time. For one thread.
 */
public final class OperatorJournalCheck {
    /** The name under which headquarters' proof log has the digest of {@link #note}. */
    public static final String LOGGED_AS = "operators";

    private final Path folder;
    private final Trust trust;
    private final SiteId site;
    private final Entries each;
    private final Consumer<String> fault;
    private long count;
    private OperatorFiles.Last before;
    private OperatorFiles.Last noted;
    private boolean isNotedFound;

    /** Takes an entry. */
    @FunctionalInterface
    public interface Entries {
        /** @param isSigned whether the site has signed it */
        void take(OperatorEntry entry, boolean isSigned);
    }

    private OperatorJournalCheck(SiteHome home, SiteId site, Trust trust, Entries each, Consumer<String> fault) {
        this.folder = OperatorFiles.folder(home);
        this.site = site;
        this.trust = trust;
        this.each = each;
        this.fault = fault;
    }

    /** True when somebody ever acted on the home by a command. */
    public static boolean isThere(SiteHome home) {
        return Files.exists(OperatorFiles.folder(home));
    }

    /**
     * Reads the journal from its beginning.
     *
     * @param each gets each entry that can be read, in order
     * @param fault gets a sentence for each thing that does not hold
     * @return how many lines there are
     */
    public static long read(SiteHome home, SiteId site, Trust trust, Entries each, Consumer<String> fault)
            throws IOException {
        OperatorJournalCheck check = new OperatorJournalCheck(home, site, trust, each, fault);
        check.read();
        return check.count;
    }

    /** The file that notes the last entry of a home. */
    public static Path note(SiteHome home) {
        return OperatorFiles.lastFile(OperatorFiles.folder(home));
    }

    /** True when the journal has an entry after which the note of the last one had that digest. */
    public static boolean reaches(SiteHome home, Sha256 note) throws IOException {
        Path file = OperatorFiles.lines(OperatorFiles.folder(home));
        if (!Files.exists(file)) {
            return false;
        }
        long number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                Sha256 last = Sha256.of(line.getBytes(StandardCharsets.UTF_8));
                if (Sha256.of(new OperatorFiles.Last(number, last).json()).equals(note)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void read() throws IOException {
        // Before the lines: a command may append meanwhile.
        noted = OperatorFiles.noted(folder);
        Path file = OperatorFiles.lines(folder);
        if (Files.exists(file)) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
                for (byte[] line = line(in); line != null; line = line(in)) {
                    count++;
                    take(line);
                }
            }
        }
        judgeEnd();
    }

    /** Null at the end; a last line without its end was never finished. */
    private byte[] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                return line.toByteArray();
            }
            if (line.size() > Envelope.MAX_SIZE) {
                fault.accept("expected line " + (count + 1) + " to have at most " + Envelope.MAX_SIZE
                        + " bytes, found more; the rest was not read");
                return null;
            }
            line.write(next);
        }
        return null;
    }

    private void take(byte[] line) {
        OperatorEntry entry;
        try {
            entry = Json.read(Envelope.parse(line).payload(), OperatorEntry.class);
        } catch (Refusal | IllegalArgumentException e) {
            fault.accept("expected an entry in line " + count + ", found: " + e.getMessage());
            before = null;
            return;
        }
        judgeChain(entry);
        String unsigned = unsigned(entry, line);
        if (unsigned != null) {
            fault.accept("entry " + entry.number() + ": " + unsigned);
        }
        each.take(entry, unsigned == null);
        before = new OperatorFiles.Last(entry.number(), Sha256.of(line));
        isNotedFound |= before.equals(noted);
    }

    private void judgeChain(OperatorEntry entry) {
        boolean follows = before == null
                ? count > 1 || entry.number() == 1 && entry.previous() == null
                : entry.number() == before.number() + 1 && before.sha256().equals(entry.previous());
        if (!follows) {
            fault.accept("expected entry " + entry.number() + " to follow the line before it"
                    + (before == null ? "" : ", entry " + before.number())
                    + ", found that it follows another: entries were changed or removed");
        }
    }

    /** Null when the site has signed it. */
    private String unsigned(OperatorEntry entry, byte[] line) {
        try {
            EnvelopeVerifier.Verified verified =
                    new EnvelopeVerifier(trust.asOf(entry.time())).verify(line, OperatorEntry.TYPE);
            boolean isOwn = verified.signer().equals(site)
                    && entry.siteId().equals(site)
                    && entry.networkId().equals(trust.networkId());
            return isOwn
                    ? null
                    : "expected one of " + site + " and signed by it, found one of " + entry.siteId() + ", signed by "
                            + verified.signer();
        } catch (Refusal e) {
            return e.getMessage();
        }
    }

    /** A kill may come between the line and the note of it, which is then one behind. */
    private void judgeEnd() {
        if (noted != null && !isNotedFound) {
            fault.accept("expected entry " + noted.number() + ", SHA-256 " + noted.sha256()
                    + ", as last.json notes it, found none: entries were changed, or removed from the end");
        } else if (noted == null && count > 1) {
            fault.accept("expected last.json to note the last of " + count + " entries, found none that can be read");
        }
    }
}
