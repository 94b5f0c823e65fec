package io.saddlebag.log;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line a minute about work on a large file: bytes, percent and rate. Work that takes less than a minute has none. For one
 * thread at a time.
 */
public final class ProgressLog {
    /** For a total that is not known. */
    public static final long UNKNOWN = -1;

    private static final Logger LOG = LoggerFactory.getLogger(ProgressLog.class);
    private static final long PERIOD_NANOS = Duration.ofMinutes(1).toNanos();
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

    private final String subject;
    private final String work;
    private final long total;
    private final LongSupplier nanoTime;
    private final long beganAt;
    private volatile long lastAt;
    /** Written by one thread, read by others too. */
    private volatile long done;

    private long said;
    private long saidAt;

    /**
     * @param subject the message, with its file where that has another name
     * @param work one word, such as {@code sealing}
     * @param total in bytes, or {@link #UNKNOWN}
     */
    public ProgressLog(String subject, String work, long total) {
        this(subject, work, total, System::nanoTime);
    }

    /** @param nanoTime a running clock, as {@link System#nanoTime} is */
    ProgressLog(String subject, String work, long total, LongSupplier nanoTime) {
        this.subject = subject;
        this.work = work;
        this.total = total;
        this.nanoTime = nanoTime;
        this.saidAt = nanoTime.getAsLong();
        this.beganAt = saidAt;
        this.lastAt = saidAt;
    }

    /** Work that begins behind these bytes of an earlier attempt. */
    public void resumed(long bytes) {
        done = bytes;
        said = bytes;
    }

    /** Counts bytes that are done. */
    public void add(long bytes) {
        done = done + bytes;
        long now = nanoTime.getAsLong();
        lastAt = now;
        if (now - saidAt >= PERIOD_NANOS) {
            LOG.info("{}: {}", subject, line(now - saidAt));
            said = done;
            saidAt = now;
        }
    }

    String subject() {
        return subject;
    }

    String work() {
        return work;
    }

    long total() {
        return total;
    }

    long done() {
        return done;
    }

    long beganAt() {
        return beganAt;
    }

    long lastAt() {
        return lastAt;
    }

    boolean isOver() {
        return total >= 0 && done >= total;
    }

    private String line(long nanos) {
        double perSecond = (done - said) * 1e9 / nanos;
        String of = total > 0 ? " of " + text(total) + " (" + Math.min(100, done * 100 / total) + " %)" : "";
        return work + ", " + text(done) + of + ", " + text(perSecond) + "/s";
    }

    private static String text(double bytes) {
        double shown = bytes;
        String unit = "bytes";
        for (int i = 0; i < UNITS.length && shown >= 1024; i++) {
            shown /= 1024;
            unit = UNITS[i];
        }
        return String.format(Locale.ROOT, unit.equals("bytes") ? "%.0f %s" : "%.1f %s", shown, unit);
    }

    /** Counts what is read. Closes the stream when it is closed. */
    public InputStream counting(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int one = super.read();
                add(one < 0 ? 0 : 1);
                return one;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int read = super.read(bytes, offset, length);
                add(Math.max(0, read));
                return read;
            }
        };
    }
}
