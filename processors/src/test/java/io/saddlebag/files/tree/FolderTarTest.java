package io.saddlebag.files.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTarTest {
    private static final String LONG = "a-name-of-some-length-that-is-repeated-".repeat(4);

    @TempDir
    private Path temporary;

    @Test
    void isReadBackAsItWas() throws Exception {
        Path folder = sample("one");

        Path back = temporary.resolve("back");
        FolderWalk found = new FolderUnpacker(FolderLimits.USUAL).unpack(new ByteArrayInputStream(tar(folder)), back);

        assertThat(content(back)).isEqualTo(content(folder));
        assertThat(found.files()).isEqualTo(6);
        assertThat(found.bytes()).isEqualTo(5 + 3 + 600 + 3);
    }

    @Test
    void isUnpackedByTheTarCommand() throws Exception {
        Path folder = sample("one");
        Path file = Files.write(temporary.resolve("one.tar"), tar(folder));
        Path back = Files.createDirectory(temporary.resolve("back"));

        run("tar", "-xf", file.toString(), "-C", back.toString());

        assertThat(content(back)).isEqualTo(content(folder));
    }

    @Test
    void unpacksWhatTheTarCommandMade() throws Exception {
        Path folder = sample("one");
        Path file = temporary.resolve("one.tar");
        List<String> names =
                new ArrayList<>(List.of("tar", "--format=pax", "-cf", file.toString(), "-C", folder.toString()));
        try (Stream<Path> top = Files.list(folder)) {
            top.forEach(each -> names.add(each.getFileName().toString()));
        }
        run(names.toArray(String[]::new));

        Path back = temporary.resolve("back");
        try (InputStream in = Files.newInputStream(file)) {
            new FolderUnpacker(FolderLimits.USUAL).unpack(in, back);
        }

        assertThat(content(back)).isEqualTo(content(folder));
    }

    @Test
    void isTheSameForTheSameNamesAndContents() throws Exception {
        Path one = sample("one");
        Path two = sample("two");
        try (Stream<Path> files = Files.walk(two)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
            }
        }

        assertThat(tar(two)).isEqualTo(tar(one));
    }

    /** Were this digest to change, a lab would take what it has sent for something new. */
    @Test
    void keepsItsBytesFromVersionToVersion() throws Exception {
        assertThat(Sha256.of(tar(sample("one"))).hex())
                .isEqualTo("8340ae1e5810ac94ef8765859992aa29e86a819b2a9b49f88e171a9b74fd5989");
    }

    @Test
    void differsByAnEmptyFolder() throws Exception {
        byte[] before = tar(sample("one"));
        Files.createDirectory(temporary.resolve("one/more"));

        assertThat(tar(temporary.resolve("one"))).isNotEqualTo(before);
    }

    @Test
    void isTwoBlocksOfZerosForAnEmptyFolder() throws Exception {
        Path folder = Files.createDirectory(temporary.resolve("empty"));

        assertThat(tar(folder)).isEqualTo(new byte[1024]);
        Path back = temporary.resolve("back");
        new FolderUnpacker(FolderLimits.USUAL).unpack(new ByteArrayInputStream(tar(folder)), back);
        assertThat(back).isEmptyDirectory();
    }

    @Test
    void ordersNamesByTheirBytes() throws Exception {
        Path folder = Files.createDirectory(temporary.resolve("ordered"));
        List<String> names = List.of("B", "a", "a.txt", "b", "ä", "\uE000", "\uD83D\uDE00");
        for (String name : names) {
            Files.createFile(folder.resolve(name));
        }

        FolderWalk walk = new FolderWalk(folder, FolderLimits.USUAL);
        StringBuilder found = new StringBuilder();
        // Capitals collide: B and b are one name on some systems.
        assertThatThrownBy(walk::next).isInstanceOf(Refusal.class).hasMessageContaining("capitals");
        Files.delete(folder.resolve("B"));
        walk = new FolderWalk(folder, FolderLimits.USUAL);
        for (FolderWalk.Entry entry = walk.next(); entry != null; entry = walk.next()) {
            found.append(entry.path()).append('/');
        }
        assertThat(found.toString()).isEqualTo(String.join("/", names.subList(1, names.size())) + "/");
    }

    @Test
    void writesASizeBeyondEightGibibytesIntoAnExtendedHeader() throws Exception {
        long size = 3L << 40;
        byte[] header = TarHeader.of(new FolderWalk.Entry(temporary, "large.bin", false, size));

        assertThat(header).hasSize(3 * 512);
        assertThat(new String(header, 512, 22, StandardCharsets.UTF_8)).isEqualTo("22 size=3298534883328\n");
        TarReader.Entry read = new TarReader(new ByteArrayInputStream(header)).next();
        assertThat(read).isEqualTo(new TarReader.Entry("large.bin", false, size));
    }

    @Test
    void needsNoExtendedHeaderForTheLargestSizeOfElevenDigits() throws Exception {
        byte[] header = TarHeader.of(new FolderWalk.Entry(temporary, "large.bin", false, (8L << 30) - 1));

        assertThat(header).hasSize(512);
        assertThat(new TarReader(new ByteArrayInputStream(header)).next().size())
                .isEqualTo((8L << 30) - 1);
    }

    @Test
    void countsTheDigitsOfALengthThatGrowsByThem() throws Exception {
        for (int length = 80; length < 300; length++) {
            String path = "n".repeat(length);
            byte[] header = TarHeader.of(new FolderWalk.Entry(temporary, path, false, 0));

            assertThat(new TarReader(new ByteArrayInputStream(header)).next().path())
                    .isEqualTo(path);
        }
    }

    @Test
    void refusesAFileThatIsCutShortWhileItIsRead() throws Exception {
        Path folder = Files.createDirectory(temporary.resolve("cut"));
        Path file = Files.write(folder.resolve("a"), new byte[100_000]);
        try (FolderTar tar = new FolderTar(folder, FolderLimits.USUAL)) {
            tar.readNBytes(1024);
            Files.write(file, new byte[10]);

            assertThatThrownBy(tar::readAllBytes)
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("'a'")
                    .hasMessageContaining("cut short");
        }
    }

    @Test
    void refusesLinksAndPipes() throws Exception {
        Path linked = Files.createDirectories(temporary.resolve("linked/deep"));
        Files.createSymbolicLink(linked.resolve("key"), Path.of("/etc/passwd"));
        refuses(temporary.resolve("linked"), "deep/key", Refusal.Code.BAD_FILE);

        Path folders = Files.createDirectories(temporary.resolve("folders"));
        Files.createSymbolicLink(folders.resolve("up"), temporary);
        refuses(folders, "'up'", Refusal.Code.BAD_FILE);

        Path piped = Files.createDirectory(temporary.resolve("piped"));
        run("mkfifo", piped.resolve("p").toString());
        refuses(piped, "'p'", Refusal.Code.BAD_FILE);
    }

    @Test
    void refusesNamesThatNotEverySystemCanHave() throws Exception {
        for (String name :
                List.of("a:b", "a\\b", "line\nfeed", "con", "NUL.txt", "ends.", "ends ", "Ue\u0308", "what?", "a\"b")) {
            Path folder = Files.createTempDirectory(temporary, "names");
            Files.createFile(folder.resolve(name));

            refuses(folder, "Rename", Refusal.Code.BAD_NAME);
        }
    }

    @Test
    void refusesMoreThanTheLimits() throws Exception {
        Path folder = sample("one");

        refuses(folder, new FolderLimits(10, 32, 1 << 20), "at most 10 files", Refusal.Code.TOO_LARGE);
        refuses(folder, new FolderLimits(100, 2, 1 << 20), "at most 2 deep", Refusal.Code.TOO_LARGE);
        refuses(folder, new FolderLimits(100, 32, 600), "at most 600 bytes", Refusal.Code.TOO_LARGE);
    }

    private void refuses(Path folder, String inReason, Refusal.Code code) {
        refuses(folder, FolderLimits.USUAL, inReason, code);
    }

    private void refuses(Path folder, FolderLimits limits, String inReason, Refusal.Code code) {
        assertThatThrownBy(() -> {
                    try (FolderTar tar = new FolderTar(folder, limits)) {
                        tar.transferTo(OutputStream.nullOutputStream());
                    }
                })
                .isInstanceOfSatisfying(Refusal.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(code);
                    assertThat(refusal.reason()).contains(inReason);
                });
    }

    private Path sample(String name) throws IOException {
        Path folder = Files.createDirectory(temporary.resolve(name));
        Files.writeString(folder.resolve("a.txt"), "alpha");
        Files.createDirectories(folder.resolve("empty/deeper"));
        Path data = Files.createDirectories(folder.resolve("Messungen/Größe 1"));
        Files.writeString(data.resolve("日本語.csv"), "1,2");
        Files.write(data.resolve(".hidden"), new byte[0]);
        Files.write(data.resolve("block"), "x".repeat(600).getBytes(StandardCharsets.US_ASCII));
        Path deep = Files.createDirectories(folder.resolve(LONG).resolve(LONG));
        Files.writeString(deep.resolve(LONG + ".bin"), "far");
        Files.createFile(folder.resolve("z"));
        return folder;
    }

    private static byte[] tar(Path folder) throws IOException {
        try (FolderTar tar = new FolderTar(folder, FolderLimits.USUAL)) {
            return tar.readAllBytes();
        }
    }

    /** Every path with its content. */
    private static String content(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted()
                    .map(file -> folder.relativize(file) + " " + text(file))
                    .collect(Collectors.joining("\n"));
        }
    }

    private static String text(Path file) {
        try {
            return Files.isDirectory(file) ? "folder" : Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
