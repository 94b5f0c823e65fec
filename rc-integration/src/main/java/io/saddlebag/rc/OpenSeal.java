package io.saddlebag.rc;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.folder.OutboxNames;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Message;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.MessageOpener;
import io.saddlebag.seal.SenderBinding;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code openSeal}: decrypts into a file of the work folder. The file is the arrival's to publish or discard; it is
 * whole and verified once the step has run.
 */
final class OpenSeal implements Processor {
    private final MessageOpener opener;
    private final List<AgeIdentity> identities;
    private final WorkFolder work;
    private final Clock clock;

    OpenSeal(MessageOpener opener, List<AgeIdentity> identities, WorkFolder work, Clock clock) {
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
        try (InputStream in = arrival.sealed.open();
                OutputStream out = create(arrival.opened)) {
            message = opener.open(in, identities, binding, out::write);
        }
        Failpoint.RC_OPENED.reached();
        arrival.message = message;
        exchange.setProperty(Arrival.FOLDER, message.folder() != null);
        arrival.payloadName = OutboxNames.payload(message.messageId(), message.fileName());
        arrival.contentSha256 = message.sha256();
        arrival.contentSize = message.size();
        arrival.receivedTimestamp = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static OutputStream create(Path file) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
        return Files.newOutputStream(file, StandardOpenOption.WRITE);
    }
}
