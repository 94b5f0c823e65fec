package io.saddlebag.rc.records;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code reportMissing}: warns, once each, of messages that later ones of the same sender overtook long ago. Small
 * messages overtake large ones, so what has only just been overtaken is no cause for a word.
 */
public final class ReportMissing implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(ReportMissing.class);

    private final RcJournal journal;
    private final Duration patience;
    private final Clock clock;

    public ReportMissing(RcJournal journal, Duration patience, Clock clock) {
        this.journal = journal;
        this.patience = patience;
        this.clock = clock;
    }

    /** The body becomes the list of what is reported. */
    @Override
    public void process(Exchange exchange) throws IOException {
        List<MissingSeqs.Gap> gaps = journal.reportMissing(clock.instant().minus(patience));
        for (MissingSeqs.Gap gap : gaps) {
            LOG.warn(
                    "missing from {}: seq {}, overtaken more than {} s ago; ask the sender whether it failed there, and"
                            + " headquarters whether it is queued or a dead letter",
                    gap.sender(),
                    gap.first() == gap.last() ? gap.first() : gap.first() + " to " + gap.last(),
                    patience.toSeconds());
        }
        exchange.getMessage().setBody(gaps);
    }
}
