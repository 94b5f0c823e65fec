package io.saddlebag.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.identity.Role;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.Setting.Kind;
import io.saddlebag.testing.RunningTimes;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnIdentityTest {
    private static final SiteId SITE = SiteId.of("FL-LAB");

    @TempDir
    Path folder;

    private SiteHome home;

    @BeforeEach
    void issueEncrypted() throws Exception {
        home = new SiteHome(folder.resolve("home"));
        TestNetwork.create(folder)
                .authority()
                .issue(SITE, Role.LAB, List.of(), home.identity(), "six random words".toCharArray());
        Files.writeString(home.settingsFile(), "");
    }

    private SiteIdentity load(String site) throws SiteStartException {
        return load(site, Role.LAB);
    }

    private SiteIdentity load(String site, Role role) throws SiteStartException {
        List<Setting> understood = List.of(
                Setting.required(OwnIdentity.SITE_ID, Kind.SITE_ID, "Who this is."),
                OwnIdentity.PASSPHRASE_FILE,
                OwnIdentity.LIST_REQUIRED,
                OwnIdentity.LIST_ALARM,
                OwnIdentity.LIST_STALE_AFTER);
        return OwnIdentity.load(
                        Settings.load(home, understood, Map.of(OwnIdentity.SITE_ID, site)),
                        role,
                        RunningTimes.sinceEver(Clock.systemUTC()))
                .now();
    }

    private void passphrase(String text, String mode) throws Exception {
        Path file = Files.writeString(home.identity().resolve("passphrase"), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @Test
    void opensEncryptedKeysByThePassphraseInItsFile() throws Exception {
        passphrase("six random words\n", "rw-------");
        assertThat(load("FL-LAB").site()).isEqualTo(SITE);
    }

    @Test
    void refusesTheIdentityOfASiteInAnotherRole() throws Exception {
        passphrase("six random words\n", "rw-------");
        assertThatThrownBy(() -> load("FL-LAB", Role.CENTRE))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("expected a signing certificate for the role centre, found one for lab");
    }

    @Test
    void saysThatAPassphraseIsMissingOrWrong() throws Exception {
        assertThatThrownBy(() -> load("FL-LAB"))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("no passphrase was found in "
                        + home.identity().resolve("passphrase") + " (setting identity.passphrase-file). Put it there");
        passphrase("another\n", "rw-------");
        assertThatThrownBy(() -> load("FL-LAB"))
                .hasMessageContaining("the passphrase in " + home.identity().resolve("passphrase")
                        + " (setting identity.passphrase-file) does not open this key");
    }

    @Test
    void refusesAPassphraseThatOthersMayRead() throws Exception {
        passphrase("six random words\n", "rw-r--r--");
        assertThatThrownBy(() -> load("FL-LAB"))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("chmod 0600 " + home.identity().resolve("passphrase"));
    }

    @Test
    void refusesAnotherSitesCertificates() throws Exception {
        passphrase("six random words\n", "rw-------");
        assertThatThrownBy(() -> load("PA-LAB"))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("expected certificates of PA-LAB")
                .hasMessageContaining("found those of FL-LAB");
    }
}
