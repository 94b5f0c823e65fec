package io.saddlebag.lab.tidy;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.journal.JournalException;
import io.saddlebag.lab.records.TidyDecision;
import io.saddlebag.log.FaultText;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Printable;
import java.io.IOException;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step of the timer route {@code sent-tidy}: deletes files from {@code sent/} that are older than the retention by the
 * wall clock and by running time, and of which every receipt is kept.
 */
public final class TidySent implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(TidySent.class);

    private final SentTidy tidy;
    private final Duration retention;
    private final RunningTime time;
    private final RepeatedFaults stays = new RepeatedFaults();

    /** @param retention null: files stay for ever */
    public TidySent(SentTidy tidy, Duration retention, RunningTime time) {
        this.tidy = tidy;
        this.retention = retention;
        this.time = time;
    }

    @Override
    public void process(Exchange exchange) {
        if (retention == null) {
            return;
        }
        try {
            tidy.run(confirmed -> time.isOlder(confirmed, retention), true, this::tell);
        } catch (IOException | JournalException e) {
            LOG.warn("sent/ cannot be looked through for what may go: {}", Printable.reason(FaultText.of(e)));
        }
    }

    private void tell(TidyDecision each) {
        String place = "sent/" + each.file().getParent().getFileName() + "/"
                + each.file().getFileName();
        if (each.goes()) {
            LOG.info(
                    "{}: deleted, confirmed more than {} s ago and received by all",
                    Printable.of(place),
                    retention.toSeconds());
        } else {
            stays.occurred("stays")
                    .ifPresent(repeats -> LOG.warn(
                            "{}: not deleted after {} s: {}{}",
                            Printable.of(place),
                            retention.toSeconds(),
                            Printable.of(each.stays()),
                            repeats));
        }
    }
}
