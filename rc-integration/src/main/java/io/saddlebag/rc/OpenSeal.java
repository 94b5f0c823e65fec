package io.saddlebag.rc;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.folder.OutboxNames;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Message;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.MessageOpener;
import io.saddlebag.seal.SenderBinding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code openSeal}: decrypts into a file of the work folder. The file is the arrival's to publish or discard; it is
 * whole, verified and synced once the step has run; a folder, which is still to be unpacked, is not synced.
 */
final class OpenSeal implements Processor {
    private static final FileAttribute<?> GROUP_MAY_READ =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));

    private final MessageOpener opener;
    private final List<AgeIdentity> identities;
    private final WorkFolder work;
    private final long inlineLimit;
    private final Clock clock;

    /** @param inlineLimit up to so many bytes the content is kept in memory too */
    OpenSeal(MessageOpener opener, List<AgeIdentity> identities, WorkFolder work, long inlineLimit, Clock clock) {
        this.inlineLimit = inlineLimit;
        this.opener = opener;
        this.identities = List.copyOf(identities);
        this.work = work;
        this.clock = clock;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        Manifest manifest = arrival.manifest;
        SenderBinding binding = new SenderBinding(
                manifest.networkId(),
                manifest.messageId(),
                manifest.sender().id(),
                manifest.sender().fingerprint());
        arrival.opened = work.newFile("opened");
        Message message;
        ShortCopy copy = new ShortCopy(inlineLimit);
        try (InputStream in = arrival.sealed.open();
                FileChannel file = create(arrival.opened)) {
            message = opener.open(in, identities, binding, (bytes, offset, length) -> {
                copy.write(bytes, offset, length);
                write(file, ByteBuffer.wrap(bytes, offset, length));
            });
            if (message.folder() == null) {
                file.force(true);
            }
        }
        arrival.content = copy.whole();
        Failpoint.RC_OPENED.reached();
        arrival.message = message;
        arrival.payloadName = OutboxNames.payload(message.messageId(), message.fileName());
        arrival.contentSha256 = message.sha256();
        arrival.contentSize = message.size();
        arrival.receivedTimestamp = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), GROUP_MAY_READ);
    }

    private static void write(FileChannel file, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    /** The content again, in memory, unless it is longer than it may be. */
    private static final class ShortCopy {
        private final long limit;
        private ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        ShortCopy(long limit) {
            this.limit = limit;
        }

        void write(byte[] from, int offset, int length) {
            if (bytes != null && bytes.size() + length <= limit) {
                bytes.write(from, offset, length);
            } else {
                bytes = null;
            }
        }

        /** Null when it is too long. */
        byte[] whole() {
            return bytes == null ? null : bytes.toByteArray();
        }
    }
}
