package io.saddlebag.console.read;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The newest key bundle of each centre, as headquarters keeps it. It is shown, not verified: laboratories do that. */
public final class KeyBundles {
    private static final String NEWEST = "SELECT DISTINCT ON (site_id) site_id, version, envelope, registered_time"
            + " FROM key_bundle ORDER BY site_id, epoch DESC, version DESC";

    private KeyBundles() {}

    /**
     * A centre's keys.
     *
     * @param keys how many are in it
     * @param ends when the last of them ends; null when the bundle cannot be read
     */
    public record Bundle(String site, long version, Instant registered, int keys, Instant ends) {}

    public static List<Bundle> newest(HqReader reader) throws UnansweredException {
        return reader.ask(NEWEST, List.of(), row -> {
            Optional<KeyBundle> bundle = read(row.getBytes("envelope"));
            return new Bundle(
                    row.getString("site_id"),
                    row.getLong("version"),
                    HqReader.time(row, "registered_time"),
                    bundle.map(keys -> keys.keys().size()).orElse(0),
                    bundle.flatMap(keys -> keys.keys().stream()
                                    .map(KeyBundle.Key::notAfter)
                                    .max(Comparator.naturalOrder()))
                            .orElse(null));
        });
    }

    private static Optional<KeyBundle> read(byte[] envelope) {
        try {
            return Optional.of(Json.read(Envelope.parse(envelope).payload(), KeyBundle.class));
        } catch (Refusal | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
