package io.saddlebag.seal;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;

/**
 * Binds the header of a sealed message to message and sender, so that the seal of one cannot be put under the signature
 * of another.
 *
 * @param networkId SHA-256 fingerprint of the CA certificate that all sites share
 * @param messageId the message that is sealed
 * @param senderId the site that seals it
 * @param senderFingerprint SHA-256 of the SubjectPublicKeyInfo of the key that the sender signs with
 */
public record SenderBinding(Sha256 networkId, MessageId messageId, SiteId senderId, Sha256 senderFingerprint) {
    /**
     * The one argument of the stanza {@code saddlebag/ctx}: SHA-256 of the four fields in the order of this record.
     * Each follows its length in bytes (4 bytes, big-endian), digests as their 32 bytes and ids as ASCII. The argument
     * is base64 without padding (43 characters), as age writes its own arguments.
     */
    String stanzaArgument() {
        MessageDigest digest = Sha256.newDigest();
        update(digest, networkId.bytes());
        update(digest, messageId.value().getBytes(StandardCharsets.US_ASCII));
        update(digest, senderId.value().getBytes(StandardCharsets.US_ASCII));
        update(digest, senderFingerprint.bytes());
        return Base64.getEncoder().withoutPadding().encodeToString(digest.digest());
    }

    private static void update(MessageDigest digest, byte[] field) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(field.length).array());
        digest.update(field);
    }
}
