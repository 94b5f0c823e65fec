package io.saddlebag.seal;

import io.saddlebag.message.Sha256;
import java.util.Objects;

/**
 * Size and digest of a sealed message, as its manifest states them.
 *
 * @param size in bytes
 * @param sha256 of the sealed bytes
 */
public record SealedFacts(long size, Sha256 sha256) {
    public SealedFacts {
        Objects.requireNonNull(sha256, "sha256");
    }
}
