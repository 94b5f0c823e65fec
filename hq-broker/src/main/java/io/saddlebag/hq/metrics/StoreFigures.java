package io.saddlebag.hq.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.saddlebag.hq.store.spool.SpoolBytes;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** The figures of spool and database. */
public final class StoreFigures {
    private StoreFigures() {}

    /** @param restarts of the embedded PostgreSQL; empty with one of the operator's own */
    public static void register(
            PrometheusRegistry registry, Supplier<SpoolBytes> spool, Supplier<OptionalLong> restarts) {
        GaugeWithCallback.builder()
                .name("saddlebag_spool_bytes")
                .help("Bytes of the spool's files: live, of messages that wait; dead, which are given back later")
                .labelNames("state")
                .callback(to -> {
                    SpoolBytes bytes = spool.get();
                    to.call(bytes.live(), "live");
                    to.call(bytes.dead(), "dead");
                })
                .register(registry);
        CounterWithCallback.builder()
                .name("saddlebag_postgres_restarts_total")
                .help("How often the embedded PostgreSQL died and was started again, since the start")
                .callback(to -> restarts.get().ifPresent(to::call))
                .register(registry);
    }
}
