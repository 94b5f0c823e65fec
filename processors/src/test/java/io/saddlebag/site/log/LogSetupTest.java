package io.saddlebag.site.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.message.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogSetupTest {
    private final LoggerContext loggers = new LoggerContext();

    @BeforeEach
    void siteOfTheProcess() {
        loggers.setMDCAdapter(new LogbackMDCAdapter());
        System.setProperty(LogSetup.SITE, "FL-LAB");
    }

    @AfterEach
    void forget() {
        System.clearProperty(LogSetup.SITE);
        System.clearProperty(LogSetup.FORMAT);
        System.clearProperty(LogSetup.LEVEL);
    }

    @Test
    void writesAnEventAsOneLineEvenWithATrace() {
        String line = written("Sealed\nfor two", new IllegalStateException("disk\nfull"));

        assertThat(line.strip()).doesNotContain("\n");
        assertThat(line)
                .contains(" INFO  FL-LAB FL-LAB_DAT_20251008_001 Sealer: Sealed | for two")
                .contains("IllegalStateException: disk | full");
    }

    /** Escape sequences of terminals, C1 controls, bidi overrides, invisible characters, a line separator, half a pair. */
    private static final String HOSTILE = "a\u001B[2J\u009B1m\u202Eb\u2066\u200Bc\u2028d\u007F\uD800e";

    @Test
    void escapesWhatATerminalWouldObeyOrHideInATextLine() {
        String line = written("refused: " + HOSTILE + " Zoë 実験", new IllegalStateException(HOSTILE));

        String escaped = "a\\u001B[2J\\u009B1m\\u202Eb\\u2066\\u200Bc\\u2028d\\u007F\\uD800e";
        assertThat(line.strip())
                .contains("refused: " + escaped + " Zoë 実験")
                .contains("IllegalStateException: " + escaped)
                .doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");
    }

    @Test
    void escapesWhatATerminalWouldObeyOrHideInAJsonLine() {
        System.setProperty(LogSetup.FORMAT, "json");

        String line = written("refused: " + HOSTILE, new IllegalStateException(HOSTILE));

        assertThat(line.strip()).matches("[ -~]+");
        assertThat(Json.read(line.getBytes(StandardCharsets.UTF_8), JsonNode.class)
                        .get("message")
                        .asText())
                .startsWith("refused: a\u001B[2J\u009B1m\u202Eb");
    }

    @Test
    void takesTheSiteOfAnEventWhereTheProcessRunsNone() {
        System.clearProperty(LogSetup.SITE);

        assertThat(written("Sealed", null))
                .matches("\\S{23}Z INFO  FL-LAB FL-LAB_DAT_20251008_001 Sealer: Sealed" + System.lineSeparator());
    }

    @Test
    void writesEachLineAtOnceAndThoseOfManyThreadsApart() throws InterruptedException {
        new LogSetup().configure(loggers);
        ByteArrayOutputStream console = new ByteArrayOutputStream();
        console().setOutputStream(console);
        Logger logger = loggers.getLogger("io.saddlebag.hq.Publish");
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

        assertThat(console.toString(StandardCharsets.UTF_8).lines())
                .hasSize(threads.size() * each)
                .allMatch(line -> line.matches("\\S{24} INFO  FL-LAB Publish: thread \\d stored \\d+"))
                .doesNotHaveDuplicates();
    }

    @Test
    void writesJsonOnRequestWithTheSiteOnceAndTheMessageId() {
        System.setProperty(LogSetup.FORMAT, "json");

        JsonNode event = Json.read(written("Sealed", null).getBytes(StandardCharsets.UTF_8), JsonNode.class);

        assertThat(event.get("message").asText()).isEqualTo("Sealed");
        assertThat(event.get("site").asText()).isEqualTo("FL-LAB");
        assertThat(event.get("message_id").asText()).isEqualTo("FL-LAB_DAT_20251008_001");
        assertThat(event.get("level").asText()).isEqualTo("INFO");
    }

    @Test
    void keepsLibrariesQuiet() {
        new LogSetup().configure(loggers);

        assertThat(loggers.getLogger("org.apache.camel.main.Main").isInfoEnabled())
                .isFalse();
        assertThat(loggers.getLogger("com.zaxxer.hikari.pool.PoolBase").isWarnEnabled())
                .isFalse();
        assertThat(loggers.getLogger("com.zaxxer.hikari.pool.PoolBase").isErrorEnabled())
                .isTrue();
        assertThat(loggers.getLogger("io.saddlebag.hq.HqApplication").isInfoEnabled())
                .isTrue();
    }

    @Test
    void tellsMoreOfItsOwnOnRequest() {
        System.setProperty(LogSetup.LEVEL, "debug");
        new LogSetup().configure(loggers);

        assertThat(loggers.getLogger("io.saddlebag.hq.HqApplication").isDebugEnabled())
                .isTrue();
        assertThat(loggers.getLogger("org.postgresql.Driver").isDebugEnabled()).isFalse();
    }

    private String written(String text, Throwable failure) {
        new LogSetup().configure(loggers);
        loggers.getMDCAdapter().put("site", "FL-LAB");
        loggers.getMDCAdapter().put("message_id", "FL-LAB_DAT_20251008_001");
        Logger logger = loggers.getLogger("io.saddlebag.Sealer");
        LoggingEvent event =
                new LoggingEvent(LogSetupTest.class.getName(), logger, Level.INFO, text, failure, new Object[0]);
        event.setMDCPropertyMap(loggers.getMDCAdapter().getCopyOfContextMap());
        return new String(console().getEncoder().encode(event), StandardCharsets.UTF_8);
    }

    private ConsoleAppender<ILoggingEvent> console() {
        return (ConsoleAppender<ILoggingEvent>)
                loggers.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("console");
    }
}
