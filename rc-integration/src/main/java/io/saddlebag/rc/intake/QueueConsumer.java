package io.saddlebag.rc.intake;

import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscription of a route: subscribed while the route runs and there is a connection. Who sends SUBSCRIBE or
 * UNSUBSCRIBE holds its monitor from the question whether to until the frame is on its way, so that the frames leave in
 * the order of its states.
 */
final class QueueConsumer extends DefaultConsumer {
    static final long NOT_TAKEN = -1;

    private static final Logger LOG = LoggerFactory.getLogger(QueueConsumer.class);

    private final QueueEndpoint endpoint;
    private final Subscriptions subscriptions;
    private StompConnection subscribedOn;
    private boolean halted;
    private long epoch;

    QueueConsumer(QueueEndpoint endpoint, Processor processor, Subscriptions subscriptions) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.subscriptions = subscriptions;
    }

    QueueEndpoint queue() {
        return endpoint;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        synchronized (this) {
            halted = false;
            subscribedOn = null;
        }
        subscriptions.add(this);
    }

    @Override
    protected void doStop() throws Exception {
        subscriptions.remove(this);
        super.doStop();
    }

    /** Whether it is to be subscribed on this connection; once for each. */
    synchronized boolean begin(StompConnection connection) {
        if (halted || subscribedOn == connection) {
            return false;
        }
        subscribedOn = connection;
        epoch++;
        return true;
    }

    /** The {@link #epoch} of what comes on this connection now; {@link #NOT_TAKEN} when nothing of it is to be taken. */
    synchronized long epochOn(StompConnection connection) {
        return subscribedOn == connection ? epoch : NOT_TAKEN;
    }

    /** It is not subscribed there after all. */
    synchronized void notBegun(StompConnection connection) {
        if (subscribedOn == connection) {
            subscribedOn = null;
        }
    }

    /** From now on nothing is taken; false, and nothing changes, when that epoch is over. */
    synchronized boolean halt(long ofEpoch) {
        if (epoch != ofEpoch) {
            return false;
        }
        halt();
        return true;
    }

    /** From now on nothing is taken. */
    synchronized void halt() {
        halted = true;
        subscribedOn = null;
        epoch++;
    }

    synchronized void goOn() {
        halted = false;
    }

    /** Changes with every subscription: what came with an earlier one is void. */
    synchronized long epoch() {
        return epoch;
    }

    /**
     * Sends the frame through the route, on the calling thread as far as no step waits. Throws nothing: after an error
     * headquarters has the delivery back.
     *
     * @param over called once it is settled or goes no further, by any thread
     */
    void route(StompFrame frame, StompConnection connection, long ofEpoch, Runnable over) {
        Arrival arrival = new Arrival(frame, connection, endpoint.queue(), endpoint.outbox());
        arrival.epoch = ofEpoch;
        arrival.whenOver(over);
        Exchange exchange = createExchange(false);
        exchange.setProperty(Arrival.PROPERTY, arrival);
        try {
            getAsyncProcessor().process(exchange, doneSync -> {
                arrival.over();
                releaseExchange(exchange, false);
            });
        } catch (Throwable e) {
            LOG.error("{}: a delivery was torn out of its route; headquarters has it back", endpoint.queue(), e);
            arrival.tornOut(exchange);
        }
    }
}
