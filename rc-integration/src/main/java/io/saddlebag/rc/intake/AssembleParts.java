package io.saddlebag.rc.intake;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.rc.work.OpeningAhead;
import io.saddlebag.rc.work.PartsFile;
import io.saddlebag.rc.work.SealedSource;
import io.saddlebag.rc.work.WorkFolder;
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
 * Step {@code assembleParts}: keeps the parts of a delivery until the last is there. A single part stays in memory,
 * several are put into a {@link PartsFile}, which a later connection goes on with. Then the body is the manifest's
 * envelope and the arrival names the sealed message; until then the route ends here. With the first of several the body is
 * the envelope too, so that they can be opened as they come. Parts of one delivery come one after the other, in order;
 * also those that arrived before their connection broke and waited for this step meanwhile.
 */
public final class AssembleParts implements Processor {
    private final WorkFolder work;
    private final DiskRoom room;
    private final Subscriptions subscriptions;
    private final Map<Key, Delivery> deliveries = new ConcurrentHashMap<>();
    /** What is opened as it comes, by the file of its parts, until that has ended. */
    private final Map<Path, OpeningAhead> aheads = new ConcurrentHashMap<>();

    public AssembleParts(WorkFolder work, DiskRoom room, Subscriptions subscriptions) {
        this.work = work;
        this.room = room;
        this.subscriptions = subscriptions;
    }

    /** A delivery: the token is of its connection, the epoch of its subscription. */
    private record Key(StompConnection connection, String token, String queue, long epoch) {
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
        PartHeaders part = PartHeaders.of(arrival.frame());
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
        arrival.travelSize = body.length;
        arrival.sealed = SealedSource.inMemory(body, split);
        room.requireWanted(arrival.sealed.size());
        return Arrays.copyOf(body, split);
    }

    /** The envelope with the last part, and with the first when it begins a delivery; null with others. */
    private byte[] several(Arrival arrival, PartHeaders part) throws IOException {
        Key key = new Key(arrival.connection(), arrival.token(), arrival.queue(), arrival.epoch);
        Path path = work.partsFile(arrival.queue(), PartHeaders.messageId(arrival.frame()));
        arrival.travelSize = (long) part.count() * Manifest.PART_SIZE;
        Delivery delivery = deliveries.get(key);
        int offset = 0;
        try {
            if (delivery == null && key.isBroken()) {
                // Begun no more: the next connection brings it again.
                return null;
            }
            if (delivery == null) {
                forgetWhatIsOver();
                giveUpEarlier(path);
                offset = PartHeaders.manifestLength(arrival.frame());
                byte[] envelope = Arrays.copyOf(arrival.frame().body(), offset);
                arrival.partsFile = path;
                if (part.isLast() && !Files.exists(path)) {
                    // Nothing was lacking but this centre's word: the journal knows the message, or else its digest
                    // fails.
                    arrival.isResumed = true;
                    arrival.sealed = SealedSource.inMemory(arrival.frame().body(), offset);
                    return envelope;
                }
                delivery = begin(arrival, path, part, envelope);
            }
            if (delivery.file() != null) {
                arrival.partsFile = path;
                arrival.ahead = delivery.ahead();
                delivery.put(part.number(), arrival.frame().body(), offset);
                Failpoint.RC_PART_WRITTEN.reached();
            }
            keep(key, delivery, part.isLast());
        } catch (IOException | Refusal e) {
            keep(key, Delivery.BROKEN, part.isLast());
            throw e;
        }
        if (!part.isLast() || delivery.file() == null) {
            arrival.isBegun = offset > 0 && delivery.ahead() != null;
            return arrival.isBegun ? delivery.file().envelope() : null;
        }
        arrival.isResumed = delivery.isResumed();
        arrival.sealed = delivery.file().source();
        return delivery.file().envelope();
    }

    private Delivery begin(Arrival arrival, Path path, PartHeaders part, byte[] envelope) throws IOException {
        // How much more the last part has is not known yet.
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
                    + " this centre has parts of, found part " + part.number() + "/" + part.count()
                    + ", or another manifest."
                    + " What was kept is thrown away");
        }
        // Its earlier parts would be opened anew after each break, which is a lot of work for a long message.
        return new Delivery(kept, true, null);
    }

    private OpeningAhead ahead(Path path, PartsFile file) {
        OpeningAhead ahead = new OpeningAhead(file.growing());
        aheads.put(path, ahead);
        ahead.whenEnded(() -> aheads.remove(path, ahead));
        return ahead;
    }

    /** What an earlier delivery of the message left behind it when it broke off. */
    private void giveUpEarlier(Path path) throws IOException {
        OpeningAhead earlier = aheads.get(path);
        if (earlier != null) {
            earlier.discard();
        }
    }

    private void keep(Key key, Delivery delivery, boolean isLast) {
        if (isLast) {
            deliveries.remove(key);
            return;
        }
        deliveries.put(key, delivery);
    }

    /** What ended subscriptions left unfinished stays on the disk; the next one asks for the rest. */
    private void forgetWhatIsOver() {
        deliveries.keySet().removeIf(key -> subscriptions.isOver(key.queue(), key.epoch()));
    }

    /** How many deliveries have begun and lack parts. */
    int unfinished() {
        return deliveries.size();
    }
}
