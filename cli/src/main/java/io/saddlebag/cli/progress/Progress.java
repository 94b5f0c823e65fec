package io.saddlebag.cli.progress;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Says how far a command is: bytes, rate, time left. On a terminal one line that changes; elsewhere a line at an interval, or
 * when the process gets SIGUSR1. Never on standard output, which is for data. Any thread may count.
 */
public final class Progress implements AutoCloseable {
    private static final Duration REDRAW = Duration.ofMillis(500);
    private static final double SECOND = 1e9;
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final int STEP = 1024;
    private static final int PERCENT = 100;
    private static final int MINUTE = 60;
    private static final int HOUR = 3600;

    private final String what;
    private final long total;
    private final PrintWriter err;
    private final boolean onTerminal;
    private final LongSupplier nanoTime;
    private final long begun;
    private final LongAdder done = new LongAdder();
    private final ScheduledExecutorService timer;
    private boolean isShown;

    /**
     * @param what such as {@code sealing run7.bam}
     * @param total bytes; 0 when they are not known
     * @param every null for a line on SIGUSR1 alone, where there is no terminal
     * @param nanoTime as {@link System#nanoTime}
     */
    Progress(String what, long total, PrintWriter err, Duration every, boolean onTerminal, LongSupplier nanoTime) {
        this.what = what;
        this.total = total;
        this.err = err;
        this.onTerminal = onTerminal;
        this.nanoTime = nanoTime;
        this.begun = nanoTime.getAsLong();
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
        });
        Duration interval = onTerminal ? REDRAW : every;
        if (interval != null) {
            timer.scheduleAtFixedRate(this::show, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        }
        UserSignal.onUsr1(this::show);
    }

    /** Counts what is read of the stream. */
    public InputStream counting(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int read = super.read();
                done.add(read < 0 ? 0 : 1);
                return read;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int read = super.read(buffer, offset, length);
                done.add(Math.max(0, read));
                return read;
            }
        };
    }

    /** Counts what is written to the stream. */
    public OutputStream counting(OutputStream out) {
        return new FilterOutputStream(out) {
            @Override
            public void write(int octet) throws IOException {
                out.write(octet);
                done.increment();
            }

            @Override
            public void write(byte[] buffer, int offset, int length) throws IOException {
                out.write(buffer, offset, length);
                done.add(length);
            }
        };
    }

    private synchronized void show() {
        String line = line();
        if (onTerminal) {
            // Back to the beginning of the line, and nothing of the former one stays.
            err.print("\r" + line + "\033[K");
            isShown = true;
        } else {
            err.println(line);
        }
        err.flush();
    }

    String line() {
        long bytes = done.sum();
        double seconds = Math.max(1, nanoTime.getAsLong() - begun) / SECOND;
        double rate = bytes / seconds;
        String of = total > 0 ? " of " + size(total) + " (" + Math.min(PERCENT, bytes * PERCENT / total) + " %)" : "";
        String left = total > bytes && rate > 0 ? ", " + time(Math.round((total - bytes) / rate)) + " left" : "";
        return what + ": " + size(bytes) + of + ", " + size(Math.round(rate)) + "/s" + left;
    }

    private static String size(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (amount >= STEP && unit < UNITS.length - 1) {
            amount /= STEP;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", amount, UNITS[unit]);
    }

    private static String time(long seconds) {
        if (seconds >= HOUR) {
            return seconds / HOUR + " h " + seconds % HOUR / MINUTE + " min";
        }
        return seconds >= MINUTE ? seconds / MINUTE + " min " + seconds % MINUTE + " s" : seconds + " s";
    }

    /** Ends; on a terminal with the last line in place. */
    @Override
    public void close() {
        UserSignal.onUsr1(null);
        timer.shutdownNow();
        synchronized (this) {
            if (isShown) {
                show();
                err.println();
                err.flush();
            }
        }
    }
}
