package io.saddlebag.rc.intake;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.log.ProgressLog;
import io.saddlebag.log.WorkUnderWay;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;

/**
 * The steps that put the parts of a delivery together. A single part stays in memory; several go into a {@link PartsFile},
 * which a later connection resumes. Nothing is kept before the manifest, which comes with the first frame, is verified. The
 * parts of one delivery come one after the other, in order, and so do those that waited while their connection broke.
 */
public final class AssembleParts {
    private final WorkFolder work;
    private final DiskRoom room;
    private final WorkUnderWay underWay;
    private final Map<Key, Delivery> deliveries = new ConcurrentHashMap<>();
    /** The openings that have not ended, by the file of their parts. */
    private final Map<Path, OpeningAhead> aheads = new ConcurrentHashMap<>();
    /** The messages that come in, by the file of their parts. */
    private final Map<Path, Coming> coming = new ConcurrentHashMap<>();

    public AssembleParts(WorkFolder work, DiskRoom room, WorkUnderWay underWay) {
        this.underWay = underWay;
        this.work = work;
        this.room = room;
    }

    /** A delivery: the token is of its connection, the epoch of its subscription. */
    private record Key(StompConnection connection, String token, QueueSubscription subscription, long epoch) {
        static Key of(Arrival arrival) {
            return new Key(arrival.connection(), arrival.token(), arrival.subscription(), arrival.epoch());
        }

        boolean isBroken() {
            return connection != null && !connection.isOpen();
        }

        boolean isOver() {
            return subscription.isOver(epoch);
        }
    }

    /**
     * A delivery whose parts are coming in.
     *
     * @param file null when it cannot be assembled: its other parts are passed over
     * @param size of the sealed message
     * @param isResumed whether some of the parts came on an earlier connection
     * @param ahead null when it is opened once it is whole
     * @param progress null when it cannot be assembled
     */
    record Delivery(PartsFile file, long size, boolean isResumed, OpeningAhead ahead, ProgressLog progress) {
        private static final Delivery BROKEN = new Delivery(null, 0, false, null, null);

        void put(int number, byte[] body, int offset) throws IOException {
            if (!file.put(number, body, offset)) {
                return;
            }
            progress.add(body.length - offset);
            if (ahead != null) {
                ahead.parts()
                        .grow(
                                (long) (number - 1) * Manifest.PART_SIZE,
                                (long) body.length - offset,
                                number == file.count());
            }
        }
    }

    /** A message whose parts come in, by deliveries of it over one link or several. */
    private static final class Coming {
        private final Set<Key> keys = ConcurrentHashMap.newKeySet();
        /** Null until its file is made. */
        private volatile Delivery delivery;

        boolean isOver() {
            return keys.stream().allMatch(Key::isOver);
        }

        /** Another delivery brings parts into the same file. */
        Delivery join(Key key, Part part, byte[] envelope) throws ProtocolException {
            PartsFile file = delivery.file();
            if (part.number() > file.lacking() || !Arrays.equals(file.envelope(), envelope)) {
                throw new ProtocolException("Expected the message whose parts come in over another link, from part "
                        + file.lacking() + " at most, found part " + part + ", or another manifest");
            }
            file.share();
            keys.add(key);
            return delivery;
        }
    }

