package io.saddlebag.site.log;

import ch.qos.logback.classic.pattern.RootCauseFirstThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An event as one line of text: time (UTC), level, site, message_id where the event is about one, logger, message, and a
 * trace on the same line, the root cause first. Written by hand since headquarters writes several lines a message, and
 * Logback's pattern with its replacements costs ten times as much. For one thread at a time, which {@link PromptConsole} sees to.
 */
final class LineEncoder extends EncoderBase<ILoggingEvent> {
    private static final byte[] NONE = {};
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Pattern LINE_ENDS = Pattern.compile("\\s*[\\r\\n]+\\s*");
    private static final int LEVEL_WIDTH = 5;
    private static final String TRACE_LINES = "12";

    private final String site;
    private final RootCauseFirstThrowableProxyConverter traces = new RootCauseFirstThrowableProxyConverter();
    private final StringBuilder line = new StringBuilder(256);
    private long second = Long.MIN_VALUE;
    private String secondText;

    /** @param site of every event; null to take it from each event's MDC */
    LineEncoder(String site) {
        this.site = site;
    }

    @Override
    public void start() {
        traces.setContext(getContext());
        traces.setOptionList(List.of(TRACE_LINES));
        traces.start();
        super.start();
    }

    @Override
    public byte[] headerBytes() {
        return NONE;
    }

    @Override
    public byte[] footerBytes() {
        return NONE;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        line.setLength(0);
        time(event.getTimeStamp());
        String level = event.getLevel().toString();
        line.append(' ').append(level).append(" ".repeat(Math.max(0, LEVEL_WIDTH - level.length())));
        String of = site == null ? event.getMDCPropertyMap().get("site") : site;
        line.append(' ').append(of == null ? "" : of).append(' ');
        String messageId = event.getMDCPropertyMap().get("message_id");
        if (messageId != null) {
            line.append(messageId).append(' ');
        }
        String logger = event.getLoggerName();
        line.append(logger, logger.lastIndexOf('.') + 1, logger.length()).append(": ");
        line.append(onOneLine(String.valueOf(event.getFormattedMessage())));
        if (event.getThrowableProxy() != null) {
            line.append(onOneLine(" " + traces.convert(event)));
        }
        line.append(System.lineSeparator());
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void time(long millis) {
        long of = Math.floorDiv(millis, 1000L);
        if (of != second) {
            second = of;
            secondText = SECOND.format(Instant.ofEpochSecond(of));
        }
        int rest = (int) Math.floorMod(millis, 1000L);
        line.append(secondText)
                .append((char) ('0' + rest / 100))
                .append((char) ('0' + rest / 10 % 10))
                .append((char) ('0' + rest % 10))
                .append('Z');
    }

    private static String onOneLine(String text) {
        return text.indexOf('\n') < 0 && text.indexOf('\r') < 0
                ? text
                : LINE_ENDS.matcher(text).replaceAll(" | ");
    }
}
