package io.saddlebag.observe;

import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.log.FaultText;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.observe.SiteStatus.Alert;
import io.saddlebag.observe.SiteStatus.Certificate;
import io.saddlebag.observe.SiteStatus.Checks;
import io.saddlebag.observe.SiteStatus.Route;
import io.saddlebag.observe.SiteStatus.Volume;
import io.saddlebag.site.SiteHome;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code observeSite}: looks at the site and writes {@code run/status.json} and {@code run/metrics.prom}. When the site
 * stops, the figures go and a last status stays; after a kill both stay. For one thread at a time.
 */
public final class SiteObservation implements Processor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SiteObservation.class);

    private final SiteHome home;
    private final CurrentIdentity identity;
    private final SiteMetrics metrics;
    private final StatusSource source;
    private final Clock clock;
    private final Instant started;
    private final RunFile statusFile;
    private final RunFile metricsFile;
    private final RunFile rememberedFile;
    private final StatusJudge judge;
    private final LastHour lastHour = new LastHour();
    private final AtomicReference<SiteStatus> newest = new AtomicReference<>();
    private final RepeatedFaults faults = new RepeatedFaults();
    private Map<String, Instant> remembered = Map.of();
    private volatile byte[] newestFigures = {};

    public SiteObservation(
            SiteHome home,
            CurrentIdentity identity,
            SiteMetrics metrics,
            StatusSource source,
            StatusJudge judge,
            Clock clock) {
        this.home = home;
        this.judge = judge;
        this.identity = identity;
        this.metrics = metrics;
        this.source = source;
        this.clock = clock;
        this.started = now();
        this.statusFile = new RunFile(home, SiteStatus.file(home).getFileName().toString());
        this.metricsFile = new RunFile(home, "metrics.prom");
        metrics.lastBackup(home);
        this.rememberedFile = new RunFile(home, "remembered.json");
        new StatusFigures(newest, metrics.registry());
        restore();
    }

    private void restore() {
        try {
            source.restore(Json.read(Files.readAllBytes(rememberedFile.path()), Remembered.class)
                    .times());
        } catch (IOException | IllegalArgumentException e) {
            LOG.debug("{}: nothing is remembered: {}", rememberedFile.path(), FaultText.of(e));
        }
    }

    /** The content of the file that a later run reads. */
    record Remembered(Map<String, Instant> times) {
        Remembered {
            times = Map.copyOf(times);
        }
    }

    @Override
    public void process(Exchange exchange) {
        try {
            SiteStatus look = look(null);
            newest.set(look.with(judge.judge(look)));
            try {
                ByteArrayOutputStream figures = new ByteArrayOutputStream();
                metrics.writeTo(figures);
                newestFigures = figures.toByteArray();
            } finally {
                write();
            }
            metricsFile.write(newestFigures);
            faults.over();
        } catch (IOException | RuntimeException e) {
            // A figure may ask a journal or a database.
            faults.occurred(RepeatedFaults.kindOf(FaultText.of(e)))
                    .ifPresent(repeats -> LOG.warn(
                            "{}: status and figures cannot be written: {}{}",
                            statusFile.path(),
                            Printable.reason(FaultText.of(e)),
                            repeats));
        }
    }

    private void write() throws IOException {
        statusFile.write(Json.writeForPeople(newest.get()));
        Map<String, Instant> times = source.remembered();
        if (!times.equals(remembered)) {
            rememberedFile.write(Json.writeForPeople(new Remembered(times)));
            remembered = times;
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private SiteStatus look(Instant stopped) {
        Instant now = now();
        SiteIdentity site = identity.now();
        return new SiteStatus(
                SiteStatus.FORMAT,
                site.site(),
                source.role(),
                SiteMetrics.version(),
                ProcessHandle.current().pid(),
                started,
                now,
                stopped,
                stopped == null && source.isReady(),
                source.link(),
                source.links(),
                source.waiting(),
                source.underWay(),
                stopped == null ? source.routes() : lastRoutes(),
                source.failed(),
                volumes(),
                certificates(site),
                source.queues(),
                source.sites(),
                source.deadLetters(),
                source.nodes(),
                source.troubles(),
                checks(),
                lastHour.look(now, source.in(), source.out()),
                List.of());
    }

    private Checks checks() {
        Optional<LastAudit> audit = LastAudit.read(home);
        return new Checks(
                audit.map(LastAudit::time).orElse(null),
                audit.map(LastAudit::findings).orElse(null),
                LastBackup.read(home).map(LastBackup::time).orElse(null));
    }

    /** Those that stopped are no longer known to Camel. */
    private List<Route> lastRoutes() {
        SiteStatus last = newest.get();
        return last == null ? List.of() : last.routes();
    }

    private List<Alert> lastAlerts() {
        SiteStatus last = newest.get();
        return last == null ? List.of() : last.alerts();
    }

    /** Folders on one disk have the same figures, measured once. */
    private List<Volume> volumes() {
        List<Volume> volumes = new ArrayList<>();
        Map<Object, Volume> byDisk = new HashMap<>();
        new TreeMap<>(source.volumes()).forEach((name, folder) -> {
            Volume disk = byDisk.computeIfAbsent(diskOf(folder), unused -> measured(folder));
            volumes.add(new Volume(name, disk.free(), disk.total()));
        });
        return volumes;
    }

    private static Object diskOf(Path folder) {
        try {
            return Files.getFileStore(folder);
        } catch (IOException e) {
            // A disk that is away: its folder has figures of its own, or none.
            return folder;
        }
    }

    private static Volume measured(Path folder) {
        File disk = folder.toFile();
        return new Volume(null, disk.getUsableSpace(), disk.getTotalSpace());
    }

    private static List<Certificate> certificates(SiteIdentity site) {
        List<Certificate> ends = new ArrayList<>();
        ends.add(new Certificate("tls", site.tlsCertificate().getNotAfter().toInstant()));
        ends.add(new Certificate(
                "signing", site.signingCertificate().getNotAfter().toInstant()));
        site.trust()
                .revocationList()
                .ifPresent(list -> ends.add(
                        new Certificate("revocation-list", list.getNextUpdate().toInstant())));
        return ends;
    }

    /** The status as it was written last; null before the first look. For any thread. */
    public SiteStatus newest() {
        return newest.get();
    }

    /** The figures as they were written last, empty before the first look; not to be changed. For any thread. */
    public byte[] figures() {
        return newestFigures;
    }

    /** Call it once the routes have stopped. */
    @Override
    public void close() {
        try {
            metricsFile.remove();
            // A site that stops looks like one in trouble: it is not judged.
            newest.set(look(now()).with(lastAlerts()));
            write();
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: the last status cannot be written: {}", statusFile.path(), Printable.reason(FaultText.of(e)));
        }
    }
}
