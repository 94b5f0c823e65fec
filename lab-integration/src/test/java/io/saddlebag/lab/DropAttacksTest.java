package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.files.FileTree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody who may drop files, and nothing else, exchanges names under the laboratory's hands. Two user ids. */
class DropAttacksTest extends LabFixture {
    private static final String ID = "FL-LAB_DAT_20251008_001";
    private static final Duration POLL = Duration.ofMillis(10);

    private Dropper dropper;
    private String secret;

    @BeforeEach
    void site() throws Exception {
        Dropper.assumePossible();
        Files.createDirectories(home.drop());
        Dropper.share(home.drop());
        secret = Files.readString(home.home().identity().resolve("signing.key"));
        dropper = Dropper.in(home.drop());
        dropper.stays("umask 027");
        assertThat(dropper.run("cat " + home.home().identity().resolve("signing.key")))
                .contains("Permission denied");
    }

    @AfterEach
    void closeTheRest() {
        if (dropper != null) {
            dropper.close();
        }
    }

    private static void until(Callable<Boolean> condition) {
        await().pollInterval(POLL).until(condition);
    }

    private Path work() {
        return home.home().work().resolve(ID);
    }

    private String opened(TestHeadquarters.Upload upload) throws IOException {
        ByteArrayOutputStream opened = new ByteArrayOutputStream();
        open(upload, opened);
        return opened.toString(StandardCharsets.ISO_8859_1);
    }

