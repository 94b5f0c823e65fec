package io.saddlebag.console.read;

import io.saddlebag.observe.SiteStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A home at this moment.
 *
 * @param status the site's last word; null when it never wrote one
 */
public record HomeState(ConsoledHome home, SiteStatus status, Life life) {
    /** A status is written every 15 s. */
    private static final Duration SILENT = Duration.ofSeconds(60);
    /** The site says that it began after its process did. */
    private static final Duration BEFORE_FIRST_WORD = Duration.ofSeconds(2);

    /** The life of a site, as a colour and a word show it. */
    public enum Life {
        AT_WORK("at work", "is at work", "ok"),
        STARTING("starting", "is starting", "warn"),
        SILENT("silent", "runs, but has written no status for a minute", "bad"),
        STOPPED("stopped", "was stopped", "warn"),
        ENDED("ended", "ended without being stopped", "bad"),
        GONE("no home", "has no home there any more", "bad"),
        UNKNOWN("never seen", "has never written a status", "warn");

        private final String text;
        private final String sentence;
        private final String tone;

        Life(String text, String sentence, String tone) {
            this.text = text;
            this.sentence = sentence;
            this.tone = tone;
        }

        public String text() {
            return text;
        }

        /** The predicate of a sentence about the site. */
        public String sentence() {
            return sentence;
        }

        public String tone() {
            return tone;
        }

        public boolean isUp() {
            return this == AT_WORK || this == STARTING;
        }
    }

    public static HomeState of(ConsoledHome home, Instant now) {
        if (!home.home().exists()) {
            return new HomeState(home, null, Life.GONE);
        }
        return home.status()
                .map(status -> new HomeState(home, status, life(status, now)))
                .orElseGet(() -> new HomeState(home, null, Life.UNKNOWN));
    }

    /** The lock of the home is not tried: that would refuse a site that starts at this moment. */
    private static Life life(SiteStatus status, Instant now) {
        if (status.stopped() != null) {
            return Life.STOPPED;
        }
        if (!isAlive(status)) {
            return Life.ENDED;
        }
        if (status.written().isBefore(now.minus(SILENT))) {
            return Life.SILENT;
        }
        return status.ready() ? Life.AT_WORK : Life.STARTING;
    }

    /** Another process may have the number of one that ended; it began later. */
    private static boolean isAlive(SiteStatus status) {
        return ProcessHandle.of(status.pid())
                .filter(process -> process.info()
                        .startInstant()
                        .map(began -> began.isBefore(status.started().plus(BEFORE_FIRST_WORD)))
                        .orElse(true))
                .isPresent();
    }

    /** When the site wrote its status; empty when it never did. */
    static Optional<FileTime> lastWritten(ConsoledHome home) {
        try {
            return Optional.of(Files.getLastModifiedTime(SiteStatus.file(home.home())));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
