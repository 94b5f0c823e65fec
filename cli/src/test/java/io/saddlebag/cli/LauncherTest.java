package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testing.AnotherUser;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
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
import org.junit.jupiter.params.provider.CsvSource;
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
    void addsTheConsoleToTheClassPathOfEachCommandButThoseThatRunASite() throws Exception {
        Path root = folder.resolve("with console");
        Path launcher = install(root);
        Path console = Files.createDirectories(root.resolve("console/target/dist/lib"));
        Files.createFile(console.resolve("saddlebag-console-1.jar"));
        Path javaHome = javaThatPrintsItsArguments(folder.resolve("java"));
        String jar = root + "/cli/target/dist/lib/saddlebag-cli-1.jar";

        assertThat(run(Map.of("JAVA_HOME", javaHome.toString()), launcher, "--help")
                        .out())
                .containsSequence("-cp", jar + ":" + console.resolve("saddlebag-console-1.jar"));
        assertThat(run(Map.of("JAVA_HOME", javaHome.toString()), launcher, "hq").out())
                .containsSequence("-cp", jar, "io.saddlebag.cli.Saddlebag");
    }

    @Test
    void takesTheJavaOfAPackageBeforeAnyOther() throws Exception {
        Path root = folder.resolve("package");
        Path launcher = install(root);
        Files.move(root.resolve("cli/target/dist/lib"), root.resolve("lib"));
        javaThatPrintsItsArguments(root.resolve("java"));

        Run run = run(Map.of("JAVA_HOME", System.getProperty("java.home")), launcher, "seal", "file");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("-Dsaddlebag.demo.folder=" + folder + "/saddlebag-demo")
                .containsSequence(
                        "-cp", root + "/lib/saddlebag-cli-1.jar", "io.saddlebag.cli.Saddlebag", "seal", "file");
    }

    @Test
    void makesTheArchiveOfAPackageFromItsListOfClasses() throws Exception {
        Path root = folder.resolve("package");
        Path launcher = install(root);
        Files.move(root.resolve("cli/target/dist/lib"), root.resolve("lib"));
        Path java = javaThatPrintsItsArguments(root.resolve("java")).resolve("bin/java");
        Files.writeString(
                java,
                Files.readString(java)
                        .replace(
                                "-XX:ArchiveClassesAtExit=*",
                                "-XX:DumpLoadedClassList=* | -XX:SharedArchiveFile=*.making/*"));

        Run run = run(Map.of(), launcher, "lab", "--home", "home");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(root.resolve("classes.list")).isRegularFile();
        assertThat(run.out()).anyMatch(line -> line.matches("-XX:SharedArchiveFile=" + root + "/classes-[0-9]+\\.jsa"));
        assertThat(namesIn(root)).noneMatch(name -> name.endsWith(".making") || name.endsWith(".failed"));
    }

    @Test
    void namesThePackageThatAnInstallationWithoutBenchLacks() throws Exception {
        Path root = folder.resolve("installation");
        Path javaHome = javaThatPrintsItsArguments(folder.resolve("java"));

        Run run = run(Map.of("JAVA_HOME", javaHome.toString()), install(root), "bench", "chaos");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("expected the package saddlebag-bench").contains("Install it");
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

    /** A Java that never comes to an end by itself while an archive is made, and writes where it was asked to. */
    private static final String WAITS_WHILE_WARMING_UP = """
            #!/bin/sh
            for argument; do
                case $argument in
                    -XX:ArchiveClassesAtExit=*)
                        archive=${argument#*=}
                        : > "$archive"
                        mkdir -p "${archive%/*}/sites/DC-HQ"
                        : > "$(dirname "$0")/warming-up"
                        # Without a trap, because a shell that has one misses a signal that comes just before it blocks.
                        exec cat "$(dirname "$0")/never"
                        ;;
                esac
            done
            """;

    private Process start(Path launcher, Path javaHome, String... prefix) throws IOException {
        List<String> command = new ArrayList<>(List.of(prefix));
        command.addAll(List.of("sh", launcher.toString(), "lab", "--home", "home"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().remove("SADDLEBAG_JAVA_OPTS");
        builder.environment().put("JAVA_HOME", javaHome.toString());
        return builder.start();
    }

    private Path javaThatWaits(Path home) throws Exception {
        Path java = javaThatPrintsItsArguments(home).resolve("bin/java");
        Files.writeString(java, WAITS_WHILE_WARMING_UP);
        assertThat(new ProcessBuilder("mkfifo", java.resolveSibling("never").toString())
                        .start()
                        .waitFor())
                .isZero();
        return home;
    }

    private static List<String> namesIn(Path dist) throws IOException {
        try (Stream<Path> files = Files.list(dist)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
    void leavesNothingWhenItIsInterruptedWhileItMakesTheArchive(String signal, int exitCode) throws Exception {
        Path root = folder.resolve("installation");
        Path launcher = install(root);
        Path javaHome = javaThatWaits(folder.resolve("java"));
        // Whoever runs this test may ignore the signal, and a shell cannot catch what was ignored before it.
        Process process = start(launcher, javaHome, "env", "--default-signal=" + signal);
        await("warm-up").until(() -> Files.exists(javaHome.resolve("bin/warming-up")));

        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();

        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isEqualTo(exitCode);
        assertThat(namesIn(root.resolve("cli/target/dist"))).containsExactly("lib");
    }

    @Test
    void removesWhatAKilledOneLeftAndMakesTheArchive() throws Exception {
        Path root = folder.resolve("installation");
        Path launcher = install(root);
        Path javaHome = javaThatWaits(folder.resolve("java"));
        Process process = start(launcher, javaHome);
        await("warm-up").until(() -> Files.exists(javaHome.resolve("bin/warming-up")));
        List<ProcessHandle> javas = process.children().toList();
        process.destroyForcibly().waitFor();
        javas.forEach(ProcessHandle::destroyForcibly);
        assertThat(namesIn(root.resolve("cli/target/dist"))).anyMatch(name -> name.endsWith(".making"));

        Run run = run(Map.of("JAVA_HOME", javaThatPrintsItsArguments(javaHome).toString()), launcher, "lab");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("-XX:SharedArchiveFile=" + archiveIn(root));
        assertThat(namesIn(root.resolve("cli/target/dist"))).hasSize(2).contains("lib");
    }

    @Test
    void triesAFailedArchiveAgainAfterADay() throws Exception {
        Path root = folder.resolve("installation");
        Path launcher = install(root);
        Path javaHome = javaThatPrintsItsArguments(folder.resolve("java"));
        Map<String, String> environment = Map.of("JAVA_HOME", javaHome.toString());
        Path java = javaHome.resolve("bin/java");
        Files.writeString(java, "#!/bin/sh\necho no memory; exit 1\n");
        assertThat(run(environment, launcher, "lab").err()).contains("that did not work", ".jsa.failed");
        Path failed = root.resolve("cli/target/dist")
                .resolve(namesIn(root.resolve("cli/target/dist")).get(0));
        assertThat(failed).hasContent("no memory");
        Files.writeString(java, PRINTS_ITS_ARGUMENTS);
        assertThat(run(environment, launcher, "lab").out()).noneMatch(each -> each.contains("SharedArchive"));

        Files.setLastModifiedTime(failed, FileTime.from(Instant.now().minus(Duration.ofHours(25))));

        assertThat(run(environment, launcher, "lab").out()).anyMatch(each -> each.contains("SharedArchive"));
        assertThat(failed).doesNotExist();
    }

    @Test
    void makesTheArchiveWhereTheFolderOfTemporaryFilesCannotBeUsed() throws Exception {
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
                "lab");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("-XX:SharedArchiveFile=" + archiveIn(root));
    }

    @Test
    void leavesStandardOutputToTheCommand() throws Exception {
        Path launcher = install(folder.resolve("installation"));

        Run run = run(
                Map.of(
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "SADDLEBAG_JAVA_OPTS",
                        // The JVM warns of the first where no such pages are, and of the second always.
                        "-XX:+UseLargePages -XX:SharedArchiveFile=/dev/null"),
                launcher,
                "--version");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).hasSize(1).first().asString().startsWith("saddlebag ");
    }

    private Path installSources(Path root) throws IOException {
        Path launcher = install(root);
        Files.createFile(root.resolve("pom.xml"));
        Path maven = Files.createDirectories(folder.resolve("maven")).resolve("mvn");
        Files.writeString(
                maven, "#!/bin/sh\necho '[INFO] Building a part [1/2]'\necho other text of Maven\nprintf '\\033[0m'\n");
        Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
        return launcher;
    }

    private Map<String, String> withMaven() throws IOException {
        return Map.of(
                "JAVA_HOME",
                javaThatPrintsItsArguments(folder.resolve("java")).toString(),
                "PATH",
                folder.resolve("maven") + ":" + System.getenv("PATH"));
    }

    @Test
    void buildsUnaskedWhereThereIsNoBuildAlone() throws Exception {
        Path root = folder.resolve("sources");
        Path launcher = installSources(root);

        assertThat(run(withMaven(), launcher, "audit").err())
                .contains("building", "  a part [1/2]")
                .doesNotContain("other text");
        Path built = root.resolve("cli/target/dist/built");
        assertThat(built).isRegularFile();
        Files.setLastModifiedTime(built, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        Run newer = run(withMaven(), launcher, "audit");

        assertThat(newer.exitCode()).isZero();
        assertThat(newer.out()).contains("audit");
        assertThat(newer.err())
                .contains("the sources are newer than the build, which is used", "run: " + root.toRealPath())
                .doesNotContain("a part");

        Run build = run(withMaven(), launcher, "build");

        assertThat(build.exitCode()).as(build.err()).isZero();
        assertThat(build.err()).contains("  a part [1/2]");
        assertThat(build.out()).isEmpty();
        assertThat(run(withMaven(), launcher, "audit").err()).isEmpty();
    }

    @Test
    void saysWhyABuildFailedAndLeavesNone() throws Exception {
        Path root = folder.resolve("sources");
        Path launcher = installSources(root);
        Files.writeString(
                folder.resolve("maven/mvn"),
                "#!/bin/sh\necho '[INFO] Building a part [1/2]'\necho '[ERROR] a class is missing'\nexit 1\n");

        Run build = run(withMaven(), launcher, "build");

        assertThat(build.exitCode()).isEqualTo(1);
        assertThat(build.err()).contains("[ERROR] a class is missing", "the build failed", "dist/build.log");
        assertThat(root.resolve("cli/target/dist/built")).doesNotExist();
    }

    @Test
    void doesNotBuildAnInstallation() throws Exception {
        Path root = folder.resolve("installation");

        Run run = run(Map.of("JAVA_HOME", System.getProperty("java.home")), install(root), "build");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("expected the sources next to " + root.toRealPath(), "does not build");
    }

    @Test
    void namesTheOwnerToAUserWhoMayNotBuild() throws Exception {
        AnotherUser reader = AnotherUser.require();
        Path root = folder.resolve("sources");
        Path launcher = installSources(root);
        Path java = javaThatPrintsItsArguments(folder.resolve("java"));
        reader.share(folder, 0750);

        AnotherUser.Outcome run = reader.run("JAVA_HOME=\"$1\" sh \"$2\" audit", java, launcher);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.said()).contains("Have the owner of " + root.toRealPath() + " run: ", "saddlebag build");
    }
}
