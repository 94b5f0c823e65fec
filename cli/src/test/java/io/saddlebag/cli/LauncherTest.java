package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher as a process, in a copy of an installation whose path holds what people put into paths. */
class LauncherTest {
    private static final String PRINTS_ITS_ARGUMENTS = """
            #!/bin/sh
            for argument; do
                printf '%s\\n' "$argument"
                case $argument in
                    -XX:ArchiveClassesAtExit=*) : > "${argument#*=}" ;;
                esac
            done
            """;

    @TempDir
    private Path folder;

    private record Run(int exitCode, List<String> out, String err) {}

    /** A launcher with a build that holds the class path of this test. */
    private Path install(Path root) throws IOException {
        Path lib = Files.createDirectories(root.resolve("cli/target/dist/lib"));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .map(entry -> Path.of(entry).toUri().toString())
                                .collect(Collectors.joining(" ")));
        try (OutputStream out = Files.newOutputStream(lib.resolve("saddlebag-cli-1.jar"))) {
            new JarOutputStream(out, manifest).close();
        }
        return Files.copy(Path.of("..", "saddlebag"), root.resolve("saddlebag"));
    }

    private Path javaThatPrintsItsArguments(Path home) throws IOException {
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, PRINTS_ITS_ARGUMENTS);
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
        return home;
    }

    private Run run(Map<String, String> environment, Path launcher, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", launcher.toString()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().remove("SADDLEBAG_JAVA_OPTS");
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), Files.readAllLines(out), Files.readString(err, StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"in a folder", "a, b+c %41", "[x]* ?", "ü $HOME `id` \\n \\\\", "quote's \"double\"", "#;&|(x)"})
    void startsFromAFolderWithThisName(String name) throws Exception {
        Path launcher = install(folder.resolve(name));
        Path ca = folder.resolve(name).resolve("the ca");

        Run made = run(
                Map.of("JAVA_HOME", System.getProperty("java.home")), launcher, "init", "ca", "--dir", ca.toString());

        assertThat(made.exitCode()).as(made.err()).isZero();
        assertThat(ca.resolve("ca.crt")).isRegularFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"in a folder", "[x]* ?", "-v $HOME"})
    void keepsEachPathOneArgumentOfJava(String name) throws Exception {
        Path root = folder.resolve(name);
        Path launcher = install(root);
        Path javaHome = javaThatPrintsItsArguments(folder.resolve("java home").resolve(name));

        Run run = run(
                Map.of("JAVA_HOME", javaHome.toString(), "SADDLEBAG_JAVA_OPTS", "-Xmx1g  -Dglob=/*"),
                launcher,
                "lab",
                "--home",
                "a home/*");

        assertThat(run.exitCode()).as(run.err()).isZero();
        String archive = archiveIn(root).toString();
        assertThat(run.out())
                .contains("-XX:SharedArchiveFile=" + archive, "-Dsaddlebag.archive=" + archive)
                .contains("-Dsaddlebag.demo.folder=" + root + "/var/demo")
                .containsSubsequence("-Xmx64m", "-Xmx1g", "-Dglob=/*")
                .containsSequence(
                        "-cp",
                        root + "/cli/target/dist/lib/saddlebag-cli-1.jar",
                        "io.saddlebag.cli.Saddlebag",
                        "lab",
                        "--home",
                        "a home/*");
    }

    @Test
    void addsTheClassesOfBenchToTheClassPathAndKeepsTheArchive() throws Exception {
        Path root = folder.resolve("with bench");
        Path launcher = install(root);
        Path bench = Files.createDirectories(root.resolve("bench/target/dist/lib"));
        Files.createFile(bench.resolve("saddlebag-bench-1.jar"));
        Path javaHome = javaThatPrintsItsArguments(folder.resolve("java"));

        Run run = run(Map.of("JAVA_HOME", javaHome.toString()), launcher, "bench", "hq");

        assertThat(run.exitCode()).as(run.err()).isZero();
        String jar = root + "/cli/target/dist/lib/saddlebag-cli-1.jar";
        assertThat(run.out())
                .contains("-XX:SharedArchiveFile=" + archiveIn(root))
                .containsSequence(
                        "-cp",
                        jar + ":" + bench.resolve("saddlebag-bench-1.jar"),
                        "io.saddlebag.cli.Saddlebag",
                        "bench",
                        "hq");
    }

    @Test
    void namesThePackageThatAnInstallationWithoutBenchLacks() throws Exception {
        Path root = folder.resolve("installation");
        Path javaHome = javaThatPrintsItsArguments(folder.resolve("java"));

        Run run = run(Map.of("JAVA_HOME", javaHome.toString()), install(root), "bench", "chaos");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("saddlebag-bench").contains(root + "/bench/target/dist/lib");
        assertThat(run.out()).isEmpty();
    }

    private static Path archiveIn(Path root) throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("cli/target/dist"))) {
            return files.filter(file -> file.toString().endsWith(".jsa"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"with:colon", "mark!", "mark!/below"})
    void saysWhichCharacterOfItsPathCannotBe(String name) throws Exception {
        Path launcher = install(folder.resolve(name));

        Run run = run(Map.of("JAVA_HOME", System.getProperty("java.home")), launcher, "--version");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("saddlebag: expected an installation without a ")
                .contains("found " + folder.toRealPath().resolve(name))
                .contains("Move it to another folder");
    }

    @Test
    void startsWhereTheFolderOfTemporaryFilesCannotBeUsed() throws Exception {
        Path root = folder.resolve("installation");
        Path launcher = install(root);
        Path javaHome = javaThatPrintsItsArguments(folder.resolve("java"));

        Run run = run(
                Map.of(
                        "JAVA_HOME",
                        javaHome.toString(),
                        "TMPDIR",
                        folder.resolve("none").toString()),
                launcher,
                "lab",
                "--home",
                "home");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains(folder.resolve("none") + " takes no folder; starts will be slower");
        assertThat(run.out()).contains("io.saddlebag.cli.Saddlebag").noneMatch(each -> each.contains("SharedArchive"));
    }
}
