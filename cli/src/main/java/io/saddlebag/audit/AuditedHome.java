package io.saddlebag.audit;

import io.saddlebag.audit.Ledger.Entry.Book;
import io.saddlebag.identity.Trust;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.oplog.OperatorJournalCheck;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

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
        return account;
    }

    private void checkOperators(SiteAccount account) throws IOException {
        if (OperatorJournalCheck.isThere(home)) {
            long entries = OperatorJournalCheck.read(
                    home,
                    site,
                    Trust.load(home.identity(), Clock.systemUTC()),
                    entry -> {},
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
