package io.saddlebag.seal;

import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.framework.crypto.CipherKey;
import com.exceptionfactory.jagged.framework.format.StandardPayloadKeyWriter;
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
    private static final int HYBRID_STANZA = 1664;
    /** The size of most small files, in bytes. For them no whole chunk is allocated. */
    private static final int SMALL = 4 * 1024;

    /** A recipient's key that was read once is not read again, which takes as long as to seal for it. */
    private static final int MAX_REMEMBERED = 256;

    private final CryptoProviders providers;
    private final Map<String, Recipient> remembered = new ConcurrentHashMap<>();

    private record Recipient(AgeKeyKind kind, RecipientStanzaWriter writer) {}

    AgeWriter(CryptoProviders providers) {
        this.providers = providers;
    }

    /**
     * @param stanzas after those of the recipients
     * @throws IllegalArgumentException when there is no recipient, one that is none, or a post-quantum one among others
     * @throws IOException when a stream fails; the file is then not whole and opens for nobody
     */
    void write(InputStream plain, List<String> recipients, List<RecipientStanzaWriter> more, OutputStream sealed)
            throws IOException {
        List<RecipientStanzaWriter> writers = new ArrayList<>(recipients.size() + 1);
        int stanza = kindOf(recipients, writers) == AgeKeyKind.HYBRID ? HYBRID_STANZA : STANZA;
        writers.addAll(more);
        ByteBuffer header = ByteBuffer.allocate(HEADER_FRAME + writers.size() * stanza);
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
            // The key agreement fails for a point of low order (RFC 7748, section 6.1) or a malformed ML-KEM key.
            recipients.forEach(AgeIdentity::requireRecipient);
            throw new IllegalStateException("The cryptography of this JVM failed while sealing", e);
        }
    }

    /**
     * Adds a writer a recipient. One recipient that is not post-quantum would give a quantum computer the file key, so that
     * age labels the kinds and no file has both.
     */
    private AgeKeyKind kindOf(List<String> recipients, List<RecipientStanzaWriter> writers) {
        AgeKeyKind kind = null;
        for (String text : recipients) {
            Recipient recipient = remembered.get(text);
            recipient = recipient == null ? read(text) : recipient;
            if (kind != null && kind != recipient.kind()) {
                throw new IllegalArgumentException("Expected post-quantum recipients (age1pq1...) alone or none of"
                        + " them, found both kinds; seal one file for each kind");
            }
            kind = recipient.kind();
            writers.add(recipient.writer());
        }
        if (kind == null) {
            throw new IllegalArgumentException("Expected at least one age recipient, found none");
        }
        return kind;
    }

    private Recipient read(String text) {
        try {
            Bech32 decoded = Bech32.decode(text);
            AgeKeyKind kind = AgeKeyKind.ofRecipient(decoded);
            Recipient recipient = new Recipient(kind, kind.writer(decoded, providers.agreement()));
            if (remembered.size() >= MAX_REMEMBERED) {
                remembered.clear();
            }
            remembered.put(text, recipient);
            return recipient;
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IllegalArgumentException(AgeIdentity.expectedRecipient(text), e);
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
