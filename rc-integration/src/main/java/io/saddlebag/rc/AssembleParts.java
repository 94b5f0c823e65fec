package io.saddlebag.rc;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.Printable;
import io.saddlebag.seal.Envelope;
import io.saddlebag.seal.SignatureProperties;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code assembleParts}: keeps the parts of a delivery until the last is there. A single part stays in memory,
 * several are appended to a file. Then the body is the manifest's envelope and the arrival names the sealed message;
 * until then the route ends here. Parts of one delivery come one after the other, in order.
 */
final class AssembleParts implements Processor {
    private static final Pattern PART = Pattern.compile("([1-9][0-9]{0,6})/([1-9][0-9]{0,6})");

    private final WorkFolder work;
    private final Map<Key, Parts> partsByDelivery = new ConcurrentHashMap<>();

    AssembleParts(WorkFolder work) {
        this.work = work;
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
        Parts parts = count == 1 ? only(frame) : append(arrival, number, count);
        if (number < count) {
            exchange.setRouteStop(true);
            return;
        }
        arrival.sealed = parts.source();
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, Manifest.TYPE);
        exchange.getMessage().setBody(parts.envelope);
    }

    private static Parts only(StompFrame frame) throws IOException {
        int split = manifestLength(frame);
        Parts parts = new Parts(Arrays.copyOf(frame.body(), split), 1, null);
        parts.inMemory = SealedSource.inMemory(frame.body(), split);
        return parts;
    }

    private Parts append(Arrival arrival, int number, int count) throws IOException {
        StompFrame frame = arrival.frame();
        Key key = new Key(arrival.connection(), arrival.token());
        Parts parts;
        int offset = 0;
        if (number == 1) {
            offset = manifestLength(frame);
            parts = new Parts(Arrays.copyOf(frame.body(), offset), count, work.newFile("sealed"));
            forget(partsByDelivery.put(key, parts));
        } else {
            parts = partsByDelivery.get(key);
        }
        if (parts == null || parts.count != count || parts.taken + 1 != number) {
            forget(partsByDelivery.remove(key));
            throw new ProtocolException("Expected part "
                    + (parts == null ? "1 of a delivery" : (parts.taken + 1) + "/" + parts.count) + ", found " + number
                    + "/" + count);
        }
        parts.append(frame.body(), offset);
        if (number == count) {
            partsByDelivery.remove(key);
        }
        return parts;
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

    /** Forgets what a broken connection left unfinished; it is delivered again from the first part. */
    void connectionLost(StompConnection lost) {
        partsByDelivery.keySet().removeIf(key -> {
            if (key.connection != lost) {
                return false;
            }
            try {
                forget(partsByDelivery.get(key));
            } catch (IOException e) {
                return true; // The next start removes the file.
            }
            return true;
        });
    }

    int unfinished() {
        return partsByDelivery.size();
    }

    private static void forget(Parts parts) throws IOException {
        if (parts != null && parts.file != null) {
            Files.deleteIfExists(parts.file);
        }
    }

    private record Key(StompConnection connection, String token) {}

    private static final class Parts {
        private final byte[] envelope;
        private final int count;
        private final Path file;
        private int taken;
        private long size;
        private SealedSource inMemory;

        Parts(byte[] envelope, int count, Path file) {
            this.envelope = envelope;
            this.count = count;
            this.file = file;
        }

        void append(byte[] body, int offset) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                ByteBuffer bytes = ByteBuffer.wrap(body, offset, body.length - offset);
                while (bytes.hasRemaining()) {
                    size += channel.write(bytes);
                }
            }
            taken++;
        }

        SealedSource source() {
            return inMemory == null ? SealedSource.inFile(file, size) : inMemory;
        }
    }
}
