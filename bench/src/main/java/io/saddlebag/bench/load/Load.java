package io.saddlebag.bench.load;

import java.time.Duration;

/**
 * The load on headquarters.
 *
 * @param publishers connections that publish, each of a laboratory of its own
 * @param consumers connections that consume; those of one recipient share its queue
 * @param recipients receiving sites per message, each with a queue of its own
 * @param size of the sealed message, in bytes; one part
 * @param window messages in flight, all publishers together
 * @param rate messages per second on a fixed timetable; 0 for as fast as the window allows
 * @param backlog messages that wait beforehand on a queue of their own, whose receiver is away
 * @param queues more queues, each with a connected receiver that gets nothing
 * @param warmUp before anything is counted
 * @param measured how long is counted
 */
public record Load(
        int publishers,
        int consumers,
        int recipients,
        int size,
        int window,
        int rate,
        int backlog,
        int queues,
        Duration warmUp,
        Duration measured) {
    public static final int MAX_RECIPIENTS = 7;
    public static final int MAX_QUEUES = 10_000;

    public Load {
        require(publishers >= 1, "publishers", "1 or more", publishers);
        require(recipients >= 1 && recipients <= MAX_RECIPIENTS, "recipients", "1 to " + MAX_RECIPIENTS, recipients);
        require(consumers >= recipients, "consumers", "at least one for each of the recipients", consumers);
        require(size >= 1 && size <= 1 << 20, "size", "1 to 1048576 bytes (one part)", size);
        require(window >= publishers && window < 1 << 16, "window", "one slot a publisher to 65535", window);
        require(rate >= 0, "rate", "0 or more", rate);
        require(backlog >= 0, "backlog", "0 or more", backlog);
        require(queues >= 0 && queues <= MAX_QUEUES, "queues", "0 to " + MAX_QUEUES, queues);
    }

    private static void require(boolean holds, String name, String expected, int found) {
        if (!holds) {
            throw new IllegalArgumentException("Expected for " + name + " " + expected + ", found " + found);
        }
    }

    int windowOfOne() {
        return Math.max(1, window / publishers);
    }
}
