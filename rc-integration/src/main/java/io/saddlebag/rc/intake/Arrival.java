package io.saddlebag.rc.intake;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.Message;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.outbox.Outbox;
import io.saddlebag.rc.records.Placement;
import io.saddlebag.rc.work.OpenedSeal;
import io.saddlebag.rc.work.OpeningAhead;
import io.saddlebag.rc.work.SealedSource;
import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.Part;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.camel.Exchange;

/**
 * One frame, and once it is whole one delivery, on its way through the routes; kept in the exchange property
 * {@value #PROPERTY}. Each stage adds its result by one method, and a value is null until then. For one thread at a time.
 */
public final class Arrival {
    public static final String PROPERTY = "rcArrival";

    private StompFrame frame;
    private final StompConnection connection;
    private final QueueSubscription subscription;
    private final DeliveryWindow window;
    private Runnable whenOver;

    private Part part;
    private int split;
    private AssembleParts.Delivery delivery;
    private long travelSize;
    private Path partsFile;
    private OpeningAhead ahead;
    private boolean isBegun;
    private SealedSource sealed;
    private boolean isResumed;

    private Manifest manifest;
    private Sha256 manifestSha256;

    private Message message;
    private Path openedFile;
    private byte[] content;

    private Placement placement;
    private boolean isEarlier;
    private byte[] receipt;

