package io.saddlebag.cli;

import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.cli.home.SiteKind;
import io.saddlebag.cli.where.WhereFinder;
import io.saddlebag.files.FileTree;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.FreePort;
import io.saddlebag.site.SiteApplication;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Starts one site of each kind in this process and stops them. The launcher runs it once after a build, while the JVM
 * writes down which classes a site needs, so that later starts are fast. Not for people.
 */
@Command(name = "warm-up", hidden = true)
final class WarmUpCommand implements Callable<Integer> {
    private static final List<SiteId> ONE_OF_EACH =
            List.of(SiteId.of("DC-HQ"), SiteId.of("NY-RC"), SiteId.of("MA-LAB"));

    @Option(names = "--dir", required = true, paramLabel = "DIR", description = "A new folder, deleted at the end.")
    private Path folder;

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stop;

    @Override
    public Integer call() throws IOException, SiteStartException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopOnSignal, "stop-on-signal"));
        try {
            startAndStop();
        } finally {
            ended.countDown();
        }
        return 0;
    }

    private void startAndStop() throws IOException, SiteStartException {
        Files.createDirectory(folder);
        Deque<SiteApplication> started = new ArrayDeque<>();
        try {
            ScenarioHomes homes = new ScenarioHomes(folder);
            homes.make(FreePort.any());
            for (SiteId site : ONE_OF_EACH) {
                if (stop) {
                    return;
                }
                SiteApplication application =
                        SiteKind.of(site).orElseThrow().application(homes.home(site), Map.of(), Set.of());
                started.push(application);
                application.start();
            }
            ask(List.of(homes.home(ONE_OF_EACH.get(1)), homes.home(ONE_OF_EACH.get(2))));
        } finally {
            while (!started.isEmpty()) {
                started.pop().close();
            }
            FileTree.delete(folder);
        }
    }

    /** A question of people, who wait for the answer. */
    private static void ask(List<SiteHome> homes) throws IOException, SiteStartException {
        new WhereFinder(homes, WhereFinder.HqReading.OF_COMMANDS, Clock.systemUTC()).find("MA-LAB_DAT_20251008_001");
    }

    /** Keeps the process until what it started has ended, PostgreSQL above all. */
    private void stopOnSignal() {
        stop = true;
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
