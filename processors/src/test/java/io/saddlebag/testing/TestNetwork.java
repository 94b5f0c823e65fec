package io.saddlebag.testing;

import io.saddlebag.identity.RenewableIdentity;
import io.saddlebag.identity.Revocations;
import io.saddlebag.identity.Role;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.identity.ca.CertificateAuthority;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;

/**
 * A CA and sites with real certificates and keys in a folder of a test's own. Sites are issued when first asked for;
 * {@code *-HQ} gets a server's certificate, {@code *-RC} and the rest a client's.
 */
public final class TestNetwork {
    public static final SiteId HQ = SiteId.of("DC-HQ");

    private final Path folder;
    private final CertificateAuthority authority;

    private TestNetwork(Path folder, CertificateAuthority authority) {
        this.folder = folder;
        this.authority = authority;
    }

    public static TestNetwork create(Path folder) {
        return create(folder, Clock.systemUTC());
    }

    /** A network whose certificates were all made at the clock's time. */
    public static TestNetwork create(Path folder, Clock clock) {
        try {
            return new TestNetwork(
                    folder,
                    CertificateAuthority.create(folder.resolve("ca"), "Test CA", null, new SecureRandom(), clock));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public CertificateAuthority authority() {
        return authority;
    }

    public Path authorityFolder() {
        return folder.resolve("ca");
    }

    /** Where the site's home would be: {@code <folder>/fl-lab}. */
    public Path home(SiteId site) {
        return folder.resolve(site.folderName());
    }

    /** The site's identity folder, issued when it is not there yet. */
    public Path identityFolder(SiteId site) {
        Path identity = home(site).resolve("identity");
        if (!Files.exists(identity.resolve("tls.key"))) {
            try {
                authority.issue(site, roleOf(site), List.of(), identity);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return identity;
    }

    /** Issues other certificates and keys to the site, as after a loss. */
    public SiteIdentity reissue(SiteId site) {
        Path identity = identityFolder(site);
        try {
            for (String file : List.of("tls.key", "tls.crt", "signing.key", "signing.crt", "ca.crt")) {
                Files.delete(identity.resolve(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return identity(site);
    }

    /** The identity of a site that runs, to be taken up anew after a change of its files. */
    public RenewableIdentity renewable(SiteId site) {
        try {
            return SiteIdentity.load(
                    identityFolder(site),
                    () -> null,
                    RunningTimes.sinceEver(Clock.systemUTC()),
                    Revocations.Rules.READING);
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    public SiteIdentity identity(SiteId site) {
        try {
            return SiteIdentity.load(identityFolder(site));
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    public SiteIdentity identity(String site) {
        return identity(SiteId.of(site));
    }

    private static Role roleOf(SiteId site) {
        if (site.value().endsWith("-HQ")) {
            return Role.HQ;
        }
        return site.value().endsWith("-RC") ? Role.CENTRE : Role.LAB;
    }
}