    /**
     * @param connection where it came from and where it is settled; null in tests of single steps
     * @param window of the subscription that it came with
     * @param whenOver runs once: when the delivery is settled or goes no further
     */
    public Arrival(
            StompFrame frame,
            StompConnection connection,
            QueueSubscription subscription,
            DeliveryWindow window,
            Runnable whenOver) {
        this.frame = frame;
        this.connection = connection;
        this.subscription = subscription;
        this.window = window;
        this.whenOver = whenOver;
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

    public StompConnection connection() {
        return connection;
    }

    /** The one that it came with. */
    public QueueSubscription subscription() {
        return subscription;
    }

    public String queue() {
        return subscription.consumer().getEndpoint().queue();
    }

    public Outbox outbox() {
        return subscription.consumer().getEndpoint().outbox();
    }

    /** True when the outbox's reader is to say whether it accepts the message. */
    public boolean expectsVerdict() {
        return subscription.consumer().getEndpoint().expectsVerdict();
    }

    /** The check file of the outbox; null for none. */
    public String check() {
        return subscription.consumer().getEndpoint().check();
    }

    /** Changes with every SUBSCRIBE: the deliveries of an earlier one are back at headquarters. */
    public long epoch() {
        return window.epoch();
    }

    /** See {@link QueueConsumer#suspend}. */
    public void suspend(String trouble, BooleanSupplier isOver) {
        subscription.consumer().suspend(subscription, epoch(), trouble, isOver);
    }

    /** The subscription that it came with has ended, so that headquarters has it back. */
    public boolean isBack() {
        return subscription.isOver(epoch());
    }

    /** The delivery's name in ACK and NACK. */
    public String token() {
        return frame.header(Headers.ACK);
    }

    /** @param manifest length of its envelope, with which the frame's body begins */
    void begins(Part first, int manifest) {
        part = first;
        split = manifest;
    }

    /** It is a part of a delivery whose first frame was kept. */
    void continues(Part next, AssembleParts.Delivery kept) {
        part = next;
        delivery = kept;
    }

    Part part() {
        return part;
    }

    /** Where the part begins in the frame's body. */
    int split() {
        return split;
    }

    /** Null with the first frame of a delivery, until it is kept. */
    AssembleParts.Delivery delivery() {
        return delivery;
    }

    /** A choice of the routes: the frame begins or completes a delivery, whose manifest is to be verified. */
    public boolean hasManifest() {
        return split > 0 || part.isLast();
    }

    /** @param bytes of all parts together */
    void travels(long bytes) {
        travelSize = bytes;
    }

    long travelSize() {
        return travelSize;
    }

    /** From now on the parts in this file are the delivery's own. */
    void keepsPartsIn(Path file) {
        partsFile = file;
    }

    /** Null when it has a single part. */
    public Path partsFile() {
        return partsFile;
    }

    /** @param opening null when the delivery is opened once it is whole */
    public void opensAhead(OpeningAhead opening) {
        ahead = opening;
    }

    /** The opening that reads behind the parts; null when there is none. */
    public OpeningAhead ahead() {
        return ahead;
    }

    /** It is the first of several parts, and the others follow. */
    void begun() {
        isBegun = true;
    }

    public boolean isBegun() {
        return isBegun;
    }

    /** @param resumed not all of its parts came on this connection */
    void whole(SealedSource source, boolean resumed) {
        sealed = source;
        isResumed = resumed;
    }

    /** Null until the last part is there, and again when the delivery is over. */
    public SealedSource sealed() {
        return sealed;
    }

    public boolean isResumed() {
        return isResumed;
    }

    /** @param sha256 of the manifest's bytes, whose signature has verified */
    public void verified(Manifest signed, Sha256 sha256) {
        manifest = signed;
        manifestSha256 = sha256;
    }

    public Manifest manifest() {
        return manifest;
    }

    public Sha256 manifestSha256() {
        return manifestSha256;
    }

    public SiteId sender() {
        return manifest.sender().id();
    }

    public MessageId messageId() {
        return manifest.messageId();
    }

    /** From now on the opened file is the delivery's own. */
    public void opened(OpenedSeal opened) {
        message = opened.message();
        openedFile = opened.file();
        content = opened.content();
    }

    public Message message() {
        return message;
    }

    public boolean isFolder() {
        return message != null && message.folder() != null;
    }

    public Path openedFile() {
        return openedFile;
    }

    /** The opened file has left the work folder. */
    public void openedFileMoved() {
        openedFile = null;
    }

    /** The opened content in memory; null when it is long, and again when the delivery is over. */
    public byte[] content() {
        return content;
    }

    /** Its place in the outbox, which it does not have yet. */
    public void place(Placement place) {
        placement = place;
    }

    /**
     * The message got its place before: it need only be acknowledged.
     *
     * @param signed the receipt to give again; null when a new one is to be signed
     */
    public void earlier(Placement place, byte[] signed) {
        placement = place;
        isEarlier = true;
        receipt = signed;
    }

    public Placement placement() {
        return placement;
    }

    public boolean isEarlier() {
        return isEarlier;
    }

    public void signed(byte[] signed) {
        receipt = signed;
    }

    /** The signed delivery receipt's envelope. */
    public byte[] receipt() {
        return receipt;
    }

    /** From now on it only waits for an answer, or for nothing, and needs no room in memory but for its names. */
    public void over() {
        frame = StompFrame.of(frame.command())
                .header(Headers.ACK, frame.header(Headers.ACK))
                .header(Headers.MESSAGE_ID, Printable.of(frame.header(Headers.MESSAGE_ID)))
                .header(Headers.SENDER_ID, Printable.of(frame.header(Headers.SENDER_ID)))
                .build();
        sealed = null;
        content = null;
        delivery = null;
        Runnable action = whenOver;
        whenOver = () -> {};
        action.run();
    }

    /**
     * Sends ACK or NACK on the connection that the delivery came on and on no other: the token is that connection's.
     *
     * @return completed once headquarters has committed it; fails when it did not, or when the connection is gone
     */
    public CompletableFuture<StompFrame> settle(StompFrame settlement) {
        over();
        if (connection == null || subscription.link().connection() != connection) {
            return CompletableFuture.failedFuture(new ConnectionLostException(
                    "the connection that it came on is gone; headquarters delivers it again"));
        }
        return window.settle(token(), () -> subscription.link().request(settlement, connection));
    }

    /**
     * Ends the exchange after an error. Camel expects exceptions and may have queued the next step as if this one had
     * passed, hence the route stop. Headquarters has the delivery back with the connection.
     */
    public void abort(Exchange exchange) {
        exchange.setRouteStop(true);
        over();
        if (connection != null) {
            connection.close();
        }
    }

    /** Removes its files from the work folder. */
    public void discardWork() throws IOException {
        discardOpened();
        if (sealed != null) {
            sealed.discard();
        }
        if (partsFile != null) {
            Files.deleteIfExists(partsFile);
        }
    }

    /** Removes the opened file and keeps the parts, so that the delivery can resume. Waits until an opening ahead ends. */
    public void discardOpened() throws IOException {
        if (ahead != null) {
            ahead.discard();
        }
        if (openedFile != null) {
            Files.deleteIfExists(openedFile);
        }
    }
}
