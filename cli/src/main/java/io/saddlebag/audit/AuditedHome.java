package io.saddlebag.audit;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.audit.AuditReport.Finding;
import io.saddlebag.audit.Ledger.Entry.Book;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.identity.Trust;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.oplog.OperatorJournal;
import io.saddlebag.oplog.OperatorJournalCheck;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.tlog.SeenLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;

/** A home to be audited, with the site that it belongs to and the kind of its books. */
record AuditedHome(SiteHome home, SiteId site, Book book) {
    /** @throws SiteStartException when the folder is no site's home */
    static AuditedHome of(Path folder) throws IOException, SiteStartException {
        SiteHome home = new SiteHome(folder);
        if (!home.exists()) {
            throw new SiteStartException(
                    SiteStartException.Kind.NO_HOME,
                    home.folder() + ": expected a site's home with application.properties, found none. Name the folder"
                            + " that 'saddlebag init site' made",
                    null);
        }
        String name = Settings.read(home).getProperty("site.id", "").strip();
        try {
            SiteId site = SiteId.of(name);
            return new AuditedHome(home, site, Book.of(home, site));
        } catch (IllegalArgumentException e) {
            throw new SiteStartException(
                    home.settingsFile() + ": expected site.id, found '" + Printable.of(name) + "'. Correct it", e);
        }
    }

    /** @param readersTake see {@link NetworkAudit#of} */
    SiteAccount audit(Ledger ledger, boolean readersTake) throws IOException, SiteStartException {
        SiteAccount account =
                switch (book) {
                    case LAB -> new LabAudit(this, ledger).run();
                    case CENTRE -> new RcAudit(this, ledger, readersTake).run();
                    case HQ -> new HqAudit(this, ledger).run();
                };
        checkOperators(account);
        checkHistory(account);
        return account;
    }

    private void checkHistory(SiteAccount account) throws IOException {
        Path evidence = home.resolve(SeenLog.CONTRADICTION);
        if (Files.exists(evidence)) {
            byte[] json = Files.readAllBytes(evidence);
            account.find(
                    evidence,
                    "expected one history of headquarters' proof log, found the evidence of two with SHA-256 "
                            + Sha256.of(json) + ": "
                            + Printable.reason(Json.read(json, JsonNode.class)
                                    .path("found")
                                    .asText()));
        }
    }

    /**
     * Writes findings of this site into its operator journal as accepted. Evidence that is accepted gets another name, so
     * that the site warns no more, and keeps the next one.
     */
    void accept(List<Finding> findings, String reason) throws IOException {
        OperatorJournal.append(
                home,
                Acceptance.ACTION,
                findings.stream().map(Acceptance::target).toList(),
                reason);
        Path evidence = home.resolve(SeenLog.CONTRADICTION);
        if (findings.stream().noneMatch(each -> each.subject().equals(SeenLog.CONTRADICTION))) {
            return;
        }
        String digest = Sha256.of(Files.readAllBytes(evidence)).hex();
        // Other evidence may have come since.
        if (findings.stream().anyMatch(each -> each.text().contains(digest))) {
            String name = "log-contradiction-" + digest.substring(0, 16) + ".json";
            Files.move(evidence, home.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            AtomicFiles.syncFolder(home.folder());
        }
    }

    private void checkOperators(SiteAccount account) throws IOException {
        if (OperatorJournalCheck.isThere(home)) {
            long entries = OperatorJournalCheck.read(
                    home,
                    site,
                    Trust.load(home.identity(), Clock.systemUTC()),
                    (entry, isSigned) -> {
                        if (isSigned && entry.action().equals(Acceptance.ACTION)) {
                            account.accept(entry);
                        }
                    },
                    fault -> account.find("operators/journal.jsonl", fault));
            account.count("operator entries", entries);
        }
    }

    /** True when a process works in it, so that a difference may be a message in flight. */
    boolean isRunning() {
        return RunningSite.read(home)
                .flatMap(status -> ProcessHandle.of(status.pid()))
                .map(ProcessHandle::isAlive)
                .orElse(false);
    }
}
