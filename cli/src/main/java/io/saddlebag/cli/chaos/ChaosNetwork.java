package io.saddlebag.cli.chaos;

import io.saddlebag.cli.demo.SiteCommandLine;
import io.saddlebag.cli.demo.SiteProcesses;
import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.hq.postgres.PostgresServer;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Headquarters, three centres and two laboratories as processes, each client behind a bad network of its own, with short
 * times so that recovery and not waiting is what takes time. Safe for any number of threads.
 */
final class ChaosNetwork implements AutoCloseable {
    private static final long SMALL_DISK_BYTES = 160L << 20;
    private static final long SMALL_DISK_BYTES_A_FILE = 64L << 10;
    private static final Map<String, String> CLIENT_SETTINGS = Map.of("hq.reconnect-max", "1s", "hq.heart-beat", "2s");
    private static final Map<String, String> LAB_SETTINGS = Map.of(
            "folder.settle-time", "50ms",
            "folder.poll-interval", "100ms",
            "publish.retry-interval", "1s",
            "receipts.ask-interval", "10s");
    private static final Map<String, String> CENTRE_SETTINGS =
            Map.of("receive.retry-interval", "500ms", "receive.subscribe-retry", "1s");

    private final ScenarioHomes homes;
    private final SiteProcesses sites;
    private final Map<Target, FaultyProxy> proxies = new EnumMap<>(Target.class);
    private final Map<Target, SmallDisk> disks = new EnumMap<>(Target.class);

    private ChaosNetwork(ScenarioHomes homes, SiteProcesses sites) {
        this.homes = homes;
        this.sites = sites;
    }

    /** Makes homes, networks and, where they are wanted, small disks; starts nothing. */
    static ChaosNetwork make(Path folder, SiteCommandLine commandLine, boolean withSmallDisks, int files)
            throws IOException {
        ScenarioHomes homes = new ScenarioHomes(folder);
        ChaosNetwork network = new ChaosNetwork(homes, new SiteProcesses(homes, commandLine));
        try {
            network.make(withSmallDisks, files);
            return network;
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
    }

    private void make(boolean withSmallDisks, int files) throws IOException {
        if (withSmallDisks) {
            for (Target target : Target.SMALL_DISKS) {
                SiteHome home = homes.home(target.site());
                // Of headquarters the spool alone: its database has its own ways with a full disk.
                Path folder = target == Target.HQ ? home.resolve("spool") : home.folder();
                disks.put(target, SmallDisk.over(folder, SMALL_DISK_BYTES + SMALL_DISK_BYTES_A_FILE * files));
            }
        }
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        homes.make(port);
        HomeMaker.set(homes.home(Target.HQ.site()), "hq.heart-beat", "2s");
        // A small disk has less room than headquarters would have kept free.
        HomeMaker.set(homes.home(Target.HQ.site()), "hq.min-free-space", "1MiB");
        for (Target client : Target.CLIENTS) {
            FaultyProxy proxy = FaultyProxy.to(port);
            proxies.put(client, proxy);
            SiteHome home = homes.home(client.site());
            HomeMaker.set(home, "hq.port", Integer.toString(proxy.port()));
            set(home, CLIENT_SETTINGS);
            set(home, Target.LABS.contains(client) ? LAB_SETTINGS : CENTRE_SETTINGS);
        }
    }

    private static void set(SiteHome home, Map<String, String> settings) throws IOException {
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            HomeMaker.set(home, setting.getKey(), setting.getValue());
        }
    }

    ScenarioHomes homes() {
        return homes;
    }

    void start(Target target, String... javaOptions) throws IOException {
        sites.start(target.site(), javaOptions);
    }

    void kill(Target target) {
        if (target == Target.POSTGRES) {
            postmaster().ifPresent(ProcessHandle::destroyForcibly);
        } else {
            sites.kill(target.site());
        }
    }

    /** Whether the process does its work: a site says so itself, PostgreSQL's main process lives. */
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
        Path file = homes.home(Target.HQ.site()).resolve("postgres/data/postmaster.pid");
        try (Stream<String> lines = Files.lines(file)) {
            return lines.findFirst()
                    .map(String::strip)
                    .map(Long::parseLong)
                    .flatMap(ProcessHandle::of)
                    // After a kill the number may have become another's.
                    .filter(process -> process.info().command().orElse("").endsWith("/postgres"));
        } catch (IOException | UncheckedIOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    FaultyProxy proxy(Target client) {
        return proxies.get(client);
    }

    SmallDisk disk(Target target) {
        return disks.get(target);
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
        try {
            PostgresServer.stopLeftover(homes.home(Target.HQ.site()).resolve("postgres"));
        } catch (PostgresException e) {
            killed.add("PostgreSQL: " + e.getMessage());
        }
        return killed;
    }

    /** Stops what still runs and takes networks and small disks away. */
    @Override
    public void close() throws IOException {
        stop();
        proxies.values().forEach(FaultyProxy::close);
        for (SmallDisk disk : disks.values()) {
            disk.close();
        }
    }
}
