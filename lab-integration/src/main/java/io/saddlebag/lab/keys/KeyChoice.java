package io.saddlebag.lab.keys;

import io.saddlebag.lab.message.NotYetException;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.SiteId;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Chooses the keys of a message. One sealed file has keys of one kind: a single X25519 stanza would give the file key to a
 * quantum computer.
 */
final class KeyChoice {
    /**
     * The current keys of a recipient.
     *
     * @param plain null when there is no current X25519 key
     * @param hybrid null when there is no current post-quantum key
     */
    record Candidates(PostQuantum policy, KeyBundle.Key plain, KeyBundle.Key hybrid) {
        boolean takesHybrid() {
            return policy != PostQuantum.OFF && hybrid != null;
        }
    }

    private KeyChoice() {}

    /** @throws NotYetException when the recipients have no kind in common that their policies allow */
    static SortedMap<SiteId, KeyBundle.Key> of(SortedMap<SiteId, Candidates> recipients) throws NotYetException {
        boolean hybrid = recipients.values().stream().allMatch(Candidates::takesHybrid);
        if (!hybrid) {
            requirePlain(recipients);
        }
        SortedMap<SiteId, KeyBundle.Key> keys = new TreeMap<>();
        recipients.forEach((site, candidates) -> keys.put(site, hybrid ? candidates.hybrid() : candidates.plain()));
        return keys;
    }

    private static void requirePlain(SortedMap<SiteId, Candidates> recipients) throws NotYetException {
        SiteId withoutHybrid = null;
        SiteId withoutPlain = null;
        SiteId required = null;
        for (Map.Entry<SiteId, Candidates> entry : recipients.entrySet()) {
            Candidates candidates = entry.getValue();
            if (candidates.plain() == null && !candidates.takesHybrid()) {
                throw new NotYetException("waits for a current key of " + entry.getKey());
            }
            required = candidates.policy() == PostQuantum.REQUIRED ? entry.getKey() : required;
            withoutHybrid = candidates.takesHybrid() ? withoutHybrid : entry.getKey();
            withoutPlain = candidates.plain() == null ? entry.getKey() : withoutPlain;
        }
        if (required != null) {
            throw new NotYetException("waits for a current post-quantum key of " + withoutHybrid + ", since " + required
                    + " is sealed for with no others");
        }
        if (withoutPlain != null) {
            throw new NotYetException("waits for a current post-quantum key of " + withoutHybrid + ", since "
                    + withoutPlain + " has no others");
        }
    }
}
