package io.saddlebag.rc.intake;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.net.ProtocolException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code suspendDeliveries}: when a delivery failed because a disk of this site is full or cannot be written to, or
 * its clock stepped, the queue is left alone until that is over, and the route ends here: headquarters has the delivery
 * back. The parts of it that came are kept. Any other failure is for the next step.
 */
public final class SuspendDeliveries implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(SuspendDeliveries.class);

    private final Subscriptions subscriptions;
    private final DiskRoom room;
    private final RunningTime time;

    public SuspendDeliveries(Subscriptions subscriptions, DiskRoom room, RunningTime time) {
        this.subscriptions = subscriptions;
        this.room = room;
        this.time = time;
    }

    @Override
    public void process(Exchange exchange) {
        Arrival arrival = Arrival.of(exchange);
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (arrival == null) {
            return;
        }
        if (failure instanceof Refusal refusal) {
            end(exchange, arrival);
            long steps = time.steps();
            subscriptions.suspend(
                    arrival,
                    Printable.of(refusal.reason()),
                    () -> time.steps() != steps || time.otherReading().isEmpty());
        } else if (failure instanceof IOException && !(failure instanceof ProtocolException)) {
            suspendForDisk(exchange, arrival);
        }
    }

    private void suspendForDisk(Exchange exchange, Arrival arrival) {
        // Where several fail at once, the first ends the subscription for all, even if the trouble is over for the
        // next.
        String trouble = subscriptions.isOver(arrival) ? null : trouble(arrival);
        if (trouble == null && !subscriptions.isOver(arrival)) {
            return;
        }
        // Discard first: when headquarters reads UNSUBSCRIBE, the work folder holds nothing of this delivery.
        end(exchange, arrival);
        if (trouble != null) {
            subscriptions.suspend(
                    arrival, trouble + ". Make room or give back the right to write", () -> trouble(arrival) == null);
        }
    }

    private static void end(Exchange exchange, Arrival arrival) {
        exchange.setRouteStop(true);
        try {
            arrival.discardOpened();
        } catch (IOException e) {
            LOG.warn("a work file stays until the next start: {}", Printable.of(e.toString()));
        }
    }

    private String trouble(Arrival arrival) {
        try {
            room.require(arrival);
            return null;
        } catch (IOException e) {
            return Printable.of(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }
}
