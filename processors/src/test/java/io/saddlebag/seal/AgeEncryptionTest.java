package io.saddlebag.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ways with age-encryption, the npm package of age's author, for both kinds of recipient. */
class AgeEncryptionTest {
    private static final byte[] PLAIN = Samples.content(200_000);

    @TempDir
    private Path folder;

    static Stream<AgeIdentity> identities() {
        return Stream.of(AgeIdentity.generatePostQuantum(), AgeIdentity.generate());
    }

    @ParameterizedTest
    @MethodSource("identities")
    void opensWhatThePackageSealed(AgeIdentity identity) throws Exception {
        Path plain = Files.write(folder.resolve("plain"), PLAIN);
        Path sealed = folder.resolve("sealed.age");

        run("seal", identity.recipient(), plain, sealed);

        for (CryptoProviders providers : List.of(CryptoProviders.choose(), CryptoProviders.portable())) {
            ByteArrayOutputStream opened = new ByteArrayOutputStream();
            new AgeFile(providers)
                    .open(
                            new ByteArrayInputStream(Files.readAllBytes(sealed)),
                            List.of(AgeIdentity.generatePostQuantum(), identity),
                            opened);
            assertThat(opened.toByteArray()).isEqualTo(PLAIN);
        }
    }

    @ParameterizedTest
    @MethodSource("identities")
    void sealsMessagesThatThePackageOpens(AgeIdentity identity) throws Exception {
        Path key = folder.resolve("age.key");
        identity.write(key);
        AgeIdentity other =
                identity.recipient().startsWith("age1pq1") ? AgeIdentity.generatePostQuantum() : AgeIdentity.generate();
        for (CryptoProviders providers : List.of(CryptoProviders.choose(), CryptoProviders.portable())) {
            Path sealed = folder.resolve("sealed.age");
            try (OutputStream out = Files.newOutputStream(sealed)) {
                new MessageSealer(providers)
                        .seal(
                                Samples.message(PLAIN),
                                new ByteArrayInputStream(PLAIN),
                                List.of(other.recipient(), identity.recipient()),
                                Samples.BINDING,
                                out);
            }

            run("open", key.toString(), sealed, folder.resolve("opened"));

            byte[] opened = Files.readAllBytes(folder.resolve("opened"));
            assertThat(Arrays.copyOfRange(opened, opened.length - PLAIN.length, opened.length))
                    .isEqualTo(PLAIN);
        }
    }

    private static void run(String command, String key, Path in, Path out) throws Exception {
        Path entry = Vectors.project().resolve("target/interop/node_modules/age-encryption/dist/index.js");
        boolean installed = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "node")));
        assumeTrue(
                installed && Files.exists(entry),
                "SKIPPED: nothing was exchanged with the npm package age-encryption; it needs node, and in the project's"
                        + " folder: npm install --prefix target/interop age-encryption@0.3.1");
        Path script = Path.of(
                AgeEncryptionTest.class.getResource("age-encryption.mjs").toURI());
        List<String> line = new ArrayList<>(List.of("node", script.toString(), entry.toString(), command, key));
        line.addAll(List.of(in.toString(), out.toString()));
        assertExit(new ProcessBuilder(line).redirectErrorStream(true).start());
    }

    private static void assertExit(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
