package io.saddlebag.audit;

import io.saddlebag.audit.Ledger.Entry;
import io.saddlebag.journal.JournalReader;
import io.saddlebag.lab.LabSettings;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Checks that every file that a laboratory ever claimed is in exactly one place, unaltered: journal against {@code work/},
 * {@code sent/} and {@code failed/}, both ways. For one thread.
 */
final class LabAudit {
    private static final String SEALED_SUFFIX = ".age";
    static final String REASON = ".reason.json";
    /** Ends the name of a failed file that would pass for a reason. */
    private static final String NO_REASON = ".file";

    private static final String FAILED = "failed";
    private static final String DUPLICATE = ".duplicate";
    /** A folder that holds what a dropped folder travelled without. */
    private static final String LEFT_OUT = ".+[.](ignored|excluded)([.][0-9]+)?";

    private static final String DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}";

    private final SiteHome home;
    private final SiteId site;
    private final Ledger ledger;
    private final KeptFiles kept;
    private final SiteAccount account;
    private final ReceiptAudit receipts;
    private final GapAudit gaps;
    private final List<Path> days = new ArrayList<>();

    /**
     * @param ledger gets an entry for each message and recipient
     * @throws IOException when the settings cannot be read
     */
    LabAudit(AuditedHome audited, Ledger ledger) throws IOException {
        this.home = audited.home();
        this.site = audited.site();
        this.ledger = ledger;
        this.kept = new KeptFiles(ledger);
        this.account = new SiteAccount(site, home);
        this.gaps = new GapAudit(home, account, LabSettings.overtakenAfter(home), Instant.now());
        this.receipts = new ReceiptAudit(home, account, LabSettings.proofWithin(home), Clock.systemUTC());
    }

    /** @throws IOException when the journal or a folder cannot be read */
    SiteAccount run() throws IOException {
        try (JournalReader journal = JournalReader.open(home.journal().resolve("lab.db"))) {
            listDays();
            journal.forEach(ClaimedFile.SELECT + "ORDER BY number", row -> check(ClaimedFile.of(row)));
            gaps.checkSent(journal);
            for (Path day : days) {
                SiteAccount.forEachFile(day, file -> checkSent(journal, file));
            }
            SiteAccount.forEachFile(home.resolve(FAILED), this::checkFailed);
            SiteAccount.forEachFile(home.work(), file -> checkWork(journal, file));
        } catch (NoSuchFileException e) {
            if (Files.exists(home.work())) {
                account.find("journal/lab.db", "expected the laboratory's journal, found none though it was started");
            }
        }
        return account;
    }

    private void check(ClaimedFile claimed) throws IOException {
        account.count(claimed.state());
        for (SiteId recipient : claimed.recipients()) {
            ledger.add(new Entry(
                    Entry.Book.LAB,
                    site,
                    claimed.messageId(),
                    recipient,
                    claimed.state(),
                    claimed.manifestSha256(),
                    claimed.sha256(),
                    claimed.reason()));
        }
        switch (claimed.state()) {
            case "sent" -> {
                Optional<Path> file = checkKept(claimed, daysOf(claimed), "sent/" + claimed.day());
                receipts.check(claimed);
                checkGoneFromWork(claimed, file);
            }
            case "failed" -> {
                Optional<Path> file = checkKept(claimed, List.of(home.resolve(FAILED)), FAILED);
                checkGoneFromWork(claimed, file);
            }
            default -> checkAtWork(claimed);
        }
    }

    private Optional<Path> checkKept(ClaimedFile claimed, List<Path> folders, String where) throws IOException {
        String name = where.equals(FAILED) && claimed.fileName().endsWith(REASON)
                ? claimed.fileName() + NO_REASON
                : claimed.fileName();
        Optional<Path> file = claimed.keptAs() == null
                ? Optional.empty()
                : kept.takeAt(home.resolve("sent").resolve(claimed.keptAs()));
        if (file.isEmpty()) {
            file = kept.take(folders, name, claimed.sha256());
        }
        if (file.isPresent() && claimed.sha256() != null) {
            account.compare(claimed.messageId(), "its file in " + where, claimed.sha256(), file.get());
        } else if (file.isEmpty() && claimed.tidied()) {
            account.count("tidied");
        } else if (file.isEmpty() && isDroppedAgain(claimed)) {
            account.count("failed and dropped again");
        } else if (file.isEmpty()) {
            account.find(
                    claimed.messageId(),
                    "expected its file in " + where + ", found none of its name that is not another's; it was"
                            + " deleted, renamed or moved away");
        }
        if (claimed.state().equals("failed") && claimed.reason() == null) {
            account.find(claimed.messageId(), "expected the reason why it failed in the journal, found none");
        }
        return file;
    }

    /** As "saddlebag retry" does it; the row goes when it is claimed again. */
    private boolean isDroppedAgain(ClaimedFile claimed) {
        return claimed.state().equals("failed")
                && claimed.dropFolder() != null
                && Files.exists(
                        home.resolve(claimed.dropFolder()).resolve(claimed.fileName()), LinkOption.NOFOLLOW_LINKS);
    }

    /** The likely day first; a crash before midnight and a start after it, or a clock set right, make it another. */
    private List<Path> daysOf(ClaimedFile claimed) {
        List<Path> ordered = new ArrayList<>(days);
        Path likely = home.resolve("sent").resolve(claimed.day());
        if (ordered.remove(likely)) {
            ordered.add(0, likely);
        }
        return ordered;
    }

    /** After a kill the kept file may have its name in the work folder too, which the next start takes away. */
    private void checkGoneFromWork(ClaimedFile claimed, Optional<Path> kept) throws IOException {
        Path content = work(claimed.messageId().value());
        boolean isThere = Files.exists(content, LinkOption.NOFOLLOW_LINKS);
        if (isThere && (kept.isEmpty() || !Files.isSameFile(content, kept.get()))) {
            account.find(
                    claimed.messageId(),
                    "expected it in one place, being " + claimed.state() + ", found a file at "
                            + account.within(content) + " too");
        }
    }

    private void checkAtWork(ClaimedFile claimed) throws IOException {
        Path content = work(claimed.messageId().value());
        if (!Files.exists(content, LinkOption.NOFOLLOW_LINKS)) {
            account.find(
                    claimed.messageId(),
                    "expected the file, being " + claimed.state() + ", at " + account.within(content) + ", found none");
        } else if (claimed.sha256() != null) {
            account.compare(claimed.messageId(), account.within(content), claimed.sha256(), content);
        }
        if (claimed.state().equals("sealed")) {
            checkSealed(claimed);
        }
    }

    private void checkSealed(ClaimedFile claimed) throws IOException {
        Sha256 named = claimed.manifest() == null
                ? null
                : Json.read(claimed.manifest(), Manifest.class).body().sha256();
        Path sealed = work(claimed.messageId() + SEALED_SUFFIX);
        if (claimed.sealed() == null && !Files.isRegularFile(sealed, LinkOption.NOFOLLOW_LINKS)) {
            account.find(
                    claimed.messageId(), "expected the sealed message at " + account.within(sealed) + ", found none");
        } else if (named != null && claimed.sealed() == null) {
            account.compare(claimed.messageId(), account.within(sealed), named, sealed);
        } else if (named != null) {
            account.compare(
                    claimed.messageId(), "the sealed message in the journal", named, Sha256.of(claimed.sealed()));
        }
    }

    /**
     * A file below {@code sent/} that is no row's own: a duplicate, which must have the bytes of the first. That was dropped
     * under the same name, or under one that differs in its ending.
     */
    private void checkSent(JournalReader journal, Path file) throws IOException {
        if (ledger.isTaken(file)) {
            return;
        }
        String name = file.getFileName().toString();
        if (name.matches(LEFT_OUT) && Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            account.count("folders of system and excluded files");
            return;
        }
        int duplicate = name.lastIndexOf(DUPLICATE);
        if (duplicate < 0) {
            account.find(file, "expected the files of the journal alone, found one that no row accounts for");
            return;
        }
        String dropped = name.substring(0, duplicate);
        String stem = dropped.substring(0, dropped.indexOf('.') < 0 ? dropped.length() : dropped.indexOf('.'));
        String ofFirst = "WHERE (file_name = ? OR message_id = ?) ";
        String sha256 = SiteAccount.digest(file).map(Sha256::hex).orElse("");
        if (journal.finds(
                "SELECT 1 FROM message " + ofFirst + "AND (sha256 IS NULL OR sha256 = ?)", dropped, stem, sha256)) {
            account.count("duplicates kept");
            return;
        }
        List<ClaimedFile> first = new ArrayList<>();
        journal.forEach(ClaimedFile.SELECT + ofFirst + "LIMIT 1", row -> first.add(ClaimedFile.of(row)), dropped, stem);
        if (first.isEmpty()) {
            account.find(file, "expected a duplicate of a file that was claimed, found the journal without it");
        } else {
            account.count("duplicates kept");
            account.compare(
                    first.get(0).messageId(), account.within(file), first.get(0).sha256(), file);
        }
    }

    private void checkFailed(Path file) throws IOException {
        String name = file.getFileName().toString();
        if (name.endsWith(REASON)) {
            return;
        }
        if (!Files.exists(file.resolveSibling(name + REASON))) {
            account.find(file, "expected its reason, " + name + REASON + ", found none");
        }
        if (!ledger.isTaken(file)) {
            account.count("refused unclaimed");
        }
    }

    private void checkWork(JournalReader journal, Path file) throws IOException {
        String name = file.getFileName().toString();
        if (name.endsWith(SEALED_SUFFIX)) {
            return;
        }
        if (!journal.finds("SELECT 1 FROM message WHERE message_id = ?", name)) {
            account.find(file, "expected files of the journal alone, found one that it does not know");
        }
    }

    private void listDays() throws IOException {
        SiteAccount.forEachFile(home.resolve("sent"), entry -> {
            String name = entry.getFileName().toString();
            if (name.matches(DAY) && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                days.add(entry);
            } else if (!name.endsWith(SentReceipts.SUFFIX)) {
                account.find(entry, "expected folders of days and receipts, found something else");
            }
        });
        days.sort(Comparator.comparing(Path::toString).reversed());
    }

    private Path work(String name) {
        return home.work().resolve(name);
    }
}
