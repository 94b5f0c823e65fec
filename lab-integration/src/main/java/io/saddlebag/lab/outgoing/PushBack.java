package io.saddlebag.lab.outgoing;

import io.saddlebag.lab.message.NotYetException;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.message.SiteId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code waitForRoom}: lets a message wait while headquarters pushes messages to the same recipients back. The
 * pause doubles with each push-back and ends with the first confirm. Safe for any number of threads.
 */
public final class PushBack implements Processor {
    private static final Duration FIRST = Duration.ofSeconds(1);
    /** The key for messages to any recipients. */
    private static final List<SiteId> EVERYBODY = List.of();

    private final Map<List<SiteId>, Pause> pauses = new ConcurrentHashMap<>();
    private final Duration longest;
    private final Clock clock;

    private record Pause(Duration length, Instant until) {}

    /**
     * @param longest pause, at least a second
     * @param clock a steady one, so that setting the system's clock makes no pause longer
     */
    public PushBack(Duration longest, Clock clock) {
        this.longest = longest.compareTo(FIRST) > 0 ? longest : FIRST;
        this.clock = clock;
    }

    @Override
    public void process(Exchange exchange) throws NotYetException {
        List<SiteId> recipients = OutgoingContext.message(exchange).claim().recipients();
        if (isPaused(EVERYBODY) || isPaused(recipients)) {
            throw new NotYetException("waits until headquarters has room for messages to " + recipients);
        }
    }

    private boolean isPaused(List<SiteId> recipients) {
        Pause pause = pauses.get(recipients);
        return pause != null && clock.instant().isBefore(pause.until());
    }

    /**
     * Headquarters pushed a message back.
     *
     * @return the pause that begins with it; empty when one is under way
     */
    Optional<Duration> pushedBack(List<SiteId> recipients, boolean everything) {
        List<SiteId> whom = everything ? EVERYBODY : recipients;
        Instant now = clock.instant();
        Pause[] begun = new Pause[1];
        pauses.compute(whom, (unused, before) -> {
            if (before != null && now.isBefore(before.until())) {
                return before;
            }
            Duration length = before == null ? FIRST : before.length().multipliedBy(2);
            length = length.compareTo(longest) > 0 ? longest : length;
            begun[0] = new Pause(length, now.plus(length));
            return begun[0];
        });
        return Optional.ofNullable(begun[0]).map(Pause::length);
    }

    /** Headquarters took a message. */
    void confirmed(List<SiteId> recipients) {
        if (!pauses.isEmpty()) {
            pauses.remove(EVERYBODY);
            pauses.remove(recipients);
        }
    }
}
