package io.saddlebag.bench.chaos;

import io.saddlebag.bench.chaos.fault.Target;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Starts a site again that ended by itself, a second later, as systemd does with Restart=on-failure. For one thread. */
final class Supervisor {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ChaosNetwork network;
    private final Map<Target, Long> endedNanos = new EnumMap<>(Target.class);
    private final Map<String, Integer> restarts = new TreeMap<>();

    Supervisor(ChaosNetwork network) {
        this.network = network;
    }

    void startAll() throws IOException {
        for (Target target : Target.SITES) {
            network.start(target);
        }
    }

    /** Looks once at every site. */
    void look() throws IOException {
        for (Target target : Target.SITES) {
            Process process = network.process(target).orElse(null);
            if (process == null || process.isAlive()) {
                endedNanos.remove(target);
            } else if (System.nanoTime() - endedNanos.computeIfAbsent(target, ended -> System.nanoTime())
                    > PAUSE_NANOS) {
                restarts.merge(target.site().value(), 1, Integer::sum);
                network.start(target);
            }
        }
    }

    /** How often each site ended by itself. */
    Map<String, Integer> restarts() {
        return restarts;
    }
}
