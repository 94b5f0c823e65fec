package io.saddlebag.observe;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.SummaryWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Quantiles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;

/**
 * Counts and times of Camel's routes, by the names that Camel's own Micrometer component gives them. An exchange has its time
 * in the route that it began in; the routes that it calls have a count alone. For any number of threads.
 */
final class CamelRouteFigures implements RoutePolicyFactory {
    private static final String ROUTE = "routeId";

    private final Map<String, Counts> routes = new ConcurrentHashMap<>();

    private static final class Counts extends RoutePolicySupport {
        final LongAdder begun = new LongAdder();
        final LongAdder ended = new LongAdder();
        final LongAdder failed = new LongAdder();
        final LongAdder timed = new LongAdder();
        final LongAdder millis = new LongAdder();

        @Override
        public void onExchangeBegin(Route route, Exchange exchange) {
            begun.increment();
        }

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            ended.increment();
            if (exchange.isFailed()) {
                failed.increment();
            }
            if (route.getRouteId().equals(exchange.getFromRouteId())) {
                timed.increment();
                millis.add(exchange.getClock().elapsed());
            }
        }
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        return routes.computeIfAbsent(routeId, unused -> new Counts());
    }

    void register(PrometheusRegistry registry) {
        counter(registry, "camel_exchanges_total", "Exchanges that a route ended", counts -> counts.ended.sum());
        counter(
                registry,
                "camel_exchanges_succeeded_total",
                "Exchanges that a route ended without a failure",
                counts -> Math.max(0, counts.ended.sum() - counts.failed.sum()));
        counter(
                registry,
                "camel_exchanges_failed_total",
                "Exchanges that a route ended with a failure",
                counts -> counts.failed.sum());
        GaugeWithCallback.builder()
                .name("camel_exchanges_inflight")
                .help("Exchanges that are in a route")
                .labelNames(ROUTE)
                .callback(to -> routes.forEach(
                        (route, counts) -> to.call(Math.max(0, counts.begun.sum() - counts.ended.sum()), route)))
                .register(registry);
        SummaryWithCallback.builder()
                .name("camel_route_policy_seconds")
                .help("The time from the beginning of an exchange to its end, by the route that it began in")
                .labelNames(ROUTE)
                .callback(to -> routes.forEach((route, counts) ->
                        to.call(counts.timed.sum(), counts.millis.sum() / 1e3, Quantiles.EMPTY, route)))
                .register(registry);
    }

    private void counter(PrometheusRegistry registry, String name, String help, ToLongFunction<Counts> count) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(ROUTE)
                .callback(to -> routes.forEach((route, counts) -> to.call(count.applyAsLong(counts), route)))
                .register(registry);
    }
}
