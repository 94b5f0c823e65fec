package io.saddlebag.files.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderUnpackerTest {
    private static final FolderLimits LIMITS = new FolderLimits(20, 4, 10_000);

    @TempDir
    private Path temporary;

    private Path outbox;
    private Path target;

    @BeforeEach
    void folders() throws IOException {
        outbox = Files.createDirectory(temporary.resolve("outbox"));
        target = outbox.resolve("target");
    }

    @Test
    void makesFoldersThatTheTarDoesNotName() throws IOException {
        unpack(new Tars().file("a/b/c.txt", "c").file("a/d.txt", "d").end());

        assertThat(target.resolve("a/b/c.txt")).hasContent("c");
        assertThat(target.resolve("a/d.txt")).hasContent("d");
    }

    /** In a process of its own, since a Java has one encoding for file names. */
    static final class Unpack {
        public static void main(String[] args) throws IOException {
            try (InputStream tar = Files.newInputStream(Path.of(args[0]))) {
                new FolderUnpacker(LIMITS).unpack(tar, Path.of(args[1]));
            } catch (Refusal e) {
                System.out.print(e.code() + " " + e.reason());
            }
        }
    }

    @Test
    void saysWhatToDoWhereTheSystemsFileNamesAreNotUtf8() throws Exception {
        Path tar = Files.write(
                temporary.resolve("tar"), new Tars().file("Größe.csv", "1").end());
        ProcessBuilder unpack = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Unpack.class.getName(),
                        tar.toString(),
                        target.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        unpack.environment().put("LC_ALL", "POSIX");
        Process process = unpack.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

        assertThat(process.waitFor()).isZero();
        assertThat(said)
                .startsWith(
                        "BAD_NAME Expected UTF-8 file names where the folder is unpacked, found ANSI_X3.4-1968. Start it"
                                + " there with LC_ALL=C.UTF-8 and deliver again; ");
        assertThat(outbox).isEmptyDirectory();
    }

    @Test
    void beginsAnewWhereAnEarlierAttemptWasCutOff() throws IOException {
        Files.createDirectories(target.resolve("half"));
        Files.writeString(target.resolve("half/a.txt"), "old");

        unpack(new Tars().file("a.txt", "new").end());

        assertThat(target.resolve("a.txt")).hasContent("new");
        assertThat(target.resolve("half")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "a/../../x",
                "..",
                ".",
                "/x",
                "/etc/x",
                "a//x",
                "./x",
                "a/./x",
                "",
                "a\\x",
                "C:x",
                "con",
                "a/aux.txt",
                "x.",
                "line\nfeed",
                "bell\u0007",
                "o\u0308"
            })
    void refusesAPathThatLeadsOutOrThatNotEverySystemCanHave(String path) throws IOException {
        refuses(Code.BAD_NAME, new Tars().file("before", "b").file(path, "x").end());
        assertThat(temporary.resolve("x")).doesNotExist();
        assertThat(outbox.resolve("x")).doesNotExist();
    }

    @Test
    void refusesAHostilePathInAnExtendedHeader() throws IOException {
        refuses(
                Code.BAD_NAME,
                new Tars().pax("13 path=../x\n").file("harmless", "x").end());
        refuses(
                Code.BAD_NAME,
                new Tars().pax("13 path=/etc\n").folder("harmless/").end());
    }

    @Test
    void refusesAHostilePathInThePrefix() throws IOException {
        byte[] header = Tars.header("x", '0', "00000000000\0");
        header[345] = '.';
        header[346] = '.';

        refuses(Code.BAD_NAME, new Tars().block(Tars.signed(header)).end());
    }

    @ParameterizedTest
    @ValueSource(chars = {'1', '2', '3', '4', '6', '7', 'L', 'K', 'S', 'g', 'V', '9'})
    void refusesWhatIsNeitherFileNorFolder(char type) throws IOException {
        refuses(Code.BAD_FILE, new Tars().entry("x", type, 0, new byte[0]).end());
    }

    @Test
    void refusesTheSameNameTwice() throws IOException {
        refuses(Code.BAD_NAME, new Tars().file("a", "1").file("a", "2").end());
        refuses(Code.BAD_NAME, new Tars().folder("a/").folder("a/").end());
        refuses(Code.BAD_NAME, new Tars().folder("a/").file("a", "2").end());
        refuses(Code.BAD_NAME, new Tars().file("a", "1").file("a/b", "2").end());
    }

    @Test
    void refusesNamesThatDifferInCapitalsOnly() throws IOException {
        refuses(
                Code.BAD_NAME,
                new Tars().file("a/Read", "1").file("b", "").file("a/read", "2").end());
        refuses(
                Code.BAD_NAME,
                new Tars().folder("A/").file("A/x", "").file("a/y", "2").end());
    }

    @Test
    void refusesMoreEntriesThanTheLimit() throws IOException {
        Tars many = new Tars();
        for (int i = 0; i < 21; i++) {
            many.file("f" + i, "");
        }
        refuses(Code.TOO_LARGE, many.end());
        Tars implied = new Tars();
        for (int i = 0; i < 11; i++) {
            implied.file("d" + i + "/f", "");
        }
        refuses(Code.TOO_LARGE, implied.end());
    }

    @Test
    void refusesMoreDepthThanTheLimit() throws IOException {
        unpack(new Tars().file("a/b/c/d", "").end());
        refuses(Code.TOO_LARGE, new Tars().file("a/b/c/d/e", "").end());
    }

    @Test
    void refusesMoreBytesThanTheLimitBeforeWritingThem() throws IOException {
        refuses(
                Code.TOO_LARGE,
                new Tars().entry("bomb", '0', 10_001, new byte[0]).withoutEnd());
        refuses(
                Code.TOO_LARGE,
                new Tars()
                        .pax("26 size=99999999999999999\n")
                        .entry("bomb", '0', 0, new byte[0])
                        .withoutEnd());
        refuses(
                Code.TOO_LARGE,
                new Tars()
                        .entry("a", '0', 6_000, new byte[6_000])
                        .entry("b", '0', 6_000, new byte[6_000])
                        .end());
    }

    @Test
    void refusesAPathThatIsTooLong() throws IOException {
        String path = ("d".repeat(190) + "/").repeat(5) + "x".repeat(100);

        refuses(
                Code.BAD_NAME,
                new Tars()
                        .pax((path.length() + 11) + " path=" + path + "\n")
                        .file("x", "")
                        .end());
        String name = "n".repeat(256);
        refuses(
                Code.BAD_NAME,
                new Tars().pax("266 path=" + name + "\n").file("x", "").end());
    }

    @Test
    void refusesATarThatIsCutShortAnywhere() throws IOException {
        byte[] whole = new Tars()
                .pax("12 path=abc\n")
                .file("x", "content")
                .folder("d/")
                .end();
        for (int length = 0; length < whole.length; length += 100) {
            refuses(Code.MALFORMED, Arrays.copyOf(whole, length));
        }
        refuses(Code.MALFORMED, Arrays.copyOf(whole, whole.length - 1));
    }

    @Test
    void refusesWhatIsNoTar() throws IOException {
        byte[] altered = new Tars().file("x", "").end();
        altered[0] ^= 1;
        refuses(Code.MALFORMED, altered);

        byte[] gnu = Tars.header("x", '0', "00000000000\0");
        System.arraycopy("ustar  \0".getBytes(StandardCharsets.US_ASCII), 0, gnu, 257, 8);
        refuses(Code.MALFORMED, new Tars().block(Tars.signed(gnu)).end());

        refuses(
                Code.MALFORMED,
                new Tars().block(Tars.header("x", '0', "0000000009\0")).end());
        refuses(
                Code.MALFORMED,
                new Tars().block(Tars.header("x", '0', "\u0001000000000\0")).end());
        refuses(Code.MALFORMED, new Tars().entry("d/", '5', 512, new byte[512]).end());
        refuses(
                Code.MALFORMED,
                new Tars().file("x", "").block(new byte[512]).file("y", "").end());
        byte[] more = Arrays.copyOf(new Tars().end(), 4096);
        more[4000] = 1;
        refuses(Code.MALFORMED, more);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "path=x\n",
                "99 path=x\n",
                "9 path=x",
                "-1 path=x\n",
                "5 a\n",
                "3 a=\n",
                "99999999999999999999 path=x\n",
                "11 size=1k\n",
                "11 size=-1\n",
                "8 size=\n",
                "28 size=9999999999999999999\n",
                "22 GNU.sparse.major=1\n",
                "21 hdrcharset=BINARY\n"
            })
    void refusesAnExtendedHeaderThatIsNone(String records) throws IOException {
        refuses(Code.MALFORMED, new Tars().pax(records).file("x", "").end());
    }

    @Test
    void refusesAnExtendedHeaderThatWouldFillTheMemoryAndOneUponAnother() throws IOException {
        refuses(
                Code.MALFORMED,
                new Tars()
                        .entry("PaxHeaders/x", 'x', 077777777777L, new byte[0])
                        .withoutEnd());
        refuses(
                Code.BAD_FILE,
                new Tars()
                        .pax("12 path=abc\n")
                        .pax("12 path=abc\n")
                        .file("x", "")
                        .end());
    }

    @Test
    void passesOverRecordsThatDoNotCount() throws IOException {
        unpack(new Tars()
                .pax("20 mtime=1759917600\n24 SCHILY.fflags=nodump\n14 linkpath=/\n")
                .file("x", "content")
                .end());

        assertThat(target.resolve("x")).hasContent("content");
    }

    private void unpack(byte[] tar) throws IOException {
        new FolderUnpacker(LIMITS).unpack(new ByteArrayInputStream(tar), target);
    }

    private void refuses(Code code, byte[] tar) throws IOException {
        assertThatThrownBy(() -> unpack(tar))
                .isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.code())
                        .as(refusal.reason())
                        .isEqualTo(code));
        try (Stream<Path> left = Files.walk(temporary)) {
            assertThat(left).containsExactlyInAnyOrder(temporary, outbox);
        }
    }

    @Test
    void leavesNothingWhenTheTarCannotBeRead() throws IOException {
        byte[] tar = new Tars().file("a", "1").end();
        InputStream broken = new InputStream() {
            private int at;

            @Override
            public int read() throws IOException {
                if (at >= 1024) {
                    throw new IOException("as the test says");
                }
                return tar[at++] & 0xFF;
            }
        };

        assertThatThrownBy(() -> new FolderUnpacker(LIMITS).unpack(broken, target))
                .isInstanceOf(IOException.class);

        assertThat(outbox).isEmptyDirectory();
    }
}
