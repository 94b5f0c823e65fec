package io.saddlebag.seal;

import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.framework.crypto.CipherKey;
import com.exceptionfactory.jagged.framework.format.StandardPayloadKeyWriter;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Writes one age v1 file. Holds two chunks of 64 KiB at a time, whatever the size. For any number of threads. */
final class AgeWriter {
    /** An upper bound of a header without its stanzas, and of one stanza, in bytes. */
    private static final int HEADER_FRAME = 256;

    private static final int STANZA = 128;
    /** The size of most small files, in bytes. For them no whole chunk is allocated. */
    private static final int SMALL = 4 * 1024;

    /** A recipient's key that was read once is not read again, which takes as long as to seal for it. */
    private static final int MAX_REMEMBERED = 256;

    private final CryptoProviders providers;
    private final Map<String, RecipientStanzaWriter> remembered = new ConcurrentHashMap<>();

    AgeWriter(CryptoProviders providers) {
        this.providers = providers;
    }

    /**
     * @param stanzas after those of the recipients
     * @throws IllegalArgumentException when there is no recipient, or one that is not an X25519 recipient
     * @throws IOException when a stream fails; the file is then not whole and opens for nobody
     */
    void write(InputStream plain, List<String> recipients, List<RecipientStanzaWriter> more, OutputStream sealed)
            throws IOException {
        List<RecipientStanzaWriter> writers = writers(recipients);
        writers.addAll(more);
        ByteBuffer header = ByteBuffer.allocate(HEADER_FRAME + writers.size() * STANZA);
        CipherKey key = key(header, writers, recipients);
        sealed.write(header.array(), 0, header.position());
        try {
            AgePayload payload = AgePayload.sealing(key, providers.cipher());
            key.destroy();
            copy(plain, payload, sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The cryptography of this JVM failed while sealing", e);
        }
    }

    private static CipherKey key(ByteBuffer header, List<RecipientStanzaWriter> writers, List<String> recipients)
            throws IOException {
        try {
            return new StandardPayloadKeyWriter().writeFileHeader(header, writers);
        } catch (GeneralSecurityException e) {
            // The key agreement fails for a point of low order (RFC 7748, section 6.1).
            recipients.forEach(AgeIdentity::requireRecipient);
            throw new IllegalStateException("The cryptography of this JVM failed while sealing", e);
        }
    }

    private List<RecipientStanzaWriter> writers(List<String> recipients) {
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("Expected at least one age recipient, found none");
        }
        List<RecipientStanzaWriter> writers = new ArrayList<>(recipients.size() + 1);
        for (String recipient : recipients) {
            RecipientStanzaWriter writer = remembered.get(recipient);
            writers.add(writer == null ? read(recipient) : writer);
        }
        return writers;
    }

    private RecipientStanzaWriter read(String recipient) {
        try {
            RecipientStanzaWriter writer =
                    X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(recipient, providers.agreement());
            if (remembered.size() >= MAX_REMEMBERED) {
                remembered.clear();
            }
            remembered.put(recipient, writer);
            return writer;
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IllegalArgumentException(AgeIdentity.expectedRecipient(recipient), e);
        }
    }

    private static void copy(InputStream plain, AgePayload payload, OutputStream sealed)
            throws IOException, GeneralSecurityException {
        byte[] current = new byte[SMALL];
        int length = plain.readNBytes(current, 0, SMALL);
        if (length == SMALL) {
            current = Arrays.copyOf(current, AgePayload.CHUNK);
            length += plain.readNBytes(current, SMALL, AgePayload.CHUNK - SMALL);
        }
        byte[] following = null;
        byte[] out = new byte[current.length + AgePayload.TAG];
        boolean last;
        do {
            // Only a further byte tells whether a full chunk was the last.
            int next = 0;
            if (length == AgePayload.CHUNK) {
                following = following == null ? new byte[AgePayload.CHUNK] : following;
                next = plain.readNBytes(following, 0, following.length);
            }
            last = next == 0;
            sealed.write(out, 0, payload.next(current, length, out, last));
            byte[] swap = current;
            current = following;
            following = swap;
            length = next;
        } while (!last);
    }
}
