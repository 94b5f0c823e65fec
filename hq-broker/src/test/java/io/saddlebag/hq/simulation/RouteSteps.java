package io.saddlebag.hq.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Headquarters' routes as their files say, without Camel's engine: the steps in their order, where they branch and where
 * they wait. Knows the few words that those routes use; another one is an error.
 */
final class RouteSteps {
    private final Map<String, List<Step>> routes = new HashMap<>();

    /** One step; the continuation is called once, now or later. */
    private interface Step {
        void run(Exchange exchange, Map<String, Object> beans, Runnable next);
    }

    /** @param folder of route files */
    RouteSteps(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                read(new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(Object entries) {
        for (Object entry : (List<?>) entries) {
            if (((Map<?, ?>) entry).get("route") instanceof Map<?, ?> route) {
                Map<?, ?> from = (Map<?, ?>) route.get("from");
                String uri = (String) from.get("uri");
                if (uri.startsWith("direct:")) {
                    routes.put(uri, steps(from.get("steps")));
                }
            }
        }
    }

    private List<Step> steps(Object list) {
        List<Step> steps = new ArrayList<>();
        for (Object each : (List<?>) list) {
            Map.Entry<?, ?> word = ((Map<?, ?>) each).entrySet().iterator().next();
            Map<?, ?> settings = (Map<?, ?>) word.getValue();
            steps.add(
                    switch ((String) word.getKey()) {
                        case "process" -> process((String) settings.get("ref"));
                        case "to" -> to((String) settings.get("uri"));
                        case "choice" -> choice(settings);
                        case "filter" -> branch(settings, List.of());
                        default ->
                            throw new IllegalArgumentException(
                                    "Expected process, to, choice or filter, found " + word.getKey());
                    });
        }
        return steps;
    }

    private Step to(String uri) {
        return (exchange, beans, next) -> {
            List<Step> steps = routes.get(uri);
            if (steps == null) {
                throw new IllegalArgumentException("Expected a route of headquarters, found " + uri);
            }
            run(steps, 0, exchange, beans, next);
        };
    }

    private Step choice(Map<?, ?> settings) {
        List<Step> otherwise = settings.containsKey("otherwise")
                ? steps(((Map<?, ?>) settings.get("otherwise")).get("steps"))
                : List.of();
        List<?> whens = (List<?>) settings.get("when");
        for (int i = whens.size() - 1; i >= 0; i--) {
            Map<?, ?> when = (Map<?, ?>) whens.get(i);
            if (when.containsKey("ref")) {
                otherwise = List.of(branch(when, otherwise));
            } else if (!"{{hq.verify-manifests}} == true".equals(when.get("simple"))) {
                // Signatures are not simulated: that one choice is taken as if they were switched off.
                throw new IllegalArgumentException("Expected a predicate by name, found " + when.get("simple"));
            }
        }
        List<Step> chosen = otherwise;
        return (exchange, beans, next) -> run(chosen, 0, exchange, beans, next);
    }

    private Step branch(Map<?, ?> settings, List<Step> otherwise) {
        String predicate = (String) settings.get("ref");
        List<Step> steps = steps(settings.get("steps"));
        return (exchange, beans, next) -> {
            boolean taken = ((Predicate) bean(beans, predicate)).matches(exchange);
            run(taken ? steps : otherwise, 0, exchange, beans, next);
        };
    }

    private static Step process(String name) {
        return (exchange, beans, next) -> {
            Processor bean = (Processor) bean(beans, name);
            if (bean instanceof AsyncProcessor async) {
                boolean[] done = new boolean[1];
                boolean synchronously = async.process(exchange, doneSync -> {
                    if (!doneSync && !done[0]) {
                        done[0] = true;
                        next.run();
                    }
                });
                if (synchronously) {
                    next.run();
                }
                return;
            }
            try {
                bean.process(exchange);
            } catch (Exception e) {
                exchange.setException(e);
            }
            next.run();
        };
    }

    private static Object bean(Map<String, Object> beans, String name) {
        Object bean = beans.get(name);
        if (bean == null) {
            throw new IllegalArgumentException("Expected a step of headquarters, found " + name);
        }
        return bean;
    }

    /** Runs a route until its end or its first failure, which the exchange then has. */
    void run(String route, Exchange exchange, Map<String, Object> beans, Runnable end) {
        run(routes.get(route), 0, exchange, beans, end);
    }

    private void run(List<Step> steps, int first, Exchange exchange, Map<String, Object> beans, Runnable end) {
        if (first == steps.size() || exchange.getException() != null) {
            end.run();
            return;
        }
        steps.get(first).run(exchange, beans, () -> run(steps, first + 1, exchange, beans, end));
    }
}
