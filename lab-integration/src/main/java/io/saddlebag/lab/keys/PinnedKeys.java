package io.saddlebag.lab.keys;

import io.saddlebag.dsse.KeyBundles;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The highest version of each recipient's key bundle that was seen, in memory and as {@code keys/<SITE>.json}: the
 * signed envelope itself, so that it is verified anew at each start. A lower version is refused from then on. For any
 * number of threads.
 */
public final class PinnedKeys {
    private final Path folder;
    private final Set<SiteId> recipients;
    private final Clock clock;
    private final Map<SiteId, KeyBundle> bundles = new ConcurrentHashMap<>();

    public PinnedKeys(Path folder, Set<SiteId> recipients, Clock clock) {
        this.folder = folder;
        this.recipients = Set.copyOf(recipients);
        this.clock = clock;
    }

    public Set<SiteId> recipients() {
        return recipients;
    }

    /** The key to seal for now; null when the site's bundle is not known or none of its keys of that kind is current. */
    public KeyBundle.Key current(SiteId recipient, boolean postQuantum) {
        KeyBundle bundle = bundles.get(recipient);
        return bundle == null ? null : bundle.current(clock.instant(), postQuantum);
    }

    /**
     * Pins a bundle whose signature has verified.
     *
     * @param envelope what it was read from
     * @return whether it is a newer one than was known
     * @throws io.saddlebag.message.Refusal when it is not the signer's, or older than the one known
     */
    synchronized boolean pin(KeyBundle bundle, SiteId signer, byte[] envelope) throws IOException {
        if (!KeyBundles.accept(bundle, signer, bundles.get(bundle.siteId()))) {
            return false;
        }
        AtomicFiles.createFolders(folder);
        AtomicFiles.replace(file(bundle.siteId()), envelope);
        bundles.put(bundle.siteId(), bundle);
        return true;
    }

    /** The envelope that was pinned before this start, unverified. */
    public Optional<byte[]> envelopeOnDisk(SiteId recipient) throws IOException {
        Path file = file(recipient);
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    }

    Path file(SiteId recipient) {
        return folder.resolve(recipient + ".json");
    }
}
