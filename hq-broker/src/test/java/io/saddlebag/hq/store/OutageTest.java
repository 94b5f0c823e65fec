package io.saddlebag.hq.store;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class OutageTest {
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final AtomicLong nanos = new AtomicLong();
    private final Outage outage = new Outage(nanos::get);

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(Outage.class);
    }

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void leave() {
        logger().detachAppender(log);
    }

    private List<String> lines() {
        return log.list.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    @Test
    void logsAnOutageOnceAndItsEndWithTheCountOfFailures() {
        outage.ended();
        for (int i = 0; i < 1_000; i++) {
            outage.failed("commit of " + i + " publications failed");
        }
        nanos.addAndGet(2_500_000_000L);
        outage.ended();
        outage.ended();

        assertThat(lines())
                .containsExactly(
                        "ERROR database outage: commit of 0 publications failed; nothing is confirmed until it ends,"
                                + " its end is logged",
                        "INFO database outage ended after 2.5 s, failures=1000");
    }

    @Test
    void logsTheNextOutageAnew() {
        outage.failed("one");
        outage.ended();
        outage.failed("two");

        assertThat(lines()).hasSize(3).last().asString().contains("two");
    }
}
