package io.saddlebag.site;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.identity.PassphraseSource;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.identity.RenewedFiles;
import io.saddlebag.identity.Revocations;
import io.saddlebag.identity.Role;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.Setting.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Loads a site's own identity: the folder, the passphrase of its keys, the id that it must have. */
public final class OwnIdentity {
    /** Every site's first setting: who it is. */
    public static final String SITE_ID = "site.id";

    /** The same setting at every site. */
    public static final Setting PASSPHRASE_FILE = Setting.optional(
            "identity.passphrase-file",
            Kind.PATH,
            "identity/passphrase",
            "Holds the passphrase of the private keys, on one line, mode 0600; not needed when they are not encrypted.");

    public static final Setting LIST_REQUIRED = Setting.optional(
            "revocation.required", Kind.SWITCH, "false", "Starts only with a revocation list, identity/ca.crl.");

    public static final Setting LIST_ALARM = Setting.optional(
            "revocation.alarm",
            Kind.DURATION,
            "14d",
            "How long before the revocation list is to be renewed the log says so, once a day.");

    public static final Setting LIST_STALE_AFTER = Setting.optional(
            "revocation.stale-after",
            Kind.DURATION,
            "30d",
            "How long after it was to be renewed the revocation list still counts; then no certificate does.");

    private OwnIdentity() {}

    /** The passphrase of a site's private keys. */
    public static PassphraseSource passphrase(Settings settings) {
        return passphrase(settings.path(PASSPHRASE_FILE.name()));
    }

    /**
     * The passphrase of a site's private keys, for a command.
     *
     * @throws IOException when the settings cannot be read
     */
    public static PassphraseSource passphrase(SiteHome home) throws IOException {
        String name = home.exists()
                ? Settings.read(home).getProperty(PASSPHRASE_FILE.name(), PASSPHRASE_FILE.defaultValue())
                : PASSPHRASE_FILE.defaultValue();
        return passphrase(home.resolve(name.strip()));
    }

    private static PassphraseSource passphrase(Path file) {
        return PassphraseSource.of(
                file + " (setting " + PASSPHRASE_FILE.name() + ")",
                () -> Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? PrivateFiles.passphrase(file) : null);
    }

    /**
     * Reads the identity folder of the settings' home. The passphrase's file is read only when a key is encrypted.
     *
     * @throws SiteStartException when it cannot be used, the passphrase's file is open to others, or the certificates
     *     are another site's or for another role
     */
    public static CurrentIdentity load(Settings settings, Role role, RunningTime time) throws SiteStartException {
        try {
            RenewedFiles.finish(settings.home().identity());
        } catch (IOException e) {
            throw new SiteStartException(e.getMessage(), e);
        }
        return look(settings, role, time);
    }

    /** As {@link #load}, and changes nothing: a renewal that was interrupted stays so. */
    public static CurrentIdentity look(Settings settings, Role role, RunningTime time) throws SiteStartException {
        SiteHome home = settings.home();
        CurrentIdentity current;
        try {
            current = SiteIdentity.load(
                    home.identity(),
                    passphrase(settings),
                    time,
                    new Revocations.Rules(
                            true,
                            Boolean.parseBoolean(settings.text(LIST_REQUIRED.name())),
                            settings.duration(LIST_ALARM.name()),
                            settings.duration(LIST_STALE_AFTER.name())));
        } catch (IOException e) {
            throw new SiteStartException(e.getMessage(), e);
        }
        SiteIdentity identity = current.now();
        SiteId expected = settings.siteId(SITE_ID);
        if (!expected.equals(identity.site())) {
            throw new SiteStartException(home.settingsFile() + ": expected certificates of " + expected + " (" + SITE_ID
                    + "), found those of " + identity.site() + " in " + home.identity()
                    + ". Correct the setting or have certificates issued");
        }
        if (identity.role() != role) {
            throw new SiteStartException(
                    home.identity().resolve("signing.crt") + ": expected a signing certificate for the"
                            + " role " + role.certified() + ", found one for "
                            + identity.role().certified()
                            + ". Have the CA issue the identity of a site of this kind");
        }
        return current;
    }
}
