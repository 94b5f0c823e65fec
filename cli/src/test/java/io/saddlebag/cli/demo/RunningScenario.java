package io.saddlebag.cli.demo;

import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.cli.home.SiteKind;
import io.saddlebag.lab.LabApplication;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.FreePort;
import io.saddlebag.site.SiteApplication;
import io.saddlebag.site.SiteHome;
import io.saddlebag.stores.FolderStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The sites of the scenario as applications in this JVM; each may be stopped and started again. */
final class RunningScenario implements AutoCloseable {
    private final ScenarioHomes homes;
    private final Map<SiteId, SiteApplication> running = new LinkedHashMap<>();
    private final int port;

    RunningScenario(Path folder) throws IOException {
        homes = new ScenarioHomes(folder);
        port = FreePort.any();
        homes.make(port);
        HomeMaker.set(home(ScenarioHomes.HEADQUARTERS), Map.of("hq.proof-log-interval", "200ms"));
        for (SiteId lab : ScenarioHomes.LABS) {
            HomeMaker.set(home(lab), Map.of("folder.settle-time", "100ms"));
            HomeMaker.set(home(lab), Map.of("folder.poll-interval", "100ms"));
        }
    }

    int port() {
        return port;
    }

    /** The CA's folder. */
    Path authority() {
        return homes.authority();
    }

    SiteHome home(SiteId site) {
        return homes.home(site);
    }

    void start(SiteId site) throws Exception {
        SiteApplication application = SiteKind.of(site).orElseThrow().application(home(site), Map.of(), Set.of());
        application.start();
        running.put(site, application);
    }

    void startAll() throws Exception {
        for (SiteId site : ScenarioHomes.SITES) {
            start(site);
        }
    }

    void stop(SiteId site) {
        running.remove(site).close();
    }

    void drop(Sample sample) throws Exception {
        sample.drop(home(sample.sender()), LabApplication.ROUTE_FOLDERS);
    }

    HqRecords records() throws IOException, SQLException {
        return HqRecords.open(running.get(ScenarioHomes.HEADQUARTERS).facts().get("psqlUrl"));
    }

    int acknowledged() {
        try (HqRecords records = records()) {
            return (int) records.deliveries().stream()
                    .filter(delivery -> delivery.acknowledged() != null)
                    .count();
        } catch (IOException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    int recorded() {
        try (HqRecords records = records()) {
            return records.deliveries().size();
        } catch (IOException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** True when the lab has moved the sample to sent/. */
    boolean isSent(Sample sample) {
        return filesBelow(home(sample.sender()).resolve("sent")).stream()
                .anyMatch(name -> name.endsWith("/" + sample.fileName()));
    }

    /**
     * The names of the files below a folder but for a store's mark, relative to it; of a site at work, whose temporary
     * files come and go.
     */
    static Set<String> filesBelow(Path folder) {
        while (true) {
            Set<String> names = new TreeSet<>();
            try (Stream<Path> files = Files.isDirectory(folder) ? Files.walk(folder) : Stream.empty()) {
                files.filter(file -> Files.isRegularFile(file) && !file.endsWith(FolderStore.MARKER))
                        .forEach(file -> names.add(folder.relativize(file).toString()));
                return names;
            } catch (UncheckedIOException e) {
                if (!(e.getCause() instanceof NoSuchFileException)) {
                    throw e;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        List<SiteId> last = List.copyOf(running.keySet());
        for (int i = last.size() - 1; i >= 0; i--) {
            stop(last.get(i));
        }
    }
}
