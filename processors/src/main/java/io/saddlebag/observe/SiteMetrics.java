package io.saddlebag.observe;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import io.saddlebag.stomp.client.HqLinks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.regex.Pattern;
import org.apache.camel.spi.RoutePolicyFactory;

/**
 * The figures of one site. Names and units are Prometheus' (seconds, bytes, {@code _total}); labels are sites, routes,
 * queues and codes, never a message_id or a file name. For any number of threads.
 */
public final class SiteMetrics {
    /** The name of a figure at the beginning of its line, and what follows: labels, or a space before the value. */
    private static final Pattern SAMPLE = Pattern.compile("(?md)^([A-Za-z_][A-Za-z0-9_]*)(?:(\\{)| )");

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final CamelRouteFigures routes = new CamelRouteFigures();
    private final SiteId site;

    /** @param kind {@code hq}, {@code lab} or {@code rc} */
    public SiteMetrics(CurrentIdentity identity, String kind) {
        site = identity.now().site();
        Info.builder()
                .name("saddlebag_build_info")
                .help("The version that runs, and the kind of the site")
                .labelNames("version", "kind")
                .register(registry)
                .addLabelValues(version(), kind);
        gauge("saddlebag_ready", "1 while the site is at work", () -> 1);
        gauge(
                "saddlebag_written_timestamp_seconds",
                "When these figures were written",
                () -> seconds(System.currentTimeMillis()));
        certificates(identity);
        routes.register(registry);
        ProcessMetrics.builder().register(registry);
        JvmMemoryMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
        JvmThreadsMetrics.builder().register(registry);
    }

    private void certificates(CurrentIdentity identity) {
        GaugeWithCallback.builder()
                .name("saddlebag_certificate_not_after_timestamp_seconds")
                .help("The end of the site's certificates")
                .labelNames("use")
                .callback(to -> {
                    SiteIdentity now = identity.now();
                    to.call(seconds(now.tlsCertificate().getNotAfter().getTime()), "tls");
                    to.call(seconds(now.signingCertificate().getNotAfter().getTime()), "signing");
                })
                .register(registry);
        GaugeWithCallback.builder()
                .name("saddlebag_crl_next_update_timestamp_seconds")
                .help("The time by which the revocation list is to be renewed; absent without a list")
                .callback(to -> identity.now()
                        .trust()
                        .revocationList()
                        .ifPresent(list -> to.call(seconds(list.getNextUpdate().getTime()))))
                .register(registry);
    }

    /** The version that runs. */
    static String version() {
        String version = SiteMetrics.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    private static double seconds(long millis) {
        return millis / 1e3;
    }

    /** Adds the figures of the links to headquarters. */
    public SiteMetrics links(HqLinks links) {
        LongAdder connects = new LongAdder();
        links.onConnected(connection -> connects.increment());
        gauge("saddlebag_link_up", "1 while the site is connected to headquarters", () -> links.isConnected() ? 1 : 0);
        if (links.all().size() > 1) {
            GaugeWithCallback.builder()
                    .name("saddlebag_node_link_up")
                    .help("1 while the site is connected to this node of headquarters; absent with one address")
                    .labelNames("node")
                    .callback(to -> links.all().forEach(link -> to.call(link.isConnected() ? 1 : 0, link.place())))
                    .register(registry);
        }
        CounterWithCallback.builder()
                .name("saddlebag_link_connects_total")
                .help("Connections to headquarters since the start")
                .callback(to -> to.call(connects.sum()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("saddlebag_clock_offset_seconds")
                .help("Headquarters' clock against this site's; absent before the first connection")
                .callback(to -> links.any()
                        .serverClock()
                        .ifPresent(clock -> to.call(clock.ahead().toMillis() / 1e3)))
                .register(registry);
        return this;
    }

    /** Adds the time of the last good back-up. */
    void lastBackup(SiteHome home) {
        GaugeWithCallback.builder()
                .name("saddlebag_backup_last_success_timestamp_seconds")
                .help("The time of the last good back-up; absent before the first")
                .callback(to -> LastBackup.read(home)
                        .ifPresent(last -> to.call(seconds(last.time().toEpochMilli()))))
                .register(registry);
    }

    /** Adds the free space of folders, by the names that operators know them by. */
    public SiteMetrics volumes(Map<String, Path> folders) {
        GaugeWithCallback.builder()
                .name("saddlebag_storage_free_bytes")
                .help("The space that the site may still use on the disk of a folder")
                .labelNames("volume")
                .callback(to -> folders.forEach(
                        (name, folder) -> to.call(folder.toFile().getUsableSpace(), name)))
                .register(registry);
        return this;
    }

    /** Adds a figure without labels, which is asked for when the figures are written. */
    public void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(to -> to.call(value.getAsDouble()))
                .register(registry);
    }

    /** For Camel's registry, in which it finds the factory by its type. */
    public RoutePolicyFactory routePolicies() {
        return routes;
    }

    /** Where figures of a site's own are registered. */
    public PrometheusRegistry registry() {
        return registry;
    }

    /**
     * Writes all figures in Prometheus' text format 0.0.4, UTF-8. Each has the label {@code home}, so that one collector
     * can read the files of several homes.
     */
    public void writeTo(OutputStream out) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(text, registry.scrape());
        String labelled = SAMPLE.matcher(text.toString(StandardCharsets.UTF_8))
                .replaceAll(sample -> sample.group(1) + "{home=\"" + site + (sample.group(2) == null ? "\"} " : "\","));
        out.write(labelled.getBytes(StandardCharsets.UTF_8));
    }
}
