package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/**
 * {@value #LENGTH} random bytes of one message. They travel inside the seal and stay with the sender, so that sender and
 * recipients alone have them. Under them a receipt proves the content without naming it, and the detail of a refusal
 * travels past headquarters. docs/formats.md describes the bytes. The text form of an instance does not show them.
 *
 * @param base64 the bytes, in the standard alphabet
 */
public record ReceiptSecret(@JsonValue String base64) {
    public static final int LENGTH = 32;
    /** In bytes of UTF-8; a longer detail is cut. */
    static final int MAX_DETAIL = 1024;
    /** The length of every detail on the wire: nonce, padded text, tag. It says nothing of the text. */
    public static final int SEALED_DETAIL = 12 + MAX_DETAIL + 16;

    private static final byte[] CONTENT = "saddlebag/receipt/v2/content\0".getBytes(StandardCharsets.US_ASCII);
    private static final String DETAIL = "saddlebag/refusal/v1/detail\0";
    private static final String HMAC = "HmacSHA256";
    private static final String REASON = "saddlebag/verdict/v1/reason\0";
    /** A reason is filled up to the least of these that holds it. */
    private static final int[] REASON_SIZES = {256, 1024, 4096, 16 * 1024};

    private static final int NONCE = 12;
    private static final int TAG = 16;
    private static final int TAG_BITS = 128;

    @JsonCreator
    public ReceiptSecret {
        Objects.requireNonNull(base64, "receipt_secret");
        int length;
        try {
            length = Base64.getDecoder().decode(base64).length;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("Expected a receipt_secret in base64, found something else", e);
        }
        if (length != LENGTH) {
            throw new IllegalArgumentException("Expected a receipt_secret of " + LENGTH + " bytes, found " + length);
        }
    }

    public static ReceiptSecret random(SecureRandom random) {
        byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        return of(bytes);
    }

    /** @param bytes {@value #LENGTH} of them */
    public static ReceiptSecret of(byte[] bytes) {
        return new ReceiptSecret(Base64.getEncoder().encodeToString(bytes));
    }

    public byte[] bytes() {
        return Base64.getDecoder().decode(base64);
    }

    /**
     * HMAC-SHA-256 (RFC 2104) over the content's digest and size, which says nothing of either without this secret.
     *
     * @param size in bytes
     * @return the 32 bytes of the HMAC
     */
    public Sha256 proof(Sha256 content, long size) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(bytes(), HMAC));
            mac.update(CONTENT);
            mac.update(content.bytes());
            mac.update(ByteBuffer.allocate(Long.BYTES).putLong(size).array());
            return Sha256.ofDigest(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has " + HMAC, e);
        }
    }

    /** Encrypts the detail of a refusal for those who have this secret; {@value #SEALED_DETAIL} bytes. */
    public byte[] sealDetail(MessageId messageId, SiteId receiver, String detail, SecureRandom random) {
        return sealed(DETAIL + messageId + "\0" + receiver, Arrays.copyOf(shortened(detail), MAX_DETAIL), random);
    }

    /**
     * Encrypts the reason of a verdict for those who have this secret. The length says of the text's only which of four it is
     * below.
     *
     * @throws IllegalArgumentException when the text has more than 16 KiB of UTF-8
     */
    public byte[] sealReason(MessageId messageId, SiteId receiver, String reason, SecureRandom random) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        int size = Arrays.stream(REASON_SIZES)
                .filter(each -> each >= text.length)
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("Expected a reason of at most 16 KiB, found " + text.length));
        return sealed(REASON + messageId + "\0" + receiver, Arrays.copyOf(text, size), random);
    }

    private byte[] sealed(String info, byte[] padded, SecureRandom random) {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, info, nonce).doFinal(padded);
            return ByteBuffer.allocate(NONCE + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has AES-GCM", e);
        }
    }

    private static byte[] shortened(String detail) {
        byte[] text = detail.getBytes(StandardCharsets.UTF_8);
        for (int most = detail.length(); text.length > MAX_DETAIL; ) {
            most -= Math.max(1, (text.length - MAX_DETAIL) / 4);
            text = Printable.shortened(detail, most).toString().getBytes(StandardCharsets.UTF_8);
        }
        return text;
    }

    /** @throws IllegalArgumentException when the bytes are not a detail that was encrypted under this secret */
    public String openDetail(MessageId messageId, SiteId receiver, byte[] sealed) {
        if (sealed.length != SEALED_DETAIL) {
            throw new IllegalArgumentException(
                    "Expected " + SEALED_DETAIL + " bytes of a refusal's detail, found " + sealed.length);
        }
        return opened(DETAIL + messageId + "\0" + receiver, receiver, sealed);
    }

    /** @throws IllegalArgumentException when the bytes are not a reason that was encrypted under this secret */
    public String openReason(MessageId messageId, SiteId receiver, byte[] sealed) {
        if (Arrays.stream(REASON_SIZES).noneMatch(each -> each + NONCE + TAG == sealed.length)) {
            throw new IllegalArgumentException("Expected a verdict's reason, found " + sealed.length + " bytes");
        }
        return opened(REASON + messageId + "\0" + receiver, receiver, sealed);
    }

    private String opened(String info, SiteId receiver, byte[] sealed) {
        byte[] text;
        try {
            text = cipher(Cipher.DECRYPT_MODE, info, Arrays.copyOf(sealed, NONCE))
                    .doFinal(sealed, NONCE, sealed.length - NONCE);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "Expected the text that " + receiver + " encrypted for this message, found other bytes", e);
        }
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }

    /** AES-256-GCM under a key of HKDF-SHA-256 (RFC 5869, no salt), which message and receiver alone have. */
    private Cipher cipher(int mode, String info, byte[] nonce) throws GeneralSecurityException {
        HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA256Digest());
        hkdf.init(new HKDFParameters(bytes(), null, info.getBytes(StandardCharsets.US_ASCII)));
        byte[] key = new byte[LENGTH];
        hkdf.generateBytes(key, 0, key.length);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        return cipher;
    }

    @Override
    public String toString() {
        return "ReceiptSecret";
    }
}
