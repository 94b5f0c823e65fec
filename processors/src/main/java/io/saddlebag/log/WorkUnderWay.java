package io.saddlebag.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.LongSupplier;

/**
 * The long work that a site does now, for its status. Small work is not kept, so that it costs nothing. Work that ended
 * without its last byte leaves after a minute. For any number of threads.
 */
public final class WorkUnderWay {
    private static final long SMALL = 8L << 20;
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final Map<ProgressLog, Look> kept = new WeakHashMap<>();
    private final LongSupplier nanoTime;

    private record Look(long done, long nanos) {}

    /**
     * One piece of work.
     *
     * @param subject as in the log
     * @param total in bytes; negative when it is not known
     * @param age since it began
     * @param rate bytes a second since the last look
     */
    public record Progress(String subject, String work, long done, long total, Duration age, double rate) {}

    public WorkUnderWay() {
        this(System::nanoTime);
    }

    /** @param nanoTime a running clock, as {@link System#nanoTime} is */
    WorkUnderWay(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** As {@link ProgressLog#ProgressLog(String, String, long)}. */
    public ProgressLog begin(String subject, String work, long total) {
        ProgressLog progress = new ProgressLog(subject, work, total, nanoTime);
        if (total < 0 || total > SMALL) {
            synchronized (kept) {
                kept.put(progress, new Look(0, nanoTime.getAsLong()));
            }
        }
        return progress;
    }

    /** That which is neither over nor broken off, the oldest first. */
    public List<Progress> look() {
        long now = nanoTime.getAsLong();
        List<Progress> found = new ArrayList<>();
        synchronized (kept) {
            kept.keySet().removeIf(each -> each.isOver() || now - each.lastAt() > IDLE.toNanos());
            kept.replaceAll((each, before) -> {
                long done = each.done();
                double seconds = (now - before.nanos()) / 1e9;
                double rate = seconds > 0 ? Math.max(0, done - before.done()) / seconds : 0;
                found.add(new Progress(
                        each.subject(), each.work(), done, each.total(), Duration.ofNanos(now - each.beganAt()), rate));
                return new Look(done, now);
            });
        }
        found.sort(Comparator.comparing(Progress::age).reversed());
        return found;
    }
}
