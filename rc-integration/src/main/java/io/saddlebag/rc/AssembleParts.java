package io.saddlebag.rc;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.seal.Envelope;
import io.saddlebag.seal.SignatureProperties;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code assembleParts}: keeps the parts of a delivery until the last is there. A single part stays in memory,
 * several are put into a {@link PartsFile}, which a later connection goes on with. Then the body is the manifest's
 * envelope and the arrival names the sealed message; until then the route ends here. With the first of several the body is
 * the envelope too, so that they can be opened as they come. Parts of one delivery come one after the other, in order;
 * also those that arrived before their connection broke and waited for this step meanwhile.
 */
final class AssembleParts implements Processor {
    private static final Pattern PART = Pattern.compile("([1-9][0-9]{0,6})/([1-9][0-9]{0,6})");

    private final WorkFolder work;
    private final DiskRoom room;
    private final Map<Key, Delivery> deliveries = new ConcurrentHashMap<>();
    /** What is opened as it comes, by the file of its parts, until that has ended. */
    private final Map<Path, OpeningAhead> aheads = new ConcurrentHashMap<>();

    AssembleParts(WorkFolder work, DiskRoom room) {
        this.work = work;
        this.room = room;
    }

    private record Key(StompConnection connection, String token) {
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

    /** Whether the frame brings a part that stays on the disk when its connection breaks: not the last, nor the only one. */
    static boolean isKept(StompFrame frame) {
        Matcher part = PART.matcher(String.valueOf(frame.header(Headers.PART)));
        return part.matches() && !part.group(1).equals(part.group(2));
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        StompFrame frame = arrival.frame();
        Matcher part = PART.matcher(String.valueOf(frame.header(Headers.PART)));
        if (arrival.token() == null || !part.matches()) {
            throw new ProtocolException("Expected a MESSAGE with the headers ack and part (k/n), found part '"
                    + Printable.of(frame.header(Headers.PART)) + "'");
        }
        int number = Integer.parseInt(part.group(1));
        int count = Integer.parseInt(part.group(2));
        byte[] envelope = count == 1 ? only(arrival) : several(arrival, number, count);
        if (envelope == null) {
            exchange.setRouteStop(true);
            return;
        }
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, Manifest.TYPE);
        exchange.getMessage().setBody(envelope);
    }

    private static byte[] only(Arrival arrival) throws IOException {
        byte[] body = arrival.frame().body();
        int split = manifestLength(arrival.frame());
        arrival.travelSize = body.length;
        arrival.sealed = SealedSource.inMemory(body, split);
        return Arrays.copyOf(body, split);
    }

    /** The envelope with the last part, and with the first when it begins a delivery; null with others. */
    private byte[] several(Arrival arrival, int number, int count) throws IOException {
        Key key = new Key(arrival.connection(), arrival.token());
        Path path = work.partsFile(arrival.queue(), messageId(arrival.frame()));
        arrival.travelSize = (long) count * Manifest.PART_SIZE;
        Delivery delivery = deliveries.get(key);
        int offset = 0;
        try {
            if (delivery == null && key.isBroken()) {
                // Begun no more: the next connection brings it again.
                return null;
            }
            if (delivery == null) {
                giveUpEarlier(path);
                offset = manifestLength(arrival.frame());
                byte[] envelope = Arrays.copyOf(arrival.frame().body(), offset);
                arrival.partsFile = path;
                if (number == count && !Files.exists(path)) {
                    // Nothing was lacking but this centre's word: the journal knows the message, or else its digest
                    // fails.
                    arrival.isResumed = true;
                    arrival.sealed = SealedSource.inMemory(arrival.frame().body(), offset);
                    return envelope;
                }
                delivery = begin(arrival, path, number, count, envelope);
            }
            if (delivery.file() != null) {
                arrival.partsFile = path;
                arrival.ahead = delivery.ahead();
                delivery.put(number, arrival.frame().body(), offset);
                Failpoint.RC_PART_WRITTEN.reached();
            }
            keep(key, delivery, number == count);
        } catch (IOException e) {
            keep(key, Delivery.BROKEN, number == count);
            throw e;
        }
        if (number < count || delivery.file() == null) {
            arrival.isBegun = offset > 0 && delivery.ahead() != null;
            return arrival.isBegun ? delivery.file().envelope() : null;
        }
        arrival.isResumed = delivery.isResumed();
        arrival.sealed = delivery.file().source();
        return delivery.file().envelope();
    }

    private Delivery begin(Arrival arrival, Path path, int number, int count, byte[] envelope) throws IOException {
        room.require(arrival);
        if (number == 1) {
            PartsFile file = PartsFile.begin(path, count, envelope);
            return new Delivery(file, false, ahead(path, file));
        }
        PartsFile kept = PartsFile.reopen(path);
        if (kept == null
                || kept.count() != count
                || number > kept.lacking()
                || !Arrays.equals(kept.envelope(), envelope)) {
            Files.deleteIfExists(path);
            throw new ProtocolException("Expected part " + (kept == null ? 1 : kept.lacking()) + " of the message that"
                    + " this centre has parts of, found part " + number + "/" + count + ", or another manifest."
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

    private static MessageId messageId(StompFrame frame) throws ProtocolException {
        try {
            return MessageId.of(String.valueOf(frame.header(Headers.MESSAGE_ID)));
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(e.getMessage());
        }
    }

    private static int manifestLength(StompFrame frame) throws ProtocolException {
        try {
            int length = Integer.parseInt(String.valueOf(frame.header(Headers.MANIFEST_LENGTH)));
            if (length > 0 && length <= Envelope.MAX_SIZE && length < frame.body().length) {
                return length;
            }
        } catch (NumberFormatException e) {
            // Falls through to the one error below.
        }
        throw new ProtocolException("Expected a manifest-length from 1 to " + Envelope.MAX_SIZE
                + " and below the body's " + frame.body().length + " bytes, found '"
                + Printable.of(frame.header(Headers.MANIFEST_LENGTH)) + "'");
    }

    /** What earlier connections left unfinished stays on the disk; the next subscription asks for the rest. */
    void connected(StompConnection connection) {
        deliveries.keySet().removeIf(key -> key.connection() != connection);
    }
}
