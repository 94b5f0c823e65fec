package io.saddlebag.cli.backup;

import io.saddlebag.files.FileTree;
import io.saddlebag.files.LinkHold;
import io.saddlebag.journal.JournalReader;
import io.saddlebag.lab.claim.DropClaims;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The journal of a laboratory or centre, as one snapshot has it; of a laboratory the files that it works on and its
 * receipts too. Sealed files in {@code work/} are kept from before the snapshot on; the others are found where they are
 * now, since they never change. For one thread.
 */
final class LabParts implements AutoCloseable {
    /** A large message that came and went while the journal was copied has the copy made again. */
    private static final int TRIES = 3;

    private static final String UNSETTLED =
            "SELECT message_id, state, sealed IS NULL, claim_place FROM message WHERE state IN ('CLAIMED', 'SEALED')";
    private static final String SEALED = ".age";

    private final SiteHome home;
    private final String journal;
    private final Path copy;
    private final LinkHold hold;

    private LabParts(SiteHome home, String journal, LinkHold hold) {
        this.home = home;
        this.journal = journal;
        this.copy = home.journal().resolve("." + journal + ".backup");
        this.hold = hold;
    }

    /** @param journal {@code lab.db} or {@code rc.db} */
    static LabParts open(SiteHome home, String journal) throws IOException {
        boolean isLab = journal.equals("lab.db") && Files.isDirectory(home.work());
        LabParts parts = new LabParts(home, journal, isLab ? LinkHold.open(home.work()) : null);
        try {
            parts.begin();
            return parts;
        } catch (IOException | RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    private void begin() throws IOException {
        for (int tries = 1; tries <= TRIES; tries++) {
            removeCopy();
            if (hold != null) {
                hold.link(SEALED);
            }
            JournalReader.copy(home.journal().resolve(journal), copy);
            if (hold == null) {
                return;
            }
            hold.link(SEALED);
            if (!lacksSealed()) {
                return;
            }
        }
    }

    /** True when a message of the copy has its sealed form in a file that is gone already. */
    private boolean lacksSealed() throws IOException {
        boolean[] lacks = {false};
        try (JournalReader read = JournalReader.open(copy)) {
            read.forEach(
                    UNSETTLED,
                    row -> lacks[0] |= row.getString(2).equals("SEALED")
                            && row.getBoolean(3)
                            && !Files.exists(hold.of(home.work().resolve(row.getString(1) + SEALED))));
        }
        return lacks[0];
    }

    /** @param handed whether the files that the site keeps for people are wanted too */
    void add(BackupWriter backup, boolean handed) throws IOException {
        HomeFiles files = new HomeFiles(home, backup);
        files.addFile(copy, "journal/" + journal);
        if (handed) {
            addHanded(files);
        }
        if (hold == null) {
            return;
        }
        files.addBelow(hold.of(home.work()), "work");
        addUnsettled(files);
        Path sent = home.resolve("sent");
        if (Files.isDirectory(sent)) {
            FileTree.forEach(sent, file -> {
                String name = file.getFileName().toString();
                if (name.endsWith(SentReceipts.SUFFIX)) {
                    files.addFile(file, "sent/" + name);
                }
            });
        }
    }

    private void addHanded(HomeFiles files) throws IOException {
        try (JournalReader read = JournalReader.open(copy)) {
            HandedFiles handed = new HandedFiles(home, files, read);
            if (journal.equals("lab.db")) {
                handed.addSent();
            } else {
                handed.addOutboxes();
            }
        }
    }

    private void addUnsettled(HomeFiles files) throws IOException {
        Path claims = DropClaims.baseIn(home.work());
        try (JournalReader then = JournalReader.open(copy)) {
            then.forEach(UNSETTLED, row -> {
                String id = row.getString(1);
                String place = row.getString(4);
                Path work = home.work().resolve(id);
                // It moves from the claims to work/, and from there to sent/ or failed/.
                boolean isAdded =
                        place != null && addClaim(files, claims.resolve(place)) || files.addTree(work, "work/" + id);
                if (!isAdded) {
                    addSent(files, id);
                }
            });
        }
    }

    private boolean addClaim(HomeFiles files, Path claim) throws IOException {
        boolean isFolder = Files.isDirectory(claim, LinkOption.NOFOLLOW_LINKS);
        boolean isAdded = files.addTree(claim, "work/" + home.work().relativize(claim));
        if (isFolder && !Files.isDirectory(claim, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(claim + ": expected the folder there until it was read, found that it had moved on."
                    + " Back up again");
        }
        return isAdded;
    }

    /** The file of a message that was sent since the snapshot. */
    private void addSent(HomeFiles files, String id) throws IOException {
        try (JournalReader now = JournalReader.open(home.journal().resolve(journal))) {
            now.forEach(
                    "SELECT kept_as FROM message WHERE message_id = ? AND kept_as IS NOT NULL",
                    kept -> files.addTree(home.resolve("sent").resolve(kept.getString(1)), "work/" + id),
                    id);
        }
    }

    /** Files that SQLite may have next to it, too. */
    private void removeCopy() throws IOException {
        String name = copy.getFileName().toString();
        FileTree.forEach(home.journal(), entry -> {
            if (entry.getFileName().toString().startsWith(name)) {
                Files.deleteIfExists(entry);
            }
        });
    }

    @Override
    public void close() throws IOException {
        removeCopy();
        if (hold != null) {
            hold.close();
        }
    }
}
