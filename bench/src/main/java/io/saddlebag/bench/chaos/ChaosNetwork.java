package io.saddlebag.bench.chaos;

import io.saddlebag.bench.chaos.fault.DiskPlace;
import io.saddlebag.bench.chaos.fault.FaultyProxy;
import io.saddlebag.bench.chaos.fault.MachineLimits.Means;
import io.saddlebag.bench.chaos.fault.SiteClock;
import io.saddlebag.bench.chaos.fault.SmallDisk;
import io.saddlebag.bench.chaos.fault.Target;
import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.cli.home.SiteProcesses;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.site.FreePort;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Headquarters, three centres and two laboratories as processes, each client behind a bad network of its own, with short
 * times so that recovery and not waiting is what takes time. Safe for any number of threads.
 */
final class ChaosNetwork implements AutoCloseable {
    private static final long SMALL_DISK_BYTES = 160L << 20;
    private static final long DATABASE_DISK_BYTES = 3L << 30;
    private static final long SMALL_DISK_BYTES_A_FILE = 64L << 10;
    /** A small disk has less room than headquarters would have kept free. */
    private static final Map<String, String> HQ_SETTINGS = Map.of("hq.heart-beat", "2s", "hq.min-free-space", "1MiB");

    private static final Map<String, String> CLIENT_SETTINGS = Map.of("hq.reconnect-max", "1s", "hq.heart-beat", "2s");
    private static final Map<String, String> LAB_SETTINGS = Map.of(
            "folder.settle-time", "50ms",
            "folder.poll-interval", "100ms",
            "publish.retry-interval", "1s",
            "receipts.ask-interval", "10s");
    private static final Map<String, String> CENTRE_SETTINGS = Map.of(
            "receive.retry-interval", "500ms",
            "receive.subscribe-retry", "1s",
            "outbox.retention-interval", "500ms");
    /** Longer than any run, shorter than a clock's step: a deletion by such a clock shows as a loss. */
    private static final String LIMIT_OF_AGE = "30d";

    private final ScenarioHomes homes;
    private final SiteProcesses sites;
    private final Map<Target, FaultyProxy> proxies = new EnumMap<>(Target.class);
    private final Map<Target, SmallDisk> smallDisks = new EnumMap<>(Target.class);
    private final Map<DiskPlace, SmallDisk> disks = new EnumMap<>(DiskPlace.class);
    private final Map<Target, SiteClock> clocks = new EnumMap<>(Target.class);
    private final Set<Long> pidsWithClocks = new HashSet<>();
    /** A run that is broken off leaves no process and no disk behind. */
    private final Thread atTheEnd = new Thread(this::abandon, "abandon");

    private ChaosNetwork(ScenarioHomes homes, SiteProcesses sites) {
        this.homes = homes;
        this.sites = sites;
    }

