package io.saddlebag.identity;

import io.saddlebag.log.RepeatedFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identity of a site that runs. {@link #look} takes up renewed certificates and keys. Files that cannot be used are
 * logged, and the identity before stays in force.
 */
public final class RenewableIdentity implements CurrentIdentity {
    private static final Logger LOG = LoggerFactory.getLogger(RenewableIdentity.class);
    private static final List<String> FILES = List.of("tls.crt", "tls.key", "signing.crt", "signing.key");
    /** An encrypted key takes half a second to open, so that the same files are judged anew after a pause only. */
    private static final Duration JUDGED_AGAIN = Duration.ofMinutes(1);

    private static final Duration NOTICED_AGAIN = Duration.ofDays(1);

    private final Path folder;
    private final PassphraseSource passphrase;
    private final Clock clock;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final RepeatedFaults faults = new RepeatedFaults();
    private volatile SiteIdentity now;
    private List<Stamp> taken;
    private List<Stamp> refused = List.of();
    private int refusals;
    private Instant judged;
    private Instant noticed;

    /** By which a change of a file shows; a file that is not there has none. */
    private record Stamp(Object fileKey, Object modified, long size) {
        static Stamp of(Path file) throws IOException {
            if (!Files.exists(file)) {
                return new Stamp(null, null, 0);
            }
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(found.fileKey(), found.lastModifiedTime(), found.size());
        }
    }

    private RenewableIdentity(Path folder, PassphraseSource passphrase, Clock clock) {
        this.folder = folder;
        this.passphrase = passphrase;
        this.clock = clock;
    }

    @FunctionalInterface
    interface Loading {
        SiteIdentity load() throws IOException;
    }

    /** @param first reads the folder at the start */
    static RenewableIdentity load(Path folder, PassphraseSource passphrase, Clock clock, Loading first)
            throws IOException {
        RenewableIdentity identity = new RenewableIdentity(folder, passphrase, clock);
        identity.taken = identity.stamps();
        identity.now = first.load();
        identity.noticed = clock.instant();
        return identity;
    }

    private List<Stamp> stamps() throws IOException {
        List<Stamp> stamps = new ArrayList<>();
        for (String name : FILES) {
            stamps.add(Stamp.of(folder.resolve(name)));
        }
        return stamps;
    }

    @Override
    public SiteIdentity now() {
        return now;
    }

    @Override
    public void onRenewal(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public synchronized void look() {
        noticeEnd();
        List<Stamp> found = List.of();
        try {
            found = stamps();
            if (found.equals(taken) || isRefused(found)) {
                return;
            }
            SiteIdentity next = now.renewed(folder, passphrase, clock);
            // Files that change while they are read are read again at the next look.
            if (stamps().equals(found)) {
                taken = found;
                faults.over();
                take(next);
            }
        } catch (IOException e) {
            refuse(found, e);
        }
    }

    private void noticeEnd() {
        if (Duration.between(noticed, clock.instant()).abs().compareTo(NOTICED_AGAIN) >= 0) {
            noticed = clock.instant();
            now.noticeEnd(folder, clock);
        }
    }

    private boolean isRefused(List<Stamp> found) {
        return refusals > 1
                && found.equals(refused)
                && Duration.between(judged, clock.instant()).abs().compareTo(JUDGED_AGAIN) < 0;
    }

    /** The first look may have met files that are being copied: the second one logs. */
    private void refuse(List<Stamp> found, IOException fault) {
        refusals = found.equals(refused) ? refusals + 1 : 1;
        refused = found;
        judged = clock.instant();
        if (refusals > 1) {
            faults.occurred(RepeatedFaults.kindOf(String.valueOf(fault.getMessage())))
                    .ifPresent(repeats -> LOG.warn(
                            "site={} the new certificates cannot be used, the previous ones stay in force: {}{}",
                            now.site(),
                            fault.getMessage(),
                            repeats));
        }
    }

    private void take(SiteIdentity next) {
        if (next.presentsAs(now)) {
            return;
        }
        now = next;
        LOG.info(
                "site={} took up new certificates, for TLS until {}, for signatures until {}, signing key {}",
                next.site(),
                next.tlsCertificate().getNotAfter().toInstant(),
                next.signingCertificate().getNotAfter().toInstant(),
                next.signingFingerprint().brief());
        listeners.forEach(Runnable::run);
    }
}
