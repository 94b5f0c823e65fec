package io.saddlebag.cli.demo;

import io.saddlebag.hq.postgres.PostgresException;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ends a demo: all that it started is stopped once, however its work ends, at a signal too. For one demo. */
final class DemoEnd {
    private static final int INTERRUPTED = 130;

    private final PrintWriter out;
    private final Part stop;
    private final CountDownLatch leave = new CountDownLatch(1);
    private volatile boolean staying;
    private volatile boolean over;

    /** A part of a demo. */
    @FunctionalInterface
    interface Part {
        void run() throws IOException;
    }

    /** The part that tells of the scenario. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException, SQLException, SiteStartException, PostgresException, InterruptedException;
    }

    /** @param stop stops all that was started; may be called by the thread of a signal */
    DemoEnd(PrintWriter out, Part stop) {
        this.out = out;
        this.stop = stop;
    }

    /** Nothing runs afterwards. The first failure is the one to report; a failure to stop is attached to it. */
    void after(Work work) throws IOException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopOnSignal, "stop-on-signal"));
        try {
            work.run();
        } catch (SQLException | SiteStartException | PostgresException e) {
            stopAllAfter(e);
            throw new IOException(e.getMessage(), e);
        } catch (InterruptedException e) {
            stopAllAfter(e);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (IOException | RuntimeException e) {
            stopAllAfter(e);
            throw e;
        }
        stopAll();
    }

    /** Waits for a signal; looks each second. */
    void stay(Part look) throws IOException, InterruptedException {
        staying = true;
        while (!leave.await(1, TimeUnit.SECONDS)) {
            look.run();
        }
    }

    private void stopAllAfter(Exception failure) {
        try {
            stopAll();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private synchronized void stopAll() throws IOException {
        if (!over) {
            over = true;
            stop.run();
        }
    }

    /** Ctrl-C, SIGTERM: the sites are stopped here, since the run itself may be anywhere. */
    private void stopOnSignal() {
        if (over) {
            return;
        }
        boolean asked = staying;
        leave.countDown();
        int exitCode = asked ? 0 : INTERRUPTED;
        try {
            stopAll();
            out.println(asked ? "All stopped" : "Interrupted; all stopped");
        } catch (IOException failure) {
            out.println("saddlebag: " + failure.getMessage());
            exitCode = 1;
        }
        out.flush();
        Runtime.getRuntime().halt(exitCode);
    }
}
