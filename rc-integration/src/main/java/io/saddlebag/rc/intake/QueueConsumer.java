package io.saddlebag.rc.intake;

import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscription of a route: subscribed while the route runs and there is a connection. A sender of SUBSCRIBE or
 * UNSUBSCRIBE holds the consumer's monitor from its check until the frame is sent, so that the frames leave in the order
 * of the states.
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

    /** @return true when it is to be subscribed on this connection; once for each */
    synchronized boolean begin(StompConnection connection) {
        if (halted || subscribedOn == connection) {
            return false;
        }
        subscribedOn = connection;
        epoch++;
        return true;
    }

    /** The {@link #epoch} of frames that come on this connection now; {@link #NOT_TAKEN} when none is to be taken. */
    synchronized long epochOn(StompConnection connection) {
        return subscribedOn == connection ? epoch : NOT_TAKEN;
    }

    /** The subscription on that connection failed. */
    synchronized void notBegun(StompConnection connection) {
        if (subscribedOn == connection) {
            subscribedOn = null;
        }
    }

    /** Takes nothing from now on; returns false, and changes nothing, when that epoch is over. */
    synchronized boolean halt(long ofEpoch) {
        if (epoch != ofEpoch) {
            return false;
        }
        halt();
        return true;
    }

    /** Takes nothing from now on. */
    synchronized void halt() {
        halted = true;
        subscribedOn = null;
        epoch++;
    }

    synchronized void takeAgain() {
        halted = false;
    }

    /** Changes with every subscription: frames of an earlier one are void. */
    synchronized long epoch() {
        return epoch;
    }

    /**
     * Sends the frame through the route, on the calling thread until a step waits. Throws nothing: after an error
     * headquarters has the delivery back.
     *
     * @param over called once it is settled or goes no further, by any thread
     */
    void route(StompFrame frame, StompConnection connection, long ofEpoch, Runnable over) {
        Arrival arrival = new Arrival(frame, connection, endpoint.queue(), endpoint.outbox(), ofEpoch, over);
        Exchange exchange = createExchange(false);
        exchange.setProperty(Arrival.PROPERTY, arrival);
        try {
            getAsyncProcessor().process(exchange, doneSync -> {
                arrival.over();
                releaseExchange(exchange, false);
            });
        } catch (Throwable e) {
            LOG.error(
                    "{}: delivery aborted by an unexpected error; connection closed, headquarters will redeliver",
                    endpoint.queue(),
                    e);
            arrival.abort(exchange);
        }
    }
}
