package io.saddlebag.hq.consume;

import io.saddlebag.hq.deliver.Subscription;
import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.routing.Topology;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.log.LimitedLines;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps that begin and end a subscription. No method blocks; safe for any number of threads. */
public final class SubscribeSteps {
    static final int DEFAULT_PREFETCH = 16;
    static final int MAX_PREFETCH = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(SubscribeSteps.class);
    private static final Pattern COUNT = Pattern.compile("[0-9]{1,4}");
    private static final Pattern RESUMED = Pattern.compile("([^=,]+)=([1-9][0-9]{0,6})");

    private final LiveTopology topology;
    private final Subscription.Parts parts;
    private final AtomicLong lastSerial;
    private final LimitedLines lines = new LimitedLines();

    public SubscribeSteps(LiveTopology topology, Subscription.Parts parts) {
        this.topology = topology;
        this.parts = parts;
        // From the time of the start: no later ACK can name by chance a delivery from before a restart.
        this.lastSerial = new AtomicLong(parts.clock().millis());
    }

    /** A site begins to consume its own queue, within a window that it names. */
    public void subscribe(Exchange exchange) {
        Session session = HqProperties.session(exchange);
        StompFrame frame = HqProperties.frame(exchange);
        String id = HqProperties.required(frame, Headers.ID);
        String queue = HqProperties.required(frame, Headers.DESTINATION).substring(Headers.QUEUE_PREFIX.length());
        permit(session, queue);
        if (!"client-individual".equals(frame.header(Headers.ACK))) {
            throw new Refusal(
                    Code.MALFORMED,
                    "Expected ack:client-individual, since a delivery is settled only by its own ACK, found "
                            + (frame.header(Headers.ACK) == null
                                    ? "no ack header"
                                    : "'" + Printable.of(frame.header(Headers.ACK)) + "'")
                            + ". Subscribe with ack:client-individual");
        }
        int prefetch = prefetch(frame);
        Subscription subscription = new Subscription(
                lastSerial.incrementAndGet(), id, session.site(), queue, prefetch, session.connection(), parts);
        subscription.resume(resume(frame, prefetch));
        session.subscribe(subscription);
        lines.line(queue)
                .ifPresent(more -> LOG.info("{}: consumes {}, prefetch {}{}", session.site(), queue, prefetch, more));
    }

    /**
     * A client that consumes a queue says again which parts it has, of deliveries that broke off on another connection of
     * its own since it subscribed.
     */
    public void resumeParts(Exchange exchange) {
        StompFrame frame = HqProperties.frame(exchange);
        String id = HqProperties.required(frame, Headers.SUBSCRIPTION);
        Subscription subscription = HqProperties.session(exchange)
                .subscription(id)
                .orElseThrow(() -> new Refusal(
                        Code.MALFORMED,
                        "Expected the id of a subscription of this connection to a queue, found '" + Printable.of(id)
                                + "'"));
        subscription.resume(resume(frame, subscription.prefetch()));
    }

    private void permit(Session session, String queue) {
        Topology now = topology.current();
        if (now.mayConsume(session.site(), queue)) {
            return;
        }
        if (now.queues().containsKey(queue)) {
            throw new Refusal(
                    Code.NOT_PERMITTED,
                    "Expected a queue that " + session.site() + " may consume, found " + queue
                            + " of another site. Subscribe to your own");
        }
        throw new Refusal(
                Code.UNKNOWN_DESTINATION,
                "Expected a queue of the topology, found '" + Printable.of(queue) + "'. Correct the destination");
    }

    private static Map<MessageId, Integer> resume(StompFrame frame, int prefetch) {
        String value = frame.header(Headers.RESUME);
        if (value == null) {
            return Map.of();
        }
        Map<MessageId, Integer> partByMessage = new HashMap<>();
        for (String entry : value.split(",", prefetch + 1)) {
            Matcher matcher = RESUMED.matcher(entry);
            if (partByMessage.size() == prefetch || !matcher.matches()) {
                throw unresumable(value, prefetch, null);
            }
            try {
                partByMessage.put(MessageId.of(matcher.group(1)), Integer.parseInt(matcher.group(2)));
            } catch (IllegalArgumentException e) {
                throw unresumable(value, prefetch, e);
            }
        }
        return partByMessage;
    }

    private static Refusal unresumable(String found, int prefetch, Exception cause) {
        return new Refusal(
                Code.MALFORMED,
                "Expected in the header " + Headers.RESUME + " at most prefetch-count (" + prefetch
                        + ") entries such as FL-LAB_DAT_20251008_001=7, separated by commas, found '"
                        + Printable.of(found) + "'",
                cause);
    }

    private static int prefetch(StompFrame frame) {
        String value = frame.header(Headers.PREFETCH_COUNT);
        if (value == null) {
            return DEFAULT_PREFETCH;
        }
        int count = COUNT.matcher(value).matches() ? Integer.parseInt(value) : 0;
        if (count < 1 || count > MAX_PREFETCH) {
            throw new Refusal(
                    Code.MALFORMED,
                    "Expected in the header " + Headers.PREFETCH_COUNT + " a number from 1 to " + MAX_PREFETCH
                            + ", found '" + Printable.of(value) + "'");
        }
        return count;
    }

    /** Ends a subscription of the connection, of whatever kind. Deliveries in flight on it wait again. */
    public void unsubscribe(Exchange exchange) {
        String id = HqProperties.required(HqProperties.frame(exchange), Headers.ID);
        if (!HqProperties.session(exchange).unsubscribe(id)) {
            throw new Refusal(
                    Code.MALFORMED,
                    "Expected the id of a subscription of this connection, found '" + Printable.of(id) + "'");
        }
    }
}
