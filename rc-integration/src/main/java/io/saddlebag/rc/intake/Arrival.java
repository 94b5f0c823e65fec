package io.saddlebag.rc.intake;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.outbox.Outbox;
import io.saddlebag.rc.work.OpeningAhead;
import io.saddlebag.rc.work.SealedSource;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Predicate;
import org.apache.camel.Exchange;

/**
 * One frame, and once it is whole one delivery, on its way through the centre's routes; kept in the exchange property
 * {@value #PROPERTY}. Each step adds what it found out; a field is null until its step has run. Used by one thread at a
 * time.
 */
public final class Arrival {
    public static final String PROPERTY = "rcArrival";
    private StompFrame frame;
    private final StompConnection connection;
    private final Outbox outbox;
    private final String queue;
    private Runnable over = () -> {};

    /** Whether the message stands in the outbox already, so that it need only be acknowledged. */
    public boolean isEarlier;

    /** Of the subscription that it came with ({@link QueueConsumer#epoch}). */
    public long epoch;
    /** How many bytes all parts have together, at most. */
    long travelSize;
    /** Where its parts are kept; null when it is a single one. */
    public Path partsFile;
    /** Whether not all of its parts came on this connection. */
    public boolean isResumed;
    /** Whether it is the first of several parts, and the others follow. */
    public boolean isBegun;
    /** What is opened of it meanwhile; null when nothing is. */
    public OpeningAhead ahead;

    public SealedSource sealed;
    public Manifest manifest;
    public Sha256 manifestSha256;
    public Sha256 senderFingerprint;
    public Message message;
    public Path opened;
    /** What was opened, in memory; null when it is long. */
    public byte[] content;

    public String payloadName;
    public Sha256 contentSha256;
    public long contentSize;
    public Instant receivedTimestamp;
    public byte[] receipt;

    public Arrival(StompFrame frame, StompConnection connection, String queue, Outbox outbox) {
        this.frame = frame;
        this.connection = connection;
        this.queue = queue;
        this.outbox = outbox;
    }

    /** The exchange's arrival; null when the exchange is not of a delivery. */
    public static Arrival of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, Arrival.class);
    }

    /** A choice of the routes; false of an exchange that is not of a delivery. */
    public static org.apache.camel.Predicate is(Predicate<Arrival> test) {
        return exchange -> {
            Arrival arrival = of(exchange);
            return arrival != null && test.test(arrival);
        };
    }

    public StompFrame frame() {
        return frame;
    }

    /** Where it came from and where it is settled; null in tests of single steps. */
    public StompConnection connection() {
        return connection;
    }

    public String queue() {
        return queue;
    }

    public Outbox outbox() {
        return outbox;
    }

    /** What ACK and NACK name. */
    public String token() {
        return frame.header(Headers.ACK);
    }

    public SiteId sender() {
        return manifest.sender().id();
    }

    public MessageId messageId() {
        return manifest.messageId();
    }

    /** What is to be done once it is settled or goes no further, whichever is first. */
    public void whenOver(Runnable action) {
        over = action;
    }

    /** From now on it only waits for an answer, or for nothing, and its body needs no room in memory. */
    public void over() {
        frame = new StompFrame(frame.command(), frame.headers(), new byte[0]);
        sealed = null;
        content = null;
        Runnable action = over;
        over = () -> {};
        action.run();
    }

    /**
     * An error has torn the exchange out of its route. Camel, which expects exceptions, may have put down the next step as
     * if this one had passed, and begins it when the thread comes back to it: so the exchange ends there. It is over, and
     * headquarters has the delivery back with the connection.
     */
    public void tornOut(Exchange exchange) {
        exchange.setRouteStop(true);
        over();
        if (connection != null) {
            connection.close();
        }
    }

    /** Whether what was opened is a folder. */
    public boolean isFolder() {
        return message != null && message.folder() != null;
    }

    /** Removes what lies in the work folder for it. */
    public void discardWork() throws IOException {
        discardOpened();
        if (sealed != null) {
            sealed.discard();
        }
        if (partsFile != null) {
            Files.deleteIfExists(partsFile);
        }
    }

    /** Removes what was opened and keeps the parts, to go on with. Waits for what is being opened ahead. */
    void discardOpened() throws IOException {
        if (ahead != null) {
            ahead.discard();
        }
        if (opened != null) {
            Files.deleteIfExists(opened);
        }
    }
}
