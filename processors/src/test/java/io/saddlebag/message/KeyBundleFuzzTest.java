package io.saddlebag.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testing.FuzzTarget;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Key bundles, read behind their signature. */
class KeyBundleFuzzTest extends FuzzTarget {
    private static final Instant NOW = Instant.parse("2025-10-08T09:00:00Z");

    @Override
    public List<byte[]> seeds() {
        KeyBundle.Key plain = new KeyBundle.Key("k1", "age1x", NOW, NOW.plus(Duration.ofDays(60)));
        KeyBundle.Key hybrid = new KeyBundle.Key("k2", "age1pq1x", NOW, NOW.plus(Duration.ofDays(60)));
        Sha256 digest = Sha256.of(new byte[0]);
        return List.of(
                Json.write(new KeyBundle(digest, SiteId.of("CA-RC"), 1, null, NOW, List.of(plain))),
                Json.write(new KeyBundle(digest, SiteId.of("CA-RC"), 2, digest, NOW, List.of(hybrid, plain))));
    }

    @Override
    public boolean read(byte[] input) {
        KeyBundle bundle;
        try {
            bundle = Json.read(input, KeyBundle.class);
        } catch (IllegalArgumentException e) {
            return false;
        }
        bundle.current(NOW, true);
        assertThat(Json.read(Json.write(bundle), KeyBundle.class)).isEqualTo(bundle);
        return true;
    }
}
