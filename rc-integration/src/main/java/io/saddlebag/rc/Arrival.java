package io.saddlebag.rc;

import io.saddlebag.folder.Outbox;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
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
final class Arrival {
    static final String PROPERTY = "rcArrival";
    private StompFrame frame;
    private final StompConnection connection;
    private final Outbox outbox;
    private final String queue;
    private Runnable over = () -> {};

    /** Whether the message stands in the outbox already, so that it need only be acknowledged. */
    boolean isEarlier;

    /** Of the subscription that it came with ({@link QueueConsumer#epoch}). */
    long epoch;
    /** How many bytes all parts have together, at most. */
    long travelSize;
    /** Where its parts are kept; null when it is a single one. */
    Path partsFile;
    /** Whether not all of its parts came on this connection. */
    boolean isResumed;
    /** Whether it is the first of several parts, and the others follow. */
    boolean isBegun;
    /** What is opened of it meanwhile; null when nothing is. */
    OpeningAhead ahead;

    SealedSource sealed;
    Manifest manifest;
    Sha256 manifestSha256;
    Sha256 senderFingerprint;
    Message message;
    Path opened;
    /** What was opened, in memory; null when it is long. */
    byte[] content;

    String payloadName;
    Sha256 contentSha256;
    long contentSize;
    Instant receivedTimestamp;
    byte[] receipt;

    Arrival(StompFrame frame, StompConnection connection, String queue, Outbox outbox) {
        this.frame = frame;
        this.connection = connection;
        this.queue = queue;
        this.outbox = outbox;
    }

    /** The exchange's arrival; null when the exchange is not of a delivery. */
    static Arrival of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, Arrival.class);
    }

    /** A choice of the routes; false of an exchange that is not of a delivery. */
    static org.apache.camel.Predicate is(Predicate<Arrival> test) {
        return exchange -> {
            Arrival arrival = of(exchange);
            return arrival != null && test.test(arrival);
        };
    }

    StompFrame frame() {
        return frame;
    }

    /** Where it came from and where it is settled; null in tests of single steps. */
    StompConnection connection() {
        return connection;
    }

    String queue() {
        return queue;
    }

    Outbox outbox() {
        return outbox;
    }

    /** What ACK and NACK name. */
    String token() {
        return frame.header(Headers.ACK);
    }

    SiteId sender() {
        return manifest.sender().id();
    }

    MessageId messageId() {
        return manifest.messageId();
    }

    /** What is to be done once it is settled or goes no further, whichever is first. */
    void whenOver(Runnable action) {
        over = action;
    }

    /** From now on it only waits for an answer, or for nothing, and its body needs no room in memory. */
    void over() {
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
    void tornOut(Exchange exchange) {
        exchange.setRouteStop(true);
        over();
        if (connection != null) {
            connection.close();
        }
    }

    /** Whether what was opened is a folder. */
    boolean isFolder() {
        return message != null && message.folder() != null;
    }

    /** Removes what lies in the work folder for it. */
    void discardWork() throws IOException {
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
