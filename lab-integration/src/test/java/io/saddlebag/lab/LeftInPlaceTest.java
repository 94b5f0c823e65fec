package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saddlebag.files.access.Ownership;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Files and folders that a laboratory may read and not remove, as people with a umask of 022 drop them. */
class LeftInPlaceTest extends LabFixture {
    private static final String FOLDER = "FL-LAB_DAT_20251008_001";
    private static final String FILE = "FL-LAB_DAT_20251008_002.csv";
    private static final String COPIED = "copied, since this site may read it and not remove it";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private UnprivilegedLab site;

    @AfterEach
    void stopTheRest() {
        if (site != null) {
            site.close();
        }
    }

    private void start() throws IOException {
        site = UnprivilegedLab.start(home.home(), hq.port(), folder.resolve("output"));
    }

    /** Somebody else's folder, which the site may read and not write to. */
    private static void giveAway(Path folder) throws IOException {
        if (Ownership.thisUser() == 0) {
            Files.setAttribute(folder, "unix:uid", 65534);
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    }

    private void sends(String name) throws IOException {
        home.drop(name, name.getBytes());
        await().atMost(PATIENCE).until(() -> home.sent().contains(name));
    }

    private Path reasonOf(Path dropped) {
        return dropped.resolveSibling(dropped.getFileName() + ".reason.json");
    }

    @Test
    void copiesAFolderAndAFileThatItMayNotRemoveOnce() throws Exception {
        assumeTrue(Ownership.thisUser() != 0 || Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs setpriv");
        home.route("CA-RC,SF-RC", "FL-LAB_.*", """
            - templatedRoute:
                routeTemplateRef: drop-folder
                routeId: inner
                parameters:
                  - {name: directory, value: drop/files}
                  - {name: recipients, value: CA-RC}
                  - {name: recursive, value: true}
            """);
        Path dropped = home.drop().resolve(FOLDER);
        Files.createDirectories(dropped.resolve("sub"));
        Files.writeString(dropped.resolve("sub/a.csv"), "a");
        giveAway(dropped.resolve("sub"));
        Path file = home.home().resolve("drop/files/tray").resolve(FILE);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "b");
        giveAway(file.getParent());
        hq.listen();
        start();

        await().atMost(PATIENCE).until(() -> home.sent().contains(FOLDER + "/sub/a.csv"));
        await().atMost(PATIENCE).until(() -> home.sent().contains(FILE));
        assertThat(dropped.resolve("sub/a.csv")).exists();
        assertThat(file).exists();
        assertThat(reasonOf(dropped))
                .content()
                .contains("\"left-in-place\"", FOLDER, "drop/raw-data", "Remove it.", "chmod -R g+rwX");
        sends("FL-LAB_DAT_20251008_003.csv");
        assertThat(site.lines(COPIED)).hasSize(2);
        assertThat(site.lines(" ERROR ")).isEmpty();

        site.stop();
        start();
        sends("FL-LAB_DAT_20251008_004.csv");
        assertThat(site.lines(COPIED)).isEmpty();
        assertThat(hq.confirmed()).hasSize(4);

        Files.writeString(dropped.resolve("more.csv"), "more");
        await().atMost(PATIENCE).until(() -> home.hasFailed(FOLDER));
        assertThat(reason(FOLDER)).contains("conflict", "_r2");
        assertThat(site.lines(COPIED)).hasSize(1);

        Files.move(dropped, folder.resolve("taken-away"));
        await().atMost(PATIENCE).until(() -> !Files.exists(reasonOf(dropped)));
        sends("FL-LAB_DAT_20251008_005.csv");
        assertThat(hq.confirmed()).hasSize(5);
        assertThat(home.files("drop")).containsExactly("files/tray/" + FILE);
    }
}
