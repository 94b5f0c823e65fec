package io.saddlebag.message;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.HexFormat;
import java.util.Objects;
import org.conscrypt.Conscrypt;

/**
 * A SHA-256 digest (FIPS 180-4).
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Sha256(@JsonValue String hex) {
    private static final String ALGORITHM = "SHA-256";
    private static final int DIGITS = 64;
    private static final int BRIEF_DIGITS = 16;
    private static final int BUFFER = 64 * 1024;
    /** In bytes. With the client compiler alone, as at a site, the JDK's digest stays below 100 MB/s. */
    private static final long NATIVE_FROM =
            System.getProperty("java.vm.info", "").contains("emulated-client") ? 256 : 1 << 20;

    @JsonCreator
    public Sha256 {
        Objects.requireNonNull(hex, "digest");
        if (!isDigest(hex)) {
            throw new IllegalArgumentException(
                    "Expected a SHA-256 digest of 64 lower-case hexadecimal digits, found '" + Printable.of(hex) + "'");
        }
    }

    private static boolean isDigest(String text) {
        if (text.length() != DIGITS) {
            return false;
        }
        for (int i = 0; i < DIGITS; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    public static Sha256 of(byte[] content) {
        return of(content, 0, content.length);
    }

    /** The digest of {@code length} bytes from the index {@code from}. */
    public static Sha256 of(byte[] content, int from, int length) {
        MessageDigest digest = newDigest(length);
        digest.update(content, from, length);
        return ofDigest(digest.digest());
    }

    /**
     * The digest of a stream to its end, which stays open.
     *
     * @param size about how many bytes come
     */
    public static Sha256 of(InputStream in, long size) throws IOException {
        MessageDigest digest = newDigest(size);
        byte[] buffer = new byte[BUFFER];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            digest.update(buffer, 0, read);
        }
        return ofDigest(digest.digest());
    }

    /** Takes the finished digest itself, 32 bytes. */
    public static Sha256 ofDigest(byte[] digest) {
        return new Sha256(HexFormat.of().formatHex(digest));
    }

    /**
     * Makes a digest for a stream of about that many bytes. A long stream gets a native one, where there is one, since
     * the JDK's does 100 MB/s before its code is compiled well. A short stream gets the JDK's, which leaves nothing to
     * finalize.
     */
    public static MessageDigest newDigest(long size) {
        if (size < NATIVE_FROM || NativeDigests.PROVIDER == null) {
            return newDigest();
        }
        try {
            return MessageDigest.getInstance(ALGORITHM, NativeDigests.PROVIDER);
        } catch (NoSuchAlgorithmException e) {
            return newDigest();
        }
    }

    /** Loads the native library when it is first asked for. */
    private static final class NativeDigests {
        private static final Provider PROVIDER = Conscrypt.isAvailable() ? Conscrypt.newProvider() : null;
    }

    /** A fresh digest to feed a few bytes through; hand its result to {@link #ofDigest}. */
    public static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance(ALGORITHM);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    /** Its beginning, for a text that people read: who compares two digests sees a difference there. */
    public String brief() {
        return hex.substring(0, BRIEF_DIGITS) + "...";
    }

    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
