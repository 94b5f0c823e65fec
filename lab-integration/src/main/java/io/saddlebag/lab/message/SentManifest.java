package io.saddlebag.lab.message;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A manifest that headquarters has of this laboratory, its signature verified as this laboratory's own.
 *
 * @param sha256 of the manifest's JSON
 */
public record SentManifest(Manifest manifest, Sha256 sha256) {
    /**
     * True if it was made of the same claim: the id, the millisecond of the claim and the recipients. The file is the
     * same then, because each claim is of one file.
     */
    public boolean isOf(OutgoingMessage message) {
        Set<SiteId> recipients =
                manifest.recipients().stream().map(Manifest.Recipient::id).collect(Collectors.toSet());
        return manifest.messageId().equals(message.messageId())
                && manifest.sentTimestamp().equals(message.claim().sentTimestamp())
                && recipients.equals(Set.copyOf(message.claim().recipients()));
    }
}
