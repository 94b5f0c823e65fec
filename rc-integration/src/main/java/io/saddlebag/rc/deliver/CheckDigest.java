package io.saddlebag.rc.deliver;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.work.SealedSource;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code checkDigest}: the sealed message is the one that the manifest names. When some of its parts were kept from
 * before, these may be what is wrong: then all of it is asked for anew.
 */
public final class CheckDigest implements Processor {
    private static final int BUFFER = 64 * 1024;

    @Override
    public void process(Exchange exchange) throws IOException {
        Arrival arrival = Arrival.of(exchange);
        Manifest.Body named = arrival.manifest.body();
        Sha256 found = arrival.sealed.size() == named.size() ? digest(arrival.sealed) : null;
        if (!named.sha256().equals(found)) {
            if (arrival.isResumed) {
                throw new IOException("Expected the parts that were kept of " + arrival.messageId()
                        + " to fit to the rest of it, found another digest; they are thrown away and asked for anew");
            }
            throw new Refusal(
                    Refusal.Code.BAD_DIGEST,
                    "Expected the sealed message of " + arrival.messageId() + " with " + named.size()
                            + " bytes and SHA-256 " + named.sha256() + ", found " + arrival.sealed.size() + " bytes"
                            + (found == null ? "" : " and " + found));
        }
    }

    private static Sha256 digest(SealedSource sealed) throws IOException {
        if (sealed.sha256() != null) {
            return sealed.sha256();
        }
        if (sealed.bytes() != null) {
            return Sha256.of(sealed.bytes(), (int) sealed.offset(), (int) sealed.size());
        }
        MessageDigest digest = Sha256.newDigest(sealed.size());
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = sealed.open()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return Sha256.ofDigest(digest.digest());
    }
}
