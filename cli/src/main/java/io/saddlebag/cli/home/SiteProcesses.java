package io.saddlebag.cli.home;

import io.saddlebag.files.access.Modes;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.RunningSite;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * The sites of a run, each a process of this Java and this class path, tuned to be small. {@link #stop} may be called by
 * another thread at any time, and again.
 */
public final class SiteProcesses {
    /** A site drains for 20 s at most; what takes longer is killed. */
    private static final long STOP_SECONDS = 30;

    private static final long LOOK_MILLISECONDS = 20;
    /** The command's own class, which is above this package. */
    private static final String MAIN = "io.saddlebag.cli.Saddlebag";
    /** System property, set by the launcher: the archive of loaded classes that makes a start fast. */
    private static final String ARCHIVE = "saddlebag.archive";

    private static final List<String> SMALL = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xss512k",
            "-XX:+ExitOnOutOfMemoryError",
            "-Xshare:auto",
            "-Xlog:disable",
            "-Xlog:all=warning,cds*=off:stderr");
    private static final Map<SiteKind, List<String>> HEAP = Map.of(
            SiteKind.HQ, List.of("-Xms24m", "-Xmx160m"),
            SiteKind.LAB, List.of("-Xms16m", "-Xmx64m"),
            SiteKind.CENTRE, List.of("-Xms16m", "-Xmx64m"));

    private final ScenarioHomes homes;
    private final Map<SiteId, Process> processes = new LinkedHashMap<>();
    private boolean stopped;

    public SiteProcesses(ScenarioHomes homes) {
        this.homes = homes;
    }

    /**
     * Starts a site and does not wait for it. Its output goes to the file {@code log} of its home.
     *
     * @param javaOptions more options for its Java
     */
    public void start(SiteId site, String... javaOptions) throws IOException {
        start(site, Map.of(), javaOptions);
    }

    /** As {@link #start(SiteId, String...)}, with more variables in the environment of its process. */
    public synchronized void start(SiteId site, Map<String, String> environment, String... javaOptions)
            throws IOException {
        if (stopped) {
            return;
        }
        Path log = log(site);
        if (!Files.exists(log)) {
            Files.createFile(log, Modes.SHARED_FILE);
        }
        ProcessBuilder builder = new ProcessBuilder(command(site, List.of(javaOptions)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectInput(new File("/dev/null"));
        // Without it glibc keeps an arena a thread: tens of megabytes that no site needs.
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        builder.environment().putAll(environment);
        processes.put(site, builder.start());
    }

    /**
     * Runs the site and ends, after draining, when this process does.
     *
     * @param javaOptions count more than those that keep the process small
     */
    private List<String> command(SiteId site, List<String> javaOptions) {
        SiteKind kind = SiteKind.of(site).orElseThrow();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SMALL);
        // Libraries with native parts (SQLite, Conscrypt, Netty) must be let from these versions on.
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        if (Runtime.version().feature() >= 24) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        String archive = System.getProperty(ARCHIVE);
        if (archive != null) {
            command.add("-XX:SharedArchiveFile=" + archive);
        }
        command.addAll(HEAP.get(kind));
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN, kind.command()));
        command.addAll(List.of("--home", homes.home(site).folder().toString(), "--stop-with-parent"));
        return command;
    }

    public Path log(SiteId site) {
        return homes.home(site).resolve("log");
    }

    /** The facts that the site publishes once it is at work; empty before. */
    public synchronized Optional<Map<String, String>> facts(SiteId site) {
        Process process = processes.get(site);
        return RunningSite.read(homes.home(site))
                .filter(status -> process != null && status.pid() == process.pid() && status.ready())
                .map(RunningSite.Status::facts);
    }

    /** The site's process, running or ended; empty when it was not started or was killed here. */
    public synchronized Optional<Process> process(SiteId site) {
        return Optional.ofNullable(processes.get(site));
    }

    /** Ends a site as a power cut would: SIGKILL. */
    public synchronized void kill(SiteId site) {
        Process process = processes.remove(site);
        process.destroyForcibly();
        ended(process, TimeUnit.SECONDS.toNanos(STOP_SECONDS));
    }

    /**
     * Ends a site as its operator does: SIGTERM, and time to drain.
     *
     * @return whether it ended by itself; one that did not is killed
     */
    public synchronized boolean stop(SiteId site) {
        boolean drained = stop(List.of(site)).isEmpty();
        processes.remove(site);
        return drained;
    }

    /**
     * Waits until these sites are at work.
     *
     * @param atMost for all of them together
     * @param progress hears how many are at work, each time that there are more
     * @throws IOException when a site ends, or the time is over
     */
    public void awaitAtWork(Collection<SiteId> sites, Duration atMost, IntConsumer progress)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        int told = 0;
        while (told < sites.size()) {
            requireAllRun();
            List<SiteId> missing =
                    sites.stream().filter(site -> facts(site).isEmpty()).toList();
            int ready = sites.size() - missing.size();
            if (ready > told) {
                progress.accept(ready);
                told = ready;
            }
            if (!missing.isEmpty()) {
                if (System.nanoTime() > deadline) {
                    throw new IOException(missing.get(0) + " did not start within " + atMost.toSeconds() + " s. Read "
                            + log(missing.get(0)));
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLISECONDS);
            }
        }
    }

    /** @throws IOException when the process of a site has ended by itself; says which, and why as far as its log does */
    public synchronized void requireAllRun() throws IOException {
        for (Map.Entry<SiteId, Process> each : processes.entrySet()) {
            if (!each.getValue().isAlive()) {
                throw new IOException(each.getKey() + " ended by itself with exit code "
                        + each.getValue().exitValue() + lastLine(each.getKey()) + ". Read " + log(each.getKey()));
            }
        }
    }

    private String lastLine(SiteId site) {
        try {
            List<String> lines = Files.readAllLines(log(site));
            return lines.isEmpty() ? "" : ": " + lines.get(lines.size() - 1);
        } catch (IOException e) {
            return "";
        }
    }

    /** Stops labs and centres, then headquarters. Returns the sites that had to be killed. */
    public synchronized List<SiteId> stop() {
        stopped = true;
        List<SiteId> killed = new ArrayList<>();
        killed.addAll(stop(ScenarioHomes.LABS));
        killed.addAll(stop(ScenarioHomes.CENTRES));
        killed.addAll(stop(List.of(ScenarioHomes.HEADQUARTERS)));
        return killed;
    }

    private List<SiteId> stop(List<SiteId> sites) {
        List<SiteId> killed = new ArrayList<>();
        for (SiteId site : sites) {
            Process process = processes.get(site);
            if (process != null) {
                process.destroy();
            }
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
        for (SiteId site : sites) {
            Process process = processes.get(site);
            if (process != null && !ended(process, deadline - System.nanoTime())) {
                process.destroyForcibly();
                ended(process, TimeUnit.SECONDS.toNanos(STOP_SECONDS));
                killed.add(site);
            }
        }
        return killed;
    }

    /** Stopping is not to be cut short: an interrupt is kept for later. */
    private static boolean ended(Process process, long nanoseconds) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + nanoseconds;
        try {
            while (true) {
                try {
                    return process.waitFor(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
