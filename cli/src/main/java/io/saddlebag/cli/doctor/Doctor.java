package io.saddlebag.cli.doctor;

import io.saddlebag.cli.check.JudgedHome;
import io.saddlebag.cli.home.SiteKind;
import io.saddlebag.hq.HqSettings;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.lab.LabApplication;
import io.saddlebag.lab.LabCheck;
import io.saddlebag.lab.LabSettings;
import io.saddlebag.message.Printable;
import io.saddlebag.rc.RcApplication;
import io.saddlebag.rc.RcCheck;
import io.saddlebag.rc.RcSettings;
import io.saddlebag.site.LinkedSiteSettings;
import io.saddlebag.site.OwnIdentity;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.Setting;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.camel.RouteFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Examines a site, whether it runs or not, and leaves nothing behind. */
public final class Doctor {
    private static final Duration LISTENS_WITHIN = Duration.ofSeconds(2);

    private final SiteHome home;
    private final Duration patience;
    private final Clock clock;

    /** @param patience the longest wait for headquarters, and the longest look at a folder in which files change */
    public Doctor(SiteHome home, Duration patience, Clock clock) {
        this.home = home;
        this.patience = patience;
        this.clock = clock;
    }

    /**
     * All findings, in the order of the examinations.
     *
     * @param kind null to find it out
     * @throws SiteStartException when there is no home, or its kind cannot be found out
     */
    public List<Finding> examine(SiteKind kind) throws SiteStartException, IOException {
        JudgedHome judged = JudgedHome.of(home, kind, Map.of());
        List<Finding> findings = new ArrayList<>();
        judged.faults().forEach(fault -> findings.add(Finding.fail("files", fault, "")));
        if (judged.faults().isEmpty()) {
            findings.add(Finding.ok("files", judged.site() + ": settings, routes, keys and modes have no fault"));
        }
        boolean isRunning = RunningSite.isRunning(home);
        findings.add(process(isRunning));
        Optional<Settings> settings = settings(judged.kind());
        if (settings.isPresent()) {
            examine(judged.kind(), settings.get(), isRunning, findings);
        }
        return findings;
    }

    private Finding process(boolean isRunning) {
        Optional<RunningSite.Status> status = RunningSite.read(home);
        if (!isRunning) {
            return status.isPresent()
                    ? Finding.warn(
                            "process",
                            "not running; process " + status.get().pid() + " ended without a stop",
                            "Read the end of its log, then start it")
                    : Finding.ok("process", "not running");
        }
        return status.filter(RunningSite.Status::ready)
                .map(ready -> Finding.ok("process", "process " + ready.pid() + " runs since " + ready.started()))
                .orElseGet(() -> Finding.warn("process", "runs, and is not ready yet", "Read its log"));
    }

    /** Empty when they have a fault, which is among the findings. */
    private Optional<Settings> settings(SiteKind kind) {
        List<Setting> known =
                switch (kind) {
                    case HQ -> HqSettings.ALL;
                    case LAB -> LabSettings.ALL;
                    case CENTRE -> RcSettings.ALL;
                };
        try {
            return Optional.of(Settings.load(home, known, Map.of()));
        } catch (SiteStartException e) {
            return Optional.empty();
        }
    }

    private void examine(SiteKind kind, Settings settings, boolean isRunning, List<Finding> findings) {
        long least = kind == SiteKind.HQ ? settings.bytes(HqSettings.MIN_FREE_SPACE) : 0;
        findings.addAll(new DiskExam(volumes(kind, settings), least).findings());
        findings.addAll(new TrustExam(
                        home.identity(),
                        Boolean.parseBoolean(settings.text(OwnIdentity.LIST_REQUIRED.name())),
                        settings.duration(OwnIdentity.LIST_STALE_AFTER.name()),
                        clock)
                .findings());
        Duration settleTime = kind == SiteKind.LAB ? settings.duration(LabSettings.SETTLE_TIME) : null;
        findings.addAll(new FolderExam(folders(kind, settings), settleTime, patience, isRunning, clock).findings());
        if (kind == SiteKind.HQ) {
            if (!settings.text(HqSettings.NODE).isEmpty()) {
                findings.addAll(new DatabaseExam(home).findings());
            }
            port(isRunning, findings);
        } else {
            link(settings, findings);
        }
    }

    private Map<String, Path> volumes(SiteKind kind, Settings settings) {
        Map<String, Path> volumes = new LinkedHashMap<>();
        volumes.put("home", Files.isDirectory(home.run()) ? home.run() : home.folder());
        if (kind == SiteKind.HQ) {
            if (settings.text(HqSettings.NODE).isEmpty()) {
                volumes.put("spool", settings.path(HqSettings.SPOOL));
            }
            if (settings.text(HqSettings.DATABASE_URL).isEmpty()) {
                volumes.put("database", settings.path(HqSettings.DATABASE_FOLDER));
            }
        } else {
            volumes.put("work", home.work());
        }
        return volumes;
    }

    private List<Path> folders(SiteKind kind, Settings settings) {
        try {
            return kind == SiteKind.HQ
                    ? List.of()
                    : RouteFiles.read(
                                    home,
                                    kind == SiteKind.LAB ? LabApplication.ROUTE_FOLDERS : RcApplication.ROUTE_FOLDERS)
                            .stream()
                            .filter(route -> route.template()
                                    .equals(kind == SiteKind.LAB ? LabCheck.DROP_FOLDER : RcCheck.OUTBOX))
                            .map(route -> home.resolve(settings.filled(
                                    route.parameters().get("directory").value())))
                            .distinct()
                            .toList();
        } catch (SiteStartException e) {
            return List.of();
        }
    }

    private void port(boolean isRunning, List<Finding> findings) {
        Optional<Integer> port =
                RunningSite.read(home).map(status -> status.facts().get("port")).map(Integer::valueOf);
        if (!isRunning || port.isEmpty()) {
            return;
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("localhost", port.get()), (int) LISTENS_WITHIN.toMillis());
            findings.add(Finding.ok("connection", "listens on port " + port.get()));
        } catch (IOException e) {
            findings.add(Finding.warn(
                    "connection",
                    "nothing answers at localhost on port " + port.get(),
                    "Right when hq.host is another address of this machine; else read its log"));
        }
    }

    private void link(Settings settings, List<Finding> findings) {
        try {
            SiteIdentity identity = SiteIdentity.load(home.identity(), OwnIdentity.passphrase(settings), clock);
            findings.addAll(new LinkExam(identity, LinkedSiteSettings.link(settings), patience).findings());
        } catch (IOException | SiteStartException e) {
            findings.add(Finding.fail("connection", "not tried: " + Printable.reason(e.getMessage()), ""));
        }
    }
}
