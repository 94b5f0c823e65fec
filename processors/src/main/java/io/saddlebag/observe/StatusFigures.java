package io.saddlebag.observe;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/** Figures that a status has already. They are absent before the first look. */
final class StatusFigures {
    private final AtomicReference<SiteStatus> newest;

    StatusFigures(AtomicReference<SiteStatus> newest, PrometheusRegistry registry) {
        this.newest = newest;
        routes(registry);
        sites(registry);
        nodes(registry);
        troubles(registry);
    }

    private Optional<SiteStatus> status() {
        return Optional.ofNullable(newest.get());
    }

    private static double seconds(Instant time) {
        return time.toEpochMilli() / 1e3;
    }

    private void routes(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("saddlebag_route_last_message_timestamp_seconds")
                .help("The newest message of a route; of one that had none and has expect, since when it is waited for")
                .labelNames("route")
                .callback(to -> status().ifPresent(status -> status.routes().forEach(route -> {
                    if (route.last() != null || route.expect() != null) {
                        to.call(seconds(route.last() != null ? route.last() : route.since()), route.route());
                    }
                })))
                .register(registry);
        GaugeWithCallback.builder()
                .name("saddlebag_route_expected_interval_seconds")
                .help("The longest silence of a route that is right; absent without expect")
                .labelNames("route")
                .callback(to -> status().ifPresent(status -> status.routes().forEach(route -> {
                    if (route.expect() != null) {
                        to.call(route.expect(), route.route());
                    }
                })))
                .register(registry);
    }

    private void sites(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("saddlebag_site_last_seen_timestamp_seconds")
                .help("When a site of the topology was last connected; absent when it never was")
                .labelNames("site")
                .callback(to -> status().ifPresent(status -> status.sites().forEach(site -> {
                    if (site.lastSeen() != null) {
                        to.call(seconds(site.lastSeen()), site.site().value());
                    }
                })))
                .register(registry);
    }

    private void nodes(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("saddlebag_node_ready")
                .help("1 of a node of headquarters that is at work, 0 of one that is not; absent where there is one")
                .labelNames("node")
                .callback(to -> status().ifPresent(
                                status -> status.nodes().forEach(node -> to.call(node.isReady() ? 1 : 0, node.name()))))
                .register(registry);
    }

    private void troubles(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("saddlebag_topology_faults")
                .help("1 while topology.yaml has a fault and is not taken up; absent where there is none")
                .callback(to -> status().map(status -> status.troubles().topologyFaults())
                        .ifPresent(to::call))
                .register(registry);
        GaugeWithCallback.builder()
                .name("saddlebag_keys_unusable")
                .help("1 of a recipient whose key bundle counts no more, so that files for it wait; absent of others")
                .labelNames("recipient")
                .callback(to -> status().ifPresent(status ->
                        status.troubles().keysUnusable().keySet().forEach(recipient -> to.call(1, recipient))))
                .register(registry);
        GaugeWithCallback.builder()
                .name("saddlebag_audit_findings")
                .help("Findings of the last audit; absent before the first")
                .callback(to ->
                        status().map(status -> status.checks().auditFindings()).ifPresent(to::call))
                .register(registry);
        GaugeWithCallback.builder()
                .name("saddlebag_alerts")
                .help("Alerts that are open, by the site's own judgement")
                .labelNames("alert")
                .callback(to -> status().ifPresent(status -> status.alerts().stream()
                        .collect(Collectors.groupingBy(SiteStatus.Alert::name, Collectors.counting()))
                        .forEach((name, count) -> to.call(count, name))))
                .register(registry);
    }
}
