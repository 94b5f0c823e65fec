package io.saddlebag.cli.audit;

import io.saddlebag.audit.Ledger;
import io.saddlebag.audit.SiteAccount;
import io.saddlebag.cli.home.SiteKind;
import io.saddlebag.hq.audit.HqAudit;
import io.saddlebag.lab.audit.LabAudit;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.audit.RcAudit;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.SettingsFile;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A home to be audited: whose it is and of which kind. */
record AuditedHome(SiteHome home, SiteId site, SiteKind kind) {
    /** @throws SiteStartException when the folder is no site's home */
    static AuditedHome of(Path folder) throws IOException, SiteStartException {
        SiteHome home = new SiteHome(folder);
        if (!home.exists()) {
            throw new SiteStartException(
                    home.folder() + ": expected a site's home with application.properties, found none. Name the folder"
                            + " that 'saddlebag init site' made");
        }
        String name = SettingsFile.read(home).getProperty("site.id", "").strip();
        try {
            SiteId site = SiteId.of(name);
            return new AuditedHome(home, site, kind(home, site));
        } catch (IllegalArgumentException e) {
            throw new SiteStartException(
                    home.settingsFile() + ": expected site.id, found '" + Printable.of(name) + "'. Correct it", e);
        }
    }

    /** By what lies there, since a site's name need not tell. */
    private static SiteKind kind(SiteHome home, SiteId site) {
        if (Files.exists(home.journal().resolve("lab.db"))) {
            return SiteKind.LAB;
        }
        if (Files.exists(home.journal().resolve("rc.db"))) {
            return SiteKind.CENTRE;
        }
        return Files.exists(home.resolve("topology.yaml"))
                ? SiteKind.HQ
                : SiteKind.of(site).orElse(SiteKind.LAB);
    }

    /** @param readersTake see {@link RcAudit#of} */
    SiteAccount audit(Ledger ledger, boolean readersTake) throws IOException, SiteStartException {
        return switch (kind) {
            case LAB -> LabAudit.of(home, site, ledger);
            case CENTRE -> RcAudit.of(home, site, ledger, readersTake);
            case HQ -> HqAudit.of(home, site, ledger);
        };
    }

    /** Whether a process is at work in it, so that what is found may be on its way. */
    boolean isRunning() {
        return RunningSite.read(home)
                .flatMap(status -> ProcessHandle.of(status.pid()))
                .map(ProcessHandle::isAlive)
                .orElse(false);
    }
}
