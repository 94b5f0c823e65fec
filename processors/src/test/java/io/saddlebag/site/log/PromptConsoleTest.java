package io.saddlebag.site.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PromptConsoleTest {
    private final LoggerContext loggers = new LoggerContext();
    private final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private final PromptConsole appender = new PromptConsole();
    private final Logger logger = loggers.getLogger("io.saddlebag.hq.Publish");

    @BeforeEach
    void start() {
        loggers.setMDCAdapter(new LogbackMDCAdapter());
        LineEncoder encoder = new LineEncoder("DC-HQ");
        encoder.setContext(loggers);
        encoder.start();
        appender.setContext(loggers);
        appender.setEncoder(encoder);
        appender.start();
        appender.setOutputStream(console);
        logger.setLevel(Level.INFO);
        logger.addAppender(appender);
    }

    @AfterEach
    void stop() {
        loggers.stop();
    }

    @Test
    void writesALineSoonThoughNothingFollows() {
        logger.info("stored");

        await().untilAsserted(() -> assertThat(written()).endsWith(" INFO  DC-HQ Publish: stored\n"));
    }

    @Test
    void writesAWarningAtOnceAfterWhatWentBefore() {
        logger.info("stored");
        logger.warn("refused");

        assertThat(written()).containsSubsequence("INFO  DC-HQ Publish: stored\n", "WARN  DC-HQ Publish: refused\n");
    }

    @Test
    void losesNothingAtItsEnd() {
        for (int i = 0; i < 1000; i++) {
            logger.info("stored {}", i);
        }
        appender.stop();

        assertThat(written().lines()).hasSize(1000);
    }

    @Test
    void keepsTheLinesOfManyThreadsApart() throws InterruptedException {
        int each = 2_000;
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(number -> new Thread(() -> {
                    for (int i = 0; i < each; i++) {
                        logger.info("thread {} stored {}", number, i);
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        appender.stop();

        assertThat(written().lines())
                .hasSize(threads.size() * each)
                .allMatch(line -> line.matches("\\S{24} INFO  DC-HQ Publish: thread \\d stored \\d+"))
                .doesNotHaveDuplicates();
    }

    private String written() {
        return console.toString(StandardCharsets.UTF_8);
    }
}
