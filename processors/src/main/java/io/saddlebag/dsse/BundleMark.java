package io.saddlebag.dsse;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.message.Sha256;
import java.util.Comparator;
import java.util.Objects;

/**
 * The place of a key bundle in the order of its site's bundles: by the signing certificate first, then by the version.
 *
 * @param epoch the start of the signing certificate, in seconds since 1970; it rises with each certificate of a site
 * @param version of the bundle, counted under that certificate
 * @param sha256 of the bundle's JSON bytes
 */
@JsonPropertyOrder({"epoch", "version", "sha256"})
public record BundleMark(
        @JsonProperty("epoch") long epoch,
        @JsonProperty("version") long version,
        @JsonProperty("sha256") Sha256 sha256) implements Comparable<BundleMark> {
    private static final Comparator<BundleMark> ORDER =
            Comparator.comparingLong(BundleMark::epoch).thenComparingLong(BundleMark::version);

    public BundleMark {
        Objects.requireNonNull(sha256, "sha256");
    }

    /** By the place alone; two bundles of one place conflict. */
    @Override
    public int compareTo(BundleMark other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "version " + version + " (epoch " + epoch + ")";
    }
}
