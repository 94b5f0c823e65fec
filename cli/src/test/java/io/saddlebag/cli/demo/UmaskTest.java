package io.saddlebag.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.cli.Saddlebag;
import io.saddlebag.files.access.Ownership;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of init and of sites have the same modes under every umask. Real processes: a JVM cannot change its umask. */
class UmaskTest {
    @TempDir
    private Path folder;

    /** As with a clone that was made under umask 002: the folder above is the group's to write. */
    private Path sourceTree() throws IOException {
        Path clone = Files.createDirectory(folder.toRealPath().resolve("clone"));
        Files.setPosixFilePermissions(clone, PosixFilePermissions.fromString("rwxrwxr-x"));
        return clone;
    }

    private String run(String umask, Object... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "umask \"$0\"; exec \"$@\"", umask));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Saddlebag.class.getName()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    /** The modes of all files that others can reach; a private folder hides its files. */
    private static Map<String, String> modes(Path below) throws IOException {
        Map<String, String> modes = new TreeMap<>();
        take(below, below, modes);
        return modes;
    }

    private static void take(Path root, Path path, Map<String, String> modes) throws IOException {
        Ownership found = Ownership.of(path, LinkOption.NOFOLLOW_LINKS);
        modes.put(root.relativize(path).toString(), found.octal());
        if (found.isFolder() && !found.isPrivate()) {
            try (Stream<Path> entries = Files.list(path)) {
                for (Path entry : entries.toList()) {
                    take(root, entry, modes);
                }
            }
        }
    }

    private static String modeOf(Path path) throws IOException {
        return Ownership.of(path).octal();
    }

    @ParameterizedTest
    @CsvSource({"000, 2", "002, 1"})
    void theDemoRunsInACloneAndLeavesNothingThatOthersMayWrite(String umask, int nodes) throws Exception {
        Path demo = sourceTree().resolve("var/demo");

        assertThat(run(umask, "demo", "--dir", demo, "--nodes", nodes)).contains("9 of 9 deliveries acknowledged");

        // A dropped file keeps the mode that its dropper gave it.
        assertThat(modes(demo.getParent())).allSatisfy((path, mode) -> assertThat(mode)
                .as(path)
                .matches(path.matches(".*/sent/[0-9-]*/[^/]*") ? "[0-7]+" : "(600|640|644|700|750)"));
        Path centre = demo.resolve("ca-rc");
        assertThat(modeOf(demo.resolve("fl-lab"))).isEqualTo("750");
        assertThat(modeOf(centre.resolve("application.properties"))).isEqualTo("640");
        assertThat(modeOf(centre.resolve("routes"))).isEqualTo("750");
        assertThat(modeOf(centre.resolve("routes/outbox.camel.yaml"))).isEqualTo("640");
        assertThat(modeOf(demo.resolve("dc-hq/topology.yaml"))).isEqualTo("640");
        assertThat(modeOf(centre.resolve("work"))).isEqualTo("700");
        assertThat(modeOf(centre.resolve("journal"))).isEqualTo("700");
        assertThat(modeOf(centre.resolve("journal/rc.db"))).isEqualTo("600");
        assertThat(modeOf(centre.resolve("outbox/FL-LAB"))).isEqualTo("750");
        assertThat(modeOf(centre.resolve("outbox/FL-LAB/FL-LAB_DAT_20251008_001.message.json")))
                .isEqualTo("640");
        if (nodes == 1) {
            assertSpoolIsPrivate(demo.resolve("dc-hq/spool"));
        }
        assertThat(Files.readString(centre.resolve("log")))
                .contains("WARN", folder.toRealPath().resolve("clone") + ": its group may write there (mode 775)");
    }

    private static void assertSpoolIsPrivate(Path folder) throws IOException {
        assertThat(modeOf(folder)).isEqualTo("700");
        try (Stream<Path> spool = Files.list(folder)) {
            assertThat(spool.filter(Files::isRegularFile).toList())
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(modeOf(file)).isEqualTo("600"));
        }
    }

    @Test
    void initMakesAHomeThatOnlyItsUserMayWriteUnderUmask000() throws Exception {
        Path base = folder.toRealPath();
        run("000", "init", "ca", "--dir", base.resolve("ca"));
        run("000", "init", "site", "BOS-RC", "--ca", base.resolve("ca"), "--home", base.resolve("new/bos-rc"));

        Map<String, String> modes = modes(base.resolve("new"));
        assertThat(modes).containsEntry("", "750").containsEntry("bos-rc", "750");
        assertThat(modes).containsEntry("bos-rc/routes", "750").containsEntry("bos-rc/application.properties", "640");
        assertThat(modes).containsEntry("bos-rc/identity", "700");
        assertThat(modeOf(base.resolve("new/bos-rc/identity/age.key"))).isEqualTo("600");
        assertThat(modeOf(base.resolve("ca"))).isEqualTo("700");
        assertThat(modeOf(base.resolve("ca/issued.csv"))).matches("6[04][04]");
    }
}
