package io.saddlebag.site.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.saddlebag.message.Printable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.logstash.logback.decorate.CharacterEscapesJsonFactoryDecorator;
import net.logstash.logback.decorate.CompositeJsonFactoryDecorator;
import net.logstash.logback.decorate.EscapeNonAsciiJsonFactoryDecorator;
import net.logstash.logback.decorate.JsonFactoryDecorator;
import net.logstash.logback.encoder.LogstashEncoder;

/**
 * How every process here logs: one line an event on standard output, as text or as JSON, with the site and, where an
 * event is about one, the message_id. Logback finds this class through its service loader, which is faster than
 * parsing XML; {@code -Dlogback.configurationFile=FILE} puts a file in its place.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    /** System property: {@code text} (the default) or {@code json}. */
    public static final String FORMAT = "saddlebag.log.format";
    /** System property: {@code info} (the default) or {@code debug}, of what is Saddlebag's own. */
    public static final String LEVEL = "saddlebag.log.level";
    /** System property: the site that this process runs. */
    public static final String SITE = "saddlebag.log.site";
    /** System property: {@code out} (the default) or {@code err}, where the output is data. */
    public static final String TARGET = "saddlebag.log.target";

    /**
     * Time (UTC), level, site, message_id where the event is about one, logger, message, and a trace on the same line, the
     * root cause first.
     */
    private static final String LINE = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} %-5level %X{site}"
            + " %replace(%X{message_id} ){'^ $',''}%logger{0}:"
            + " %replace(%replace(%msg%n%rEx{12}){'\\s+$',''}){'\\s*[\\r\\n]+\\s*',' | '}%nopex%n";

    /** Libraries that log every start and every connection, which is of no use to an operator. */
    private static final List<String> QUIET = List.of(
            "org.apache.camel",
            "io.netty",
            "org.flywaydb",
            "com.zaxxer.hikari",
            "org.conscrypt",
            "org.eclipse.jetty",
            "io.javalin");

    @Override
    public ExecutionStatus configure(LoggerContext loggers) {
        if (System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        String site = System.getProperty(SITE);
        if (site != null) {
            loggers.putProperty("site", site);
        }
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(loggers);
        appender.setName("console");
        appender.setTarget("err".equals(System.getProperty(TARGET)) ? "System.err" : "System.out");
        appender.setEncoder(encoder(loggers, site != null));
        appender.start();
        ch.qos.logback.classic.Logger root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(appender);
        // Warns of each file that is written for people rather than for designers.
        loggers.getLogger("org.apache.camel.dsl.yaml.common.YamlDeserializerBase")
                .setLevel(Level.ERROR);
        loggers.getLogger("io.saddlebag").setLevel(Level.toLevel(System.getProperty(LEVEL), Level.INFO));
        QUIET.forEach(name -> loggers.getLogger(name).setLevel(Level.WARN));
        // A start that failed, with a trace; the site says it itself.
        loggers.getLogger("org.apache.camel.impl.engine.AbstractCamelContext").setLevel(Level.OFF);
        // After an outage it names each dead connection and advises another setting; headquarters logs the outage
        // itself.
        loggers.getLogger("com.zaxxer.hikari.pool").setLevel(Level.ERROR);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext loggers, boolean ofOneSite) {
        if ("json".equals(System.getProperty(FORMAT))) {
            LogstashEncoder json = new LogstashEncoder();
            json.setContext(loggers);
            json.setTimeZone("UTC");
            json.setJsonFactoryDecorator(printable());
            if (ofOneSite) {
                json.addExcludeMdcKeyName("site");
            }
            json.start();
            return json;
        }
        PatternLayoutEncoder text = new PrintableLines();
        text.setContext(loggers);
        text.setPattern(ofOneSite ? LINE.replace("%X{site}", "%property{site}") : LINE);
        text.start();
        return text;
    }

    /** Whatever brought the text: a terminal must not obey it, nor show it in another order. */
    private static final class PrintableLines extends PatternLayoutEncoder {
        /** Up to it a character may need no look at its kind. */
        private static final char LAST_PLAIN = '~';

        @Override
        public byte[] encode(ILoggingEvent event) {
            String line = getLayout().doLayout(event);
            int end = line.length() - System.lineSeparator().length();
            for (int i = 0; i < end; i++) {
                if (line.charAt(i) < ' ' || line.charAt(i) > LAST_PLAIN) {
                    line = Printable.whole(line.substring(0, end)) + System.lineSeparator();
                    break;
                }
            }
            return line.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** JSON itself escapes the control characters below the space alone. */
    private static JsonFactoryDecorator printable() {
        CharacterEscapesJsonFactoryDecorator delete = new CharacterEscapesJsonFactoryDecorator();
        delete.addEscape(new CharacterEscapesJsonFactoryDecorator.Escape("\u007F", "\\u007F"));
        CompositeJsonFactoryDecorator both = new CompositeJsonFactoryDecorator();
        both.addDecorator(new EscapeNonAsciiJsonFactoryDecorator());
        both.addDecorator(delete);
        return both;
    }
}
