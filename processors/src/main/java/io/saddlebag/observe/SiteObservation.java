package io.saddlebag.observe;

import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.log.FaultText;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.observe.SiteStatus.Certificate;
import io.saddlebag.observe.SiteStatus.Route;
import io.saddlebag.observe.SiteStatus.Volume;
import io.saddlebag.site.SiteHome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
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

    private final CurrentIdentity identity;
    private final SiteMetrics metrics;
    private final StatusSource source;
    private final Clock clock;
    private final Instant started;
    private final RunFile statusFile;
    private final RunFile metricsFile;
    private final LastHour lastHour = new LastHour();
    private final RepeatedFaults faults = new RepeatedFaults();
    /** Those that stopped are no longer known to Camel. */
    private List<Route> lastRoutes = List.of();

    public SiteObservation(
            SiteHome home, CurrentIdentity identity, SiteMetrics metrics, StatusSource source, Clock clock) {
        this.identity = identity;
        this.metrics = metrics;
        this.source = source;
        this.clock = clock;
        this.started = clock.instant();
        this.statusFile = new RunFile(home, SiteStatus.file(home).getFileName().toString());
        this.metricsFile = new RunFile(home, "metrics.prom");
        metrics.lastBackup(home);
    }

    @Override
    public void process(Exchange exchange) {
        try {
            write(null);
            ByteArrayOutputStream figures = new ByteArrayOutputStream();
            metrics.writeTo(figures);
            metricsFile.write(figures.toByteArray());
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

    private void write(Instant stopped) throws IOException {
        SiteStatus status = look(stopped);
        lastRoutes = status.routes();
        statusFile.write(Json.writeForPeople(status));
    }

    private SiteStatus look(Instant stopped) {
        Instant now = clock.instant();
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
                stopped == null,
                source.link(),
                source.waiting(),
                source.underWay(),
                stopped == null ? source.routes() : lastRoutes,
                source.failed(),
                volumes(),
                certificates(site),
                source.queues(),
                source.sites(),
                source.deadLetters(),
                source.troubles(),
                lastHour.look(now, source.in(), source.out()),
                List.of());
    }

    private List<Volume> volumes() {
        List<Volume> volumes = new ArrayList<>();
        new TreeMap<>(source.volumes())
                .forEach((name, folder) -> volumes.add(new Volume(name, free(folder), total(folder))));
        return volumes;
    }

    private static long free(Path folder) {
        return folder.toFile().getUsableSpace();
    }

    private static long total(Path folder) {
        return folder.toFile().getTotalSpace();
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

    /** Call it once the routes have stopped. */
    @Override
    public void close() {
        try {
            metricsFile.remove();
            write(clock.instant());
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: the last status cannot be written: {}", statusFile.path(), Printable.reason(FaultText.of(e)));
        }
    }
}
