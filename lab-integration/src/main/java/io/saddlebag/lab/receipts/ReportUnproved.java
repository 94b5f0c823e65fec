package io.saddlebag.lab.receipts;

import io.saddlebag.log.RepeatedFaults;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of messages that a recipient has by headquarters' word alone for longer than a receipt may take. */
public final class ReportUnproved implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(ReportUnproved.class);

    private final ReceiptedMessages messages;
    private final Duration within;
    private final Clock clock;
    private final RepeatedFaults faults = new RepeatedFaults();

    /** @param within the time that a receipt may take after the word */
    public ReportUnproved(ReceiptedMessages messages, Duration within, Clock clock) {
        this.messages = Objects.requireNonNull(messages, "messages");
        this.within = Objects.requireNonNull(within, "within");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public void process(Exchange exchange) {
        ReceiptedMessages.Unproved unproved = messages.unproved(clock.instant().minus(within));
        if (unproved.count() == 0) {
            faults.over();
            return;
        }
        faults.occurred("unproved")
                .ifPresent(repeats -> LOG.warn(
                        "{} messages are at a recipient by headquarters' word alone, for longer than {} s, the first"
                                + " of them {}{}. Ask the recipient whether it has them and signs receipts",
                        unproved.count(),
                        within.toSeconds(),
                        unproved.first(),
                        repeats));
    }
}