    /**
     * Step {@code readPart}: the body becomes the manifest's envelope with the first frame of a delivery, to be verified
     * before anything is kept, and again with the last, since days may lie between them. The route ends here with the parts
     * of a delivery that was given up.
     */
    public void readPart(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        Part part = PartHeaders.part(arrival.frame());
        Key key = Key.of(arrival);
        Delivery delivery = part.isLast() ? deliveries.remove(key) : deliveries.get(key);
        byte[] envelope = null;
        if (delivery == null && (part.count() == 1 || !key.isBroken())) {
            envelope = first(arrival, part, key);
        } else if (delivery == null || delivery.file() == null) {
            // After a break the next connection brings it again.
            exchange.setRouteStop(true);
            return;
        } else {
            arrival.continues(part, delivery);
            envelope = part.isLast() ? delivery.file().envelope() : null;
        }
        if (envelope != null) {
            exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, Manifest.TYPE);
            exchange.getMessage().setBody(envelope);
        }
    }

    private byte[] first(Arrival arrival, Part part, Key key) throws IOException {
        int split = PartHeaders.manifestLength(arrival.frame());
        arrival.begins(part, split);
        if (!part.isLast()) {
            forgetOver();
            // Until the first part is kept: when the manifest is refused, its other parts are passed over.
            deliveries.put(key, Delivery.BROKEN);
        }
        return Arrays.copyOf(arrival.frame().body(), split);
    }

    /**
     * Step {@code assembleParts}: keeps the parts of a delivery until the last one is there; then the arrival has the sealed
     * message. With the first of several it is begun, so that it can be opened as its parts come. With any other part the
     * route ends here.
     */
    public void assembleParts(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        if (arrival.part().count() == 1) {
            only(arrival);
        } else {
            several(arrival);
        }
        exchange.setRouteStop(arrival.sealed() == null && !arrival.isBegun());
    }

    private void only(Arrival arrival) throws IOException {
        requireSize(arrival);
        arrival.whole(SealedSource.inMemory(arrival.frame().body(), arrival.split()), false);
    }

    private void several(Arrival arrival) throws IOException {
        Part part = arrival.part();
        Key key = Key.of(arrival);
        Path path = work.partsFile(arrival.queue(), PartHeaders.messageId(arrival.frame()));
        boolean isFirst = arrival.delivery() == null;
        // Null when another delivery has completed the message, or what was kept of it is thrown away.
        Coming own = isFirst ? null : comingOf(path, arrival.delivery());
        try {
            Coming other = isFirst ? underWay(path) : null;
            if (other != null) {
                requireSize(arrival);
                arrival.continues(part, other.join(key, part, envelope(arrival)));
                own = other;
            } else if (isFirst) {
                requireSize(arrival);
                discardEarlier(path);
                arrival.keepsPartsIn(path);
                if (part.isLast() && !Files.exists(path)) {
                    lacksAcknowledgement(arrival);
                    return;
                }
                own = new Coming();
                own.keys.add(key);
                coming.put(path, own);
                own.delivery = begin(arrival, path);
                arrival.continues(part, own.delivery);
            } else if (own == null) {
                passOver(arrival);
                return;
            }
            Delivery delivery = arrival.delivery();
            arrival.travels(delivery.size());
            arrival.keepsPartsIn(path);
            arrival.opensAhead(delivery.ahead());
            delivery.put(part.number(), arrival.frame().body(), arrival.split());
            Failpoint.RC_PART_WRITTEN.reached();
            if (part.isLast()) {
                coming.remove(path, own);
                arrival.whole(
                        delivery.file().source(),
                        delivery.isResumed() || delivery.file().isShared());
                return;
            }
            deliveries.put(key, delivery);
            if (isFirst && other == null && delivery.ahead() != null) {
                arrival.begun();
            }
        } catch (IOException | Refusal e) {
            if (own != null) {
                coming.remove(path, own);
            }
            if (!part.isLast()) {
                deliveries.put(key, Delivery.BROKEN);
            }
            throw e;
        }
    }

    private Coming comingOf(Path path, Delivery delivery) {
        Coming now = coming.get(path);
        return now != null && now.delivery == delivery ? now : null;
    }

    /** The journal knows the message, or its digest fails. */
    private static void lacksAcknowledgement(Arrival arrival) {
        arrival.whole(SealedSource.inMemory(arrival.frame().body(), arrival.split()), true);
    }

    /** A part of a message that another delivery brought to its end. The file of its parts may be a third one's. */
    private static void passOver(Arrival arrival) throws ProtocolException {
        if (!arrival.delivery().file().isWhole()) {
            throw new ProtocolException("Expected the parts before part " + arrival.part()
                    + " here, found that they were thrown away with those of another link");
        }
        if (arrival.part().isLast()) {
            arrival.travels(arrival.delivery().size());
            lacksAcknowledgement(arrival);
        }
    }

    /** The verified manifest alone says how large the message is and in how many parts it travels. */
    private void requireSize(Arrival arrival) throws IOException {
        Manifest manifest = arrival.manifest();
        if (manifest.parts() != arrival.part().count()) {
            throw new ProtocolException("Expected " + manifest.parts() + " parts of " + manifest.messageId()
                    + ", as its manifest says, found part " + arrival.part());
        }
        arrival.travels(manifest.body().size());
        room.requireWanted(manifest.body().size());
    }

    private static byte[] envelope(Arrival arrival) {
        return Arrays.copyOf(arrival.frame().body(), arrival.split());
    }

    /**
     * The delivery of the same message whose parts come in over another link, as happens while a node takes up what another
     * had; null when there is none. One whose connection broke counts too, until its subscription is made anew.
     */
    private Coming underWay(Path path) {
        Coming other = coming.get(path);
        return other != null && other.delivery != null && !other.isOver() && Files.exists(path) ? other : null;
    }

    /** True while parts come into that file. */
    public boolean isComing(Path file) {
        Coming now = coming.get(file);
        return now != null && !now.isOver();
    }

    private Delivery begin(Arrival arrival, Path path) throws IOException {
        Part part = arrival.part();
        byte[] envelope = envelope(arrival);
        room.requireFits(arrival);
        room.require(arrival);
        ProgressLog progress =
                underWay.begin(arrival.manifest().messageId().value(), "receiving", arrival.travelSize());
        if (part.number() == 1) {
            PartsFile file = PartsFile.begin(path, part.count(), envelope);
            return new Delivery(file, arrival.travelSize(), false, ahead(path, file), progress);
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
        progress.resumed((part.number() - 1L) * Manifest.PART_SIZE);
        return new Delivery(kept, arrival.travelSize(), true, null, progress);
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

    /** The parts of ended subscriptions stay on the disk; the next subscription asks for the rest. */
    private void forgetOver() {
        deliveries.keySet().removeIf(Key::isOver);
        coming.keySet().forEach(path -> coming.computeIfPresent(path, (same, each) -> each.isOver() ? null : each));
    }

    /** The number of deliveries that have begun and lack parts. */
    int unfinished() {
        return deliveries.size();
    }
}
