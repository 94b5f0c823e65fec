package io.saddlebag.hq.testing;

import io.saddlebag.hq.HqApplication;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A whole headquarters in this JVM, with a home, certificates and a database of its own; may be started again. */
public final class RunningHq implements AutoCloseable {
    public static final String TOPOLOGY = """
            exchanges: [labs, other]
            queues:
              - {name: ca_rc_queue, site: CA-RC}
              - {name: ny_rc_queue, site: NY-RC}
            bindings:
              - {exchange: labs, routing_key: ca_rc, queue: ca_rc_queue}
              - {exchange: labs, routing_key: ny_rc, queue: ny_rc_queue}
            sites:
              - {id: FL-LAB, publish: [labs]}
              - {id: PA-LAB, publish: [labs]}
              - {id: CA-RC, consume: [ca_rc_queue]}
              - {id: NY-RC, consume: [ny_rc_queue]}
            """;

    private final TestNetwork network;
    private final TestDatabase database;
    private final Path home;
    private final SiteClocks clocks;
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private Set<String> adopted = Set.of();
    private HqApplication application;

    private RunningHq(TestNetwork network, TestDatabase database, SiteClocks clocks, Path home) {
        this.home = home;
        this.clocks = clocks;
        this.network = network;
        this.database = database;
    }

    /** Started, with the given settings in addition to the usual ones. */
    public static RunningHq start(Path folder, Map<String, String> settings) {
        return start(folder, settings, SiteClocks.ofSystem());
    }

    /** As {@link #start(Path, Map)}, by clocks that the test sets. */
    public static RunningHq start(Path folder, Map<String, String> settings, SiteClocks clocks) {
        TestNetwork network = TestNetwork.create(folder);
        RunningHq hq = new RunningHq(network, TestDatabase.create(), clocks, network.home(TestNetwork.HQ));
        try {
            network.identityFolder(TestNetwork.HQ);
            Path home = hq.home();
            Files.writeString(home.resolve("topology.yaml"), TOPOLOGY);
            PrivateFiles.create(
                    home.resolve("database.password"), hq.database.password().getBytes(StandardCharsets.UTF_8));
            StringBuilder text = new StringBuilder(
                    "site.id=DC-HQ\nhq.host=127.0.0.1\nhq.topology-check=100ms\n" + "hq.changes-check=100ms\n");
            Map<String, String> all = new HashMap<>(settings);
            all.put("hq.database.url", hq.database.jdbcUrl());
            all.put("hq.database.user", hq.database.user());
            all.forEach(
                    (name, value) -> text.append(name).append('=').append(value).append('\n'));
            Files.writeString(home.resolve("application.properties"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        hq.start();
        return hq;
    }

    /** Another one on the same database, with a home of its own that is a copy of this one's; not started. */
    public RunningHq another(String folder) {
        RunningHq other = new RunningHq(network, database, clocks, home.resolveSibling(folder));
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                boolean isOwn = Set.of("home.id", "stores.json")
                        .contains(file.getFileName().toString());
                if (!isOwn && !file.startsWith(home.resolve("run"))) {
                    Files.copy(
                            file,
                            other.home.resolve(home.relativize(file).toString()),
                            StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
            return other;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From the next start on without a setting of its home. */
    public RunningHq without(String setting) {
        Path file = home.resolve("application.properties");
        try {
            Files.write(
                    file,
                    Files.readAllLines(file).stream()
                            .filter(line -> !line.startsWith(setting + "="))
                            .toList());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void start() {
        start(Map.of());
    }

    /** With settings that count before those of the home. */
    public void start(Map<String, String> overrides) {
        application = new HqApplication(new SiteHome(home()), overrides, adopted, clocks);
        application.onFailure(failures::add);
        try {
            application.start();
        } catch (SiteStartException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** The stores that the next starts adopt. */
    public void adopts(String... stores) {
        adopted = Set.of(stores);
    }

    public void stop() {
        application.close();
    }

    /** Why it could not go on; empty as long as it can. */
    public List<String> failures() {
        return failures;
    }

    public Path home() {
        return home;
    }

    public TestNetwork network() {
        return network;
    }

    public TestDatabase database() {
        return database;
    }

    public int port() {
        return Integer.parseInt(application.facts().get("port"));
    }

    public RawStompClient connect(String site) {
        return RawStompClient.connect(port(), network.identity(site));
    }

    @Override
    public void close() {
        application.close();
        database.close();
    }
}
