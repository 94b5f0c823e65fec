package io.saddlebag.console.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/** Lets one browser in: the token of the printed link counts once and becomes a session. For any number of threads. */
final class Door {
    private static final int BYTES = 32;

    private final SecureRandom random;
    private final String token;
    private final String session;
    private boolean isUsed;

    Door(SecureRandom random) {
        this.random = random;
        this.token = secret();
        this.session = secret();
    }

    private String secret() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** For the printed link. */
    String token() {
        return token;
    }

    /** The session for the cookie, the first time that the token is shown; empty for another one, and later. */
    synchronized Optional<String> enter(String shown) {
        if (isUsed || !isSame(token, shown)) {
            return Optional.empty();
        }
        isUsed = true;
        return Optional.of(session);
    }

    /** @param cookie null when the browser sent none */
    boolean knows(String cookie) {
        return isSame(session, cookie);
    }

    /** Takes the same time wherever the two differ. */
    private static boolean isSame(String expected, String shown) {
        return shown != null
                && MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
    }
}