    /** The dropper stays in the folder while it is claimed, as one does who exchanges a sub-folder while it is read. */
    @Test
    void nobodyExchangesASubFolderForALinkOnceTheFolderIsClaimed() throws Exception {
        dropper.does("mkdir -p .making/sub && echo large > .making/a.bin && echo honest > .making/sub/signing.key"
                + " && chmod -R g+rwX .making");
        dropper.stays("cd .making");
        dropper.does("mv ../.making ../" + ID);
        lab = home.start(hq.port());
        until(() -> Files.exists(work().resolve("sub/signing.key")));

        dropper.run("mv sub away; ln -s " + home.home().identity() + " sub");
        dropper.run("cd /proc/self/cwd && rm -rf sub; ln -s " + home.home().identity() + " sub");
        assertThat(Files.isDirectory(work().resolve("sub"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        hq.listen();
        lab.close();
        lab = home.start(hq.port());
        until(() -> home.sent().contains(ID + "/sub/signing.key"));

        assertThat(opened(hq.confirmed().get(0))).contains("honest").doesNotContain(secret);
    }

    @Test
    void nothingIsMovedOutOfAFolderThatASubFolderBecameALinkTo() throws Exception {
        home.route("CA-RC,SF-RC", "FL-LAB_.*|signing.key", "      - {name: recursive, value: true}\n");
        dropper.does("mkdir sub && chmod 2770 sub && echo honest > sub/signing.key");
        hq.listen();
        lab = home.start(hq.port(), Map.of("folder.settle-time", "0s"));
        for (int i = 0; i < 200; i++) {
            dropper.run("mv sub away; ln -s " + home.home().identity() + " sub; rm sub; mv away sub;"
                    + " test -e sub/signing.key || echo honest > sub/signing.key");
        }

        assertThat(home.home().identity().resolve("signing.key")).hasContent(secret);
        until(() -> home.files("failed").contains("signing.key"));
        for (String failed : home.files("failed")) {
            assertThat(Files.readString(home.home().resolve("failed").resolve(failed)))
                    .doesNotContain(secret);
        }
    }

    @Test
    void whatIsStillWrittenGoesBackIntoTheDropFolderItselfThoughALinkTookItsFoldersPlace() throws Exception {
        home.route("CA-RC,SF-RC", "FL-LAB_.*", "      - {name: recursive, value: true}\n");
        dropper.does("mkdir sub && chmod 2770 sub && echo begun > sub/" + ID + ".csv && chmod g+w sub/*");
        dropper.stays("exec 3>> sub/" + ID + ".csv");
        lab = home.start(hq.port());
        until(() -> Files.exists(work()));
        List<String> before = home.files("routes");
        dropper.does("mv sub away && ln -s " + home.home().routes() + " sub && echo ended >&3");
        dropper.stays("exec 3>&-");
        hq.listen();

        until(() -> home.sent().contains(ID + ".csv"));
        assertThat(home.files("routes")).isEqualTo(before);
        assertThat(opened(hq.confirmed().get(0))).contains("begun\nended");
    }

    @Test
    void noWorkerWaitsForAPipeInAFolderThatIsSealed() throws Exception {
        for (int i = 1; i <= 3; i++) {
            String name = "FL-LAB_DAT_20251008_00" + i;
            dropper.does("mkdir " + name + " && echo data > " + name + "/a.csv && chmod -R g+rwX " + name);
        }
        dropper.stays("cd " + ID);
        lab = home.start(hq.port());
        until(() -> Files.exists(work().resolve("a.csv")));
        dropper.run("rm -f a.csv; mkfifo a.csv; cd ..; mkfifo a.csv");
        dropper.stays("cd " + home.drop());
        dropper.does("mkdir FL-LAB_DAT_20251008_004 && mkfifo FL-LAB_DAT_20251008_004/a.csv"
                + " && chmod -R g+rwX FL-LAB_DAT_20251008_004");
        hq.listen();

        until(() -> home.sent()
                .containsAll(List.of(ID + "/a.csv", "FL-LAB_DAT_20251008_002/a.csv", "FL-LAB_DAT_20251008_003/a.csv")));
        until(() -> home.hasFailed("FL-LAB_DAT_20251008_004"));
        assertThat(opened(hq.confirmed().get(0))).contains("data");
    }

    @Test
    void nobodyEntersTheClaimsOrTheWorkFolder() throws Exception {
        dropper.does("echo data > " + ID + ".csv");
        lab = home.start(hq.port());
        until(() -> Files.exists(work()));

        assertThat(dropper.run("ls " + home.home().work())).contains("Permission denied");
        assertThat(dropper.run("cat " + work())).contains("Permission denied");
    }

    @Test
    void nobodyEntersTheClaimsInADropFolderOnAnotherFileSystem() throws Exception {
        Path elsewhere = OtherFileSystem.folder(home.home().folder());
        try {
            Dropper.share(elsewhere);
            Files.delete(home.drop());
            Files.createSymbolicLink(home.drop(), elsewhere);
            dropper.stays("cd " + elsewhere);
            dropper.does("echo one > " + ID + ".csv && mkdir -p " + ID.replace("001", "002") + "/sub && echo two > "
                    + ID.replace("001", "002") + "/sub/a.csv && chmod -R g+rwX *");
            hq.listen();
            lab = home.start(hq.port());
            until(() -> home.sent().contains("FL-LAB_DAT_20251008_002/sub/a.csv")
                    && home.sent().contains(ID + ".csv"));

            assertThat(dropper.run("ls .saddlebag-claims")).contains("Permission denied");
            dropper.does("mv .saddlebag-claims away && mkdir .saddlebag-claims && chmod 777 .saddlebag-claims");
            dropper.does("echo three > FL-LAB_DAT_20251008_003.csv");
            until(() -> !dropper.run("ls -A FL-LAB_DAT_20251008_003.csv .saddlebag-claims")
                    .contains("No such file"));
            dropper.does("rmdir .saddlebag-claims");
            until(() -> home.sent().contains("FL-LAB_DAT_20251008_003.csv"));
        } finally {
            FileTree.delete(elsewhere);
        }
    }

    @Test
    void aKeyUnderASecondNameIsNotSent() throws Exception {
        // As whoever drops files can link where the kernel lets everybody (fs.protected_hardlinks=0).
        Files.createLink(
                home.drop().resolve(ID + ".csv"), home.home().identity().resolve("signing.key"));
        hq.listen();
        lab = home.start(hq.port());

        until(() -> home.hasFailed(ID + ".csv"));
        assertThat(hq.confirmed()).isEmpty();
        assertThat(home.home().resolve("failed/" + ID + ".csv.reason.json"))
                .content()
                .contains("second name");
    }
}
