package io.saddlebag.rc.intake;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.rc.work.OpeningAhead;
import io.saddlebag.rc.work.PartsFile;
import io.saddlebag.rc.work.SealedSource;
import io.saddlebag.rc.work.WorkFolder;
import io.saddlebag.stomp.Part;
import io.saddlebag.stomp.StompConnection;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code assembleParts}: keeps the parts of a delivery until the last one is there. A single part stays in memory;
 * several go into a {@link PartsFile}, which a later connection resumes. With the last part the body becomes the manifest's
 * envelope and the arrival has the sealed message. With the first of several the body is the envelope too, so that the
 * delivery can be opened as its parts come. With any other part the route ends here. The parts of one delivery come one
 * after the other, in order, and so do those that waited while their connection broke.
 */
public final class AssembleParts implements Processor {
    private final WorkFolder work;
    private final DiskRoom room;
    private final Map<Key, Delivery> deliveries = new ConcurrentHashMap<>();
    /** The openings that have not ended, by the file of their parts. */
    private final Map<Path, OpeningAhead> aheads = new ConcurrentHashMap<>();

    public AssembleParts(WorkFolder work, DiskRoom room) {
        this.work = work;
        this.room = room;
    }

    /** A delivery: the token is of its connection, the epoch of its subscription. */
    private record Key(StompConnection connection, String token, QueueConsumer subscription, long epoch) {
        boolean isBroken() {
            return connection != null && !connection.isOpen();
        }
    }

    /**
     * A delivery whose parts are coming in.
     *
     * @param file null when it cannot be assembled: its other parts are passed over
     * @param isResumed whether some of the parts came on an earlier connection
     * @param ahead null when it is opened once it is whole
     */
    private record Delivery(PartsFile file, boolean isResumed, OpeningAhead ahead) {
        private static final Delivery BROKEN = new Delivery(null, false, null);

        void put(int number, byte[] body, int offset) throws IOException {
            file.put(number, body, offset);
            if (ahead != null) {
                ahead.parts()
                        .grow(
                                (long) (number - 1) * Manifest.PART_SIZE,
                                (long) body.length - offset,
                                number == file.count());
            }
        }
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        Part part = PartHeaders.part(arrival.frame());
        byte[] envelope = part.count() == 1 ? only(arrival) : several(arrival, part);
        if (envelope == null) {
            exchange.setRouteStop(true);
            return;
        }
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, Manifest.TYPE);
        exchange.getMessage().setBody(envelope);
    }

    private byte[] only(Arrival arrival) throws IOException {
        byte[] body = arrival.frame().body();
        int split = PartHeaders.manifestLength(arrival.frame());
        arrival.travels(body.length);
        arrival.whole(SealedSource.inMemory(body, split), false);
        room.requireWanted(arrival.sealed().size());
        return Arrays.copyOf(body, split);
    }

    /** The envelope with the last part, and with the first when it begins a delivery; null with others. */
    private byte[] several(Arrival arrival, Part part) throws IOException {
        Key key = new Key(arrival.connection(), arrival.token(), arrival.subscription(), arrival.epoch());
        Path path = work.partsFile(arrival.queue(), PartHeaders.messageId(arrival.frame()));
        arrival.travels((long) part.count() * Manifest.PART_SIZE);
        Delivery delivery = deliveries.get(key);
        int offset = 0;
        try {
            if (delivery == null && key.isBroken()) {
                // The next connection brings it again.
                return null;
            }
            if (delivery == null) {
                forgetOver();
                discardEarlier(path);
                offset = PartHeaders.manifestLength(arrival.frame());
                byte[] envelope = Arrays.copyOf(arrival.frame().body(), offset);
                arrival.keepsPartsIn(path);
                if (part.isLast() && !Files.exists(path)) {
                    // Headquarters lacks the acknowledgement only: the journal knows the message, or its digest fails.
                    arrival.whole(SealedSource.inMemory(arrival.frame().body(), offset), true);
                    return envelope;
                }
                delivery = begin(arrival, path, part, envelope);
            }
            if (delivery.file() != null) {
                arrival.keepsPartsIn(path);
                arrival.opensAhead(delivery.ahead());
                delivery.put(part.number(), arrival.frame().body(), offset);
                Failpoint.RC_PART_WRITTEN.reached();
            }
            keep(key, delivery, part.isLast());
        } catch (IOException | Refusal e) {
            keep(key, Delivery.BROKEN, part.isLast());
            throw e;
        }
        if (part.isLast() && delivery.file() != null) {
            arrival.whole(delivery.file().source(), delivery.isResumed());
            return delivery.file().envelope();
        }
        if (offset == 0 || delivery.ahead() == null) {
            return null;
        }
        arrival.begun();
        return delivery.file().envelope();
    }

    private Delivery begin(Arrival arrival, Path path, Part part, byte[] envelope) throws IOException {
        // The size of the last part is not known yet.
        room.requireWanted((long) (part.count() - 1) * Manifest.PART_SIZE + 1);
        room.requireFits(arrival);
        room.require(arrival);
        if (part.number() == 1) {
            PartsFile file = PartsFile.begin(path, part.count(), envelope);
            return new Delivery(file, false, ahead(path, file));
        }
        PartsFile kept = PartsFile.reopen(path);
        if (kept == null
                || kept.count() != part.count()
                || part.number() > kept.lacking()
                || !Arrays.equals(kept.envelope(), envelope)) {
            Files.deleteIfExists(path);
            throw new ProtocolException("Expected part " + (kept == null ? 1 : kept.lacking()) + " of the message that"
                    + " this centre has parts of, found part " + part
                    + ", or another manifest. What was kept is thrown away");
        }
        // Opening its earlier parts anew after each break costs too much for a long message.
        return new Delivery(kept, true, null);
    }

    private OpeningAhead ahead(Path path, PartsFile file) {
        OpeningAhead ahead = new OpeningAhead(file.growing());
        aheads.put(path, ahead);
        ahead.whenEnded(() -> aheads.remove(path, ahead));
        return ahead;
    }

    /** Discards the opening of an earlier delivery of the message that broke off. */
    private void discardEarlier(Path path) throws IOException {
        OpeningAhead earlier = aheads.get(path);
        if (earlier != null) {
            earlier.discard();
        }
    }

    private void keep(Key key, Delivery delivery, boolean isLast) {
        if (isLast) {
            deliveries.remove(key);
        } else {
            deliveries.put(key, delivery);
        }
    }

    /** The parts of ended subscriptions stay on the disk; the next subscription asks for the rest. */
    private void forgetOver() {
        deliveries.keySet().removeIf(key -> key.subscription().isOver(key.epoch()));
    }

    /** The number of deliveries that have begun and lack parts. */
    int unfinished() {
        return deliveries.size();
    }
}
