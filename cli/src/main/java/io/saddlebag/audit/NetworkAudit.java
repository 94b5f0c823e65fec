package io.saddlebag.audit;

import io.saddlebag.audit.AuditReport.Finding;
import io.saddlebag.audit.Ledger.Entry;
import io.saddlebag.dsse.OperatorEntry;
import io.saddlebag.message.SiteId;
import io.saddlebag.oplog.Operator;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Audits homes and compares their books. Sites may be at work: after a finding everything is looked at again, and only
 * a finding of both looks counts; the rest was in flight. For one thread.
 */
public final class NetworkAudit {
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final List<AuditedHome> homes;
    private final boolean readersTake;

    private NetworkAudit(List<AuditedHome> homes, boolean readersTake) {
        this.homes = homes;
        this.readersTake = readersTake;
    }

    /**
     * @param readersTake whether a message that is gone from an outbox was taken by its reader and is no finding
     * @throws SiteStartException when a folder is no site's home, or two are of one site
     */
    public static NetworkAudit of(List<Path> folders, boolean readersTake) throws IOException, SiteStartException {
        List<AuditedHome> homes = new ArrayList<>();
        Set<SiteId> sites = new HashSet<>();
        for (Path folder : folders) {
            AuditedHome home = AuditedHome.of(folder);
            if (!sites.add(home.site())) {
                throw new SiteStartException(
                        "expected one home a site, found two of " + home.site() + ". Name one of them");
            }
            homes.add(home);
        }
        homes.sort(Comparator.comparing(AuditedHome::book).thenComparing(AuditedHome::site));
        return new NetworkAudit(homes, readersTake);
    }

    /**
     * Looks at everything once, or twice with a pause of {@code 2s} between.
     *
     * @throws IOException when something cannot be read that an audit needs
     */
    public AuditReport run() throws IOException, SiteStartException, InterruptedException {
        AuditReport first = look();
        if (first.findings().isEmpty() || homes.stream().noneMatch(AuditedHome::isRunning)) {
            return first;
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        return look().confirming(first);
    }

    private static boolean isAccepted(List<SiteAccount> accounts, Finding finding, List<Acceptance> accepted) {
        for (SiteAccount account : accounts) {
            OperatorEntry entry = account.site().equals(finding.site()) ? account.acceptedBy(finding) : null;
            if (entry != null) {
                accepted.add(Acceptance.of(finding, entry));
                return true;
            }
        }
        return false;
    }

    /**
     * Writes each finding of a report into the operator journal of its site as accepted for good.
     *
     * @param reason the operator's
     * @return the report as a later audit gives it
     */
    public AuditReport accept(AuditReport report, String reason) throws IOException {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        for (AuditedHome home : homes) {
            List<Finding> own = report.findings().stream()
                    .filter(finding -> finding.site().equals(home.site()))
                    .toList();
            if (!own.isEmpty()) {
                home.accept(own, reason);
            }
        }
        return report.accepting(Operator.current().toString(), now, reason);
    }

    private AuditReport look() throws IOException, SiteStartException {
        try (Ledger ledger = Ledger.open()) {
            List<SiteAccount> accounts = new ArrayList<>();
            Set<SiteId> sites = new TreeSet<>();
            SiteId headquarters = null;
            for (AuditedHome home : homes) {
                accounts.add(home.audit(ledger, readersTake));
                sites.add(home.site());
                headquarters = home.book() == Entry.Book.HQ ? home.site() : headquarters;
            }
            List<Finding> findings = new ArrayList<>();
            accounts.forEach(account -> findings.addAll(account.findings()));
            BookComparison comparison = new BookComparison(sites, headquarters);
            ledger.forEach(comparison::judge);
            findings.addAll(comparison.findings());
            List<Acceptance> accepted = new ArrayList<>();
            findings.removeIf(finding -> isAccepted(accounts, finding, accepted));
            return new AuditReport(accounts, comparison.counts(), findings, accepted, 0);
        }
    }
}
