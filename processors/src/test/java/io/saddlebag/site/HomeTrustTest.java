package io.saddlebag.site;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HomeTrustTest {
    @TempDir
    private Path folder;

    private SiteHome home;

    @BeforeEach
    void makeHome() throws IOException {
        home = new SiteHome(Files.createDirectory(folder.toRealPath().resolve("fl-lab")));
        mode(home.folder(), "rwxr-x---");
        for (String name : List.of("routes", "lib", "identity", "work", "journal", "run", "keys", "sent", "failed")) {
            mode(Files.createDirectory(home.resolve(name)), "rwxr-x---");
        }
        for (String name : List.of(
                "application.properties",
                "routes/a.camel.yaml",
                "lib/x.jar",
                "identity/age.key",
                "identity/ca.crt",
                "passphrase")) {
            mode(Files.writeString(home.resolve(name), "x"), "rw-r-----");
        }
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    @Test
    void acceptsAHomeThatNobodyElseMayWrite() {
        assertThatCode(() -> HomeTrust.require(home)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "application.properties",
                "routes",
                "routes/a.camel.yaml",
                "lib",
                "lib/x.jar",
                "identity",
                "identity/age.key",
                "identity/ca.crt",
                "work",
                "journal",
                "run",
                "keys",
                "sent",
                "failed"
            })
    void refusesWhatTheGroupMayWrite(String name) throws IOException {
        Path open = home.resolve(name);
        mode(open, Files.isDirectory(open) ? "rwxrwx---" : "rw-rw----");
        assertThatThrownBy(() -> HomeTrust.require(home))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("found mode " + (Files.isDirectory(open) ? "770" : "660"))
                .hasMessageContaining("Run: chmod g")
                .hasMessageContaining(" " + open);
    }

    @Test
    void judgesTheTargetOfALinkInRoutes() throws IOException {
        Path elsewhere = Files.writeString(folder.resolve("elsewhere.yaml"), "[]");
        mode(elsewhere, "rw-rw-rw-");
        Files.createSymbolicLink(home.routes().resolve("b.camel.yaml"), elsewhere);
        assertThatThrownBy(() -> HomeTrust.require(home))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining(elsewhere + ": expected");
    }

    @Test
    void judgesTheFilesOfRoutesThatAreALinkToAnotherFolder() throws IOException {
        Path elsewhere = Files.createDirectory(folder.toRealPath().resolve("shared-routes"));
        mode(Files.writeString(elsewhere.resolve("c.camel.yaml"), "[]"), "rw-rw-r--");
        Files.move(home.routes(), home.resolve("routes.old"));
        Files.createSymbolicLink(home.routes(), elsewhere);
        assertThatThrownBy(() -> HomeTrust.require(home))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining(elsewhere.resolve("c.camel.yaml") + ": expected");
    }

    @Test
    void namesEveryFaultOnALineOfItsOwn() throws IOException {
        mode(home.routes(), "rwxrwx---");
        mode(home.settingsFile(), "rw-rw-rw-");
        assertThatThrownBy(() -> HomeTrust.require(home))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining(home.routes() + ": expected")
                .hasMessageContaining(System.lineSeparator())
                .hasMessageContaining(home.settingsFile() + ": expected");
    }

    @Test
    void refusesAFileOfASettingThatOthersMayWrite() throws Exception {
        HomeTrust trust = HomeTrust.require(home);
        trust.requireFile(home.resolve("passphrase"));
        mode(home.resolve("passphrase"), "rw-rw----");
        assertThatThrownBy(() -> trust.requireFile(home.resolve("passphrase")))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("passphrase: expected");
    }

    @Test
    void refusesADropFolderInAFolderOfTheHomeThatTheGroupMayWriteButNotTheDropFolderItself() throws Exception {
        Path drop = home.resolve("drop");
        Path route = Files.createDirectories(drop.resolve("raw-data"));
        mode(drop, "rwxr-x---");
        mode(route, "rwxrwx---");
        HomeTrust.require(home).requireParents(List.of(route));
        mode(drop, "rwxrwx---");
        assertThatThrownBy(() -> HomeTrust.require(home).requireParents(List.of(route)))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining(drop + ": expected");
    }

    @Test
    void refusesAnOutboxThatTheGroupMayWriteWithoutTheStickyBit() throws Exception {
        Path outbox = Files.createDirectory(home.resolve("outbox"));
        mode(outbox, "rwxrwx---");
        assertThatThrownBy(() -> HomeTrust.require(home).requireShared(List.of(outbox)))
                .isInstanceOf(SiteStartException.class)
                .hasMessageContaining("chmod 3770 " + outbox);
    }
}
