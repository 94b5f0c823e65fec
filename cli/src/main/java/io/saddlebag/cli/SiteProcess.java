package io.saddlebag.cli;

import io.saddlebag.cli.home.SiteKind;
import io.saddlebag.files.NativeFolder;
import io.saddlebag.oplog.OperatorJournal;
import io.saddlebag.site.RunningSite;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteApplication;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** This process as a site: claims the home, starts the application, waits for the word to stop, drains. Run once. */
final class SiteProcess {
    private static final Logger LOG = LoggerFactory.getLogger(SiteProcess.class);
    /** Longer than an application may take to drain; after it the process ends all the same. */
    private static final long DRAIN_SECONDS = 40;

    private final SiteKind kind;
    private final SiteHome home;
    private final Map<String, String> overrides;
    private final Set<String> adopted;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile int exitCode = CommandLine.ExitCode.SOFTWARE;
    private volatile boolean failed;

    SiteProcess(SiteKind kind, SiteHome home, Map<String, String> overrides, Set<String> adopted) {
        this.kind = kind;
        this.home = home;
        this.overrides = Map.copyOf(overrides);
        this.adopted = Set.copyOf(adopted);
    }

    /**
     * Runs until {@link #stop}, SIGTERM or SIGINT.
     *
     * @return 0; 1 when the site cannot run as configured or could not go on, as the log says
     */
    int run() throws IOException, InterruptedException {
        Thread hook = new Thread(this::stopOnSignal, "stop-on-signal");
        Runtime.getRuntime().addShutdownHook(hook);
        try (RunningSite running = claim();
                SiteApplication application = kind.application(home, overrides, adopted)) {
            chooseNativeFolder();
            noteAdoption();
            application.onFailure(this::fail);
            application.start();
            running.ready(application.facts());
            LOG.info("At work in {} {}", home.folder(), application.facts());
            stop.await();
            LOG.info("Stopping: letting what is under way finish");
            exitCode = failed ? CommandLine.ExitCode.SOFTWARE : 0;
        } catch (SiteStartException e) {
            if (stop.getCount() == 0) {
                LOG.info("Stopped while starting: {}", e.getMessage());
                exitCode = 0;
            } else {
                exitCode = ExitCodes.of(e);
                LOG.error("Cannot start: {}", e.getMessage());
            }
        } finally {
            if (exitCode == 0) {
                LOG.info("Stopped");
            }
            stopped.countDown();
        }
        return exitCode;
    }

    private RunningSite claim() throws SiteStartException {
        Settings.require(home);
        return RunningSite.claim(home, Clock.systemUTC());
    }

    private void noteAdoption() throws SiteStartException {
        if (adopted.isEmpty()) {
            return;
        }
        try {
            OperatorJournal.append(home, "adopt", adopted.stream().sorted().toList(), null);
        } catch (IOException e) {
            throw new SiteStartException(e.getMessage(), e);
        }
    }

    private void chooseNativeFolder() throws SiteStartException {
        try {
            NativeFolder.choose(home.run().resolve("native"));
        } catch (IOException e) {
            throw new SiteStartException(e.getMessage(), e);
        }
    }

    /** The site cannot go on. Its log alone can say why. */
    private void fail(String reason) {
        LOG.error("Cannot go on, stops: {}", reason);
        failed = true;
        stop();
    }

    void stop() {
        stop.countDown();
    }

    /** A Java process that a signal ends exits with the signal's number; a site that drained has done what it should. */
    private void stopOnSignal() {
        if (stopped.getCount() == 0) {
            return;
        }
        stop();
        try {
            if (!stopped.await(DRAIN_SECONDS, TimeUnit.SECONDS)) {
                LOG.error(
                        "Expected to drain within {} s, found work still under way. Ended all the same", DRAIN_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(exitCode);
    }
}
