package io.saddlebag.cli.home;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.files.access.Modes;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.site.SiteHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitNodeCommandTest {
    @TempDir
    private Path folder;

    private SiteHome first;

    @BeforeEach
    void makeTheFirstNode() throws Exception {
        assertThat(CommandLineRun.of("init", "ca", "--dir", folder.resolve("ca"))
                        .exitCode())
                .isZero();
        first = new SiteHome(folder.resolve("n1"));
        assertThat(CommandLineRun.of("init", "site", "DC-HQ", "--ca", folder.resolve("ca"), "--home", first.folder())
                        .exitCode())
                .isZero();
        Files.createFile(first.resolve("database.password"), Modes.PRIVATE_FILE);
        Files.writeString(first.resolve("database.password"), "secret\n");
        Files.writeString(first.identity().resolve("stores.json"), "{}");
    }

    private CommandLineRun run(String name, Path home) {
        return CommandLineRun.of(
                "init", "node", name, "--like", first.folder(), "--home", home, "--address", "hq2.example.org:7000");
    }

    @Test
    void makesAHomeWithTheSameIdentityAndDatabaseThatPassesItsCheck() throws Exception {
        HomeMaker.set(first, Map.of("hq.node", "n1", "hq.database.url", "jdbc:postgresql://db1,db2/saddlebag"));
        SiteHome second = new SiteHome(folder.resolve("n2"));
        CommandLineRun run = run("n2", second.folder());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("Add hq2.example.org:7000 to hq.addresses of every site");
        assertThat(SiteIdentity.load(second.identity()).site()).hasToString("DC-HQ");
        assertThat(second.identity().resolve("home.id"))
                .hasSameBinaryContentAs(first.identity().resolve("home.id"));
        assertThat(second.identity().resolve("stores.json")).doesNotExist();
        assertThat(second.settingsFile())
                .content()
                .containsOnlyOnce("\nhq.node=n2\n")
                .containsOnlyOnce("\nhq.node.address=hq2.example.org:7000\n")
                .containsOnlyOnce("\nhq.port=7000\n")
                .containsOnlyOnce("\nhq.database.url=jdbc:postgresql://db1,db2/saddlebag\n");
        assertThat(second.resolve("topology.yaml")).hasSameTextualContentAs(first.resolve("topology.yaml"));
        assertThat(Files.getPosixFilePermissions(second.resolve("database.password")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(second.identity()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        CommandLineRun check = CommandLineRun.of("check", "--home", second.folder());
        assertThat(check.exitCode()).as(check.out() + check.err()).isZero();
    }

    @Test
    void saysWhichSettingIsMissingAndMakesNothing() throws Exception {
        Path second = folder.resolve("n2");

        assertThat(run("n2", second).err()).contains(first.settingsFile() + ": expected hq.node, ");
        HomeMaker.set(first, Map.of("hq.node", "n1"));
        assertThat(run("n2", second).err()).contains("expected hq.database.url, ");
        HomeMaker.set(first, Map.of("hq.database.url", "jdbc:postgresql://db1/saddlebag"));
        assertThat(run("n1", second).err()).contains("expected a name of its own for the new node, found n1");
        for (String name : List.of("N_2", "n2.example")) {
            assertThat(run(name, second).err()).contains("small letters, digits and hyphens such as n1, found " + name);
        }
        assertThat(second).doesNotExist();
        assertThat(run("n2", first.folder()).err()).contains("expected a new or empty folder");
    }
}
