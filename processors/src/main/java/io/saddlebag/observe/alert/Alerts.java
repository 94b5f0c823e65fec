package io.saddlebag.observe.alert;

import io.saddlebag.log.FaultText;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.observe.ObserveSettings;
import io.saddlebag.observe.RunFile;
import io.saddlebag.observe.SiteStatus;
import io.saddlebag.observe.SiteStatus.Alert;
import io.saddlebag.observe.StatusJudge;
import io.saddlebag.observe.alert.AlertNotice.Change;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges each status and sends what began and what ended, on a thread of its own that the site never waits for. A change that
 * could not be sent is tried again, at growing intervals, until it was; {@code run/alerts.json} keeps both across restarts. A
 * kill between an answer and the file may send a change twice. For any number of threads.
 */
public final class Alerts implements StatusJudge, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);
    private static final Duration BETWEEN_DIGESTS = Duration.ofHours(1);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(15);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(10);
    private static final long MILLIS_AT_CLOSE = 2_000;

    private final AlertRules rules;
    private final Optional<AlertDelivery> delivery;
    private final int single;
    private final RunFile file;
    private final AlertBook book;
    private final RepeatedFaults faults = new RepeatedFaults();
    private final RepeatedFaults saveFaults = new RepeatedFaults();
    private boolean isUnsaved;
    private Instant lastDigest = Instant.MIN;
    private Instant retryAt = Instant.MIN;
    private Duration pause = FIRST_RETRY;
    private Thread sender;

    /** @param single the most open alerts of which each change is sent by itself */
    Alerts(SiteHome home, AlertLimits limits, Optional<AlertDelivery> delivery, int single) {
        this.rules = new AlertRules(limits);
        this.delivery = delivery;
        this.single = single;
        this.file = new RunFile(home, "alerts.json");
        this.book = new AlertBook(limits.after());
        try {
            book.load(Files.readAllBytes(file.path()));
        } catch (IOException | IllegalArgumentException e) {
            LOG.debug("{}: no alerts of an earlier run: {}", file.path(), FaultText.of(e));
        }
    }

    /**
     * As the settings say.
     *
     * @throws SiteStartException when they name a webhook or a command that cannot work
     */
    public static Alerts of(Settings settings, AlertLimits limits) throws SiteStartException {
        return new Alerts(settings.home(), limits, AlertDelivery.of(settings), settings.count(ObserveSettings.SINGLE));
    }

    /** @throws SiteStartException as {@link #of} */
    public static void judge(Settings settings) throws SiteStartException {
        AlertDelivery.of(settings);
    }

    /** The alerts that are open now. Sends those that have changed. */
    @Override
    public synchronized List<Alert> judge(SiteStatus status) {
        Instant now = status.written();
        isUnsaved |= book.update(rules.judge(status), now);
        if (isUnsaved) {
            save();
        }
        List<Change> changes = book.changes();
        if (!changes.isEmpty()) {
            tell(status, changes, now);
        }
        return book.open();
    }

    /** A full disk holds no alert up: the next look tries again. */
    private void save() {
        try {
            file.write(book.save());
            isUnsaved = false;
            saveFaults.over();
        } catch (IOException e) {
            isUnsaved = true;
            saveFaults
                    .occurred(RepeatedFaults.kindOf(FaultText.of(e)))
                    .ifPresent(repeats -> LOG.warn(
                            "{}: open alerts cannot be written: {}{}",
                            file.path(),
                            Printable.reason(FaultText.of(e)),
                            repeats));
        }
    }

    /** Not a time that a clock, which was set back since, has left far ahead. */
    private static boolean isAhead(Instant time, Instant now, Duration most) {
        return time.isAfter(now) && !time.isAfter(now.plus(most));
    }

    private void tell(SiteStatus status, List<Change> changes, Instant now) {
        if (delivery.isEmpty()) {
            book.told(changes);
            save();
            return;
        }
        int open = book.open().size();
        boolean digest = open > single;
        boolean isSending = sender != null && sender.isAlive();
        if (isSending
                || isAhead(retryAt, now, LONGEST_RETRY)
                || digest && isAhead(lastDigest.plus(BETWEEN_DIGESTS), now, BETWEEN_DIGESTS)) {
            return;
        }
        byte[] json = Json.writeForPeople(
                new AlertNotice(AlertNotice.FORMAT, status.site(), status.role(), now, digest, open, changes));
        sender = new Thread(() -> send(json, changes, now, digest), "alerts");
        sender.setDaemon(true);
        sender.start();
    }

    private void send(byte[] json, List<Change> changes, Instant now, boolean digest) {
        try {
            delivery.orElseThrow().deliver(json);
            sent(changes, digest ? now : null);
        } catch (IOException | RuntimeException e) {
            notSent(now, e);
        } catch (InterruptedException e) {
            // The site stops; the next start sends it.
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void sent(List<Change> changes, Instant digest) {
        sender = null;
        pause = FIRST_RETRY;
        retryAt = Instant.MIN;
        lastDigest = digest == null ? lastDigest : digest;
        book.told(changes);
        faults.over();
        save();
    }

    private synchronized void notSent(Instant now, Exception fault) {
        sender = null;
        retryAt = now.plus(pause);
        pause = pause.multipliedBy(2).compareTo(LONGEST_RETRY) < 0 ? pause.multipliedBy(2) : LONGEST_RETRY;
        faults.occurred(RepeatedFaults.kindOf(FaultText.of(fault)))
                .ifPresent(repeats -> LOG.warn(
                        "an alert cannot be sent and is tried again: {}{}",
                        Printable.reason(FaultText.of(fault)),
                        repeats));
    }

    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            running = sender;
        }
        if (running == null) {
            return;
        }
        try {
            running.join(MILLIS_AT_CLOSE);
            running.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