    /** Makes homes, networks and, where they are wanted, disks and clocks; starts nothing. */
    static ChaosNetwork make(Path folder, Means means, int files) throws IOException {
        ScenarioHomes homes = new ScenarioHomes(folder);
        ChaosNetwork network = new ChaosNetwork(homes, new SiteProcesses(homes));
        Runtime.getRuntime().addShutdownHook(network.atTheEnd);
        try {
            network.make(means, files);
            return network;
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
    }

    private void make(Means means, int files) throws IOException {
        if (means.withDisks()) {
            makeDisks(SMALL_DISK_BYTES + SMALL_DISK_BYTES_A_FILE * files);
        }
        int port = FreePort.any();
        homes.make(port);
        HomeMaker.set(home(Target.HQ), HQ_SETTINGS);
        for (Target client : Target.CLIENTS) {
            FaultyProxy proxy = FaultyProxy.to(port);
            proxies.put(client, proxy);
            SiteHome home = home(client);
            HomeMaker.set(home, Map.of("hq.port", Integer.toString(proxy.port())));
            HomeMaker.set(home, CLIENT_SETTINGS);
            HomeMaker.set(home, Target.LABS.contains(client) ? LAB_SETTINGS : CENTRE_SETTINGS);
        }
        if (means.withClocks()) {
            makeClocks();
        }
    }

    private void makeDisks(long bytes) throws IOException {
        Path aside = homes.folder().resolve("disks");
        for (DiskPlace place : DiskPlace.values()) {
            disks.put(
                    place,
                    SmallDisk.over(
                            place.in(home(place.target())),
                            aside.resolve(place.name()),
                            place == DiskPlace.HQ_DATABASE ? DATABASE_DISK_BYTES : bytes));
        }
        for (Target target : Target.SMALL_DISKS) {
            // PostgreSQL handles a full disk in its own way, so headquarters gets one for its spool only.
            smallDisks.put(
                    target,
                    target == Target.HQ
                            ? disks.get(DiskPlace.HQ_SPOOL)
                            : SmallDisk.over(home(target).folder(), aside.resolve(target.name()), bytes));
        }
    }

    private void makeClocks() throws IOException {
        Path folder = Files.createDirectories(homes.folder().resolve("clocks"));
        for (Target target : Target.CLOCKS) {
            clocks.put(target, SiteClock.in(folder.resolve(target.name())));
        }
        addParameter(Target.FL_LAB, "ttl", LIMIT_OF_AGE);
        addParameter(Target.CA_RC, "deleteAllAfter", LIMIT_OF_AGE);
    }

    /** To each route of a site, whose files name the folder of each last but one. */
    private void addParameter(Target target, String name, String value) throws IOException {
        Path routes = home(target).resolve("routes");
        try (Stream<Path> files = Files.list(routes)) {
            for (Path file : files.toList()) {
                String text = Files.readString(file);
                Files.writeString(
                        file,
                        text.replaceAll(
                                "(?m)^( *)- \\{name: directory,.*$",
                                "$0\n$1- {name: " + name + ", value: \"" + value + "\"}"));
            }
        }
    }

    private SiteHome home(Target target) {
        return homes.home(target.site());
    }

    ScenarioHomes homes() {
        return homes;
    }

    void start(Target target, String... javaOptions) throws IOException {
        SiteClock clock = clocks.get(target);
        sites.start(target.site(), clock == null ? Map.of() : clock.environment(), javaOptions);
        if (clock != null) {
            process(target).ifPresent(process -> pidsWithClocks.add(process.pid()));
        }
    }

    void kill(Target target) throws IOException {
        if (target == Target.POSTGRES) {
            postmaster().ifPresent(ProcessHandle::destroyForcibly);
        } else {
            sites.kill(target.site());
            removeClocks();
        }
    }

    /** Kills a site, if it lives, with what it started: headquarters with its PostgreSQL, as when the machine ends. */
    void killWhole(Target target) throws IOException {
        if (process(target).isPresent()) {
            kill(target);
        }
        if (target == Target.HQ) {
            List<ProcessHandle> database = processes(Target.POSTGRES);
            database.forEach(ProcessHandle::destroyForcibly);
            database.forEach(process -> process.onExit().join());
        }
    }

    /** Stops a site, if it lives, with what it started; returns whether nothing had to be killed. */
    boolean stopWhole(Target target) {
        boolean drained = sites.stop(target.site());
        return target == Target.HQ ? stopDatabase().isEmpty() && drained : drained;
    }

    private Optional<String> stopDatabase() {
        try {
            PostgresServer.stopLeftover(postgres());
            return Optional.empty();
        } catch (PostgresException e) {
            return Optional.of("PostgreSQL: " + e.getMessage());
        }
    }

    /** True when a site says that it is ready, or when the main process of PostgreSQL lives. */
    boolean isAtWork(Target target) {
        return target == Target.POSTGRES
                ? postmaster().isPresent()
                : process(target).map(Process::isAlive).orElse(false)
                        && sites.facts(target.site()).isPresent();
    }

    /** The site's process, running or ended by itself; empty while it is killed. */
    Optional<Process> process(Target target) {
        return sites.process(target.site());
    }

    /** All that make up the target; empty when it is dead. */
    List<ProcessHandle> processes(Target target) {
        if (target != Target.POSTGRES) {
            return process(target).filter(Process::isAlive).map(Process::toHandle).stream()
                    .toList();
        }
        return postmaster().stream()
                .flatMap(main -> Stream.concat(Stream.of(main), main.children()))
                .toList();
    }

    private Optional<ProcessHandle> postmaster() {
        return PostgresServer.process(postgres());
    }

    private Path postgres() {
        return home(Target.HQ).resolve("postgres");
    }

    FaultyProxy proxy(Target client) {
        return proxies.get(client);
    }

    /** The disk of a site that can be filled. */
    SmallDisk smallDisk(Target target) {
        return smallDisks.get(target);
    }

    SmallDisk disk(DiskPlace place) {
        return disks.get(place);
    }

    /** False when the place is a folder of this site and its disk is away. */
    boolean isThere(DiskPlace place, Target site) {
        return place.target() != site
                || !disks.containsKey(place)
                || disks.get(place).isMounted();
    }

    SiteClock clock(Target target) {
        return clocks.get(target);
    }

    String psqlUrl() {
        return sites.facts(Target.HQ.site()).orElseThrow().get("psqlUrl");
    }

    Path log(Target target) {
        return sites.log(target.site());
    }

    /** Stops every process, gently; returns who had to be killed. */
    List<String> stop() {
        List<String> killed =
                new ArrayList<>(sites.stop().stream().map(Object::toString).toList());
        stopDatabase().ifPresent(killed::add);
        return killed;
    }

    /** Stops what still runs and takes networks and small disks away. */
    @Override
    public void close() throws IOException {
        stop();
        proxies.values().forEach(FaultyProxy::close);
        for (SmallDisk disk : allDisks()) {
            disk.close();
        }
        removeClocks();
        Runtime.getRuntime().removeShutdownHook(atTheEnd);
    }

    /** Puts back what a run that was broken off left away; for stopped sites. */
    void putDisksBack() throws IOException {
        for (SmallDisk disk : disks.values()) {
            if (!disk.isMounted()) {
                disk.putBack();
            }
        }
    }

    private Set<SmallDisk> allDisks() {
        Set<SmallDisk> all = new LinkedHashSet<>(smallDisks.values());
        all.addAll(disks.values());
        return all;
    }

    private void abandon() {
        try {
            for (Target target : Target.SITES) {
                killWhole(target);
            }
        } catch (IOException e) {
            // The disks go all the same.
        }
        allDisks().forEach(SmallDisk::abandon);
    }

    /** Removes the clocks of ended processes: a killed one leaves shared memory behind. */
    private void removeClocks() throws IOException {
        for (long pid : pidsWithClocks) {
            if (ProcessHandle.of(pid).isEmpty()) {
                SiteClock.removeLeftovers(pid);
            }
        }
        pidsWithClocks.removeIf(pid -> ProcessHandle.of(pid).isEmpty());
    }
}
