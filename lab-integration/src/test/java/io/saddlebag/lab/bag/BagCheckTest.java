package io.saddlebag.lab.bag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BagCheckTest {
    @TempDir
    private Path bag;

    @BeforeEach
    void aBagOfThreeFiles() throws Exception {
        write("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
        write("data/a.csv", "1,2\n");
        write("data/deep/Größe.csv", "3,4\n");
        write("data/100%.csv", "");
        write("bag-info.txt", "Source-Organization: FL-LAB\nPayload-Oxum: 8.3\n");
        write("manifest-sha256.txt", lines("SHA-256", "data/a.csv", "data/deep/Größe.csv", "data/100%.csv"));
        write("tagmanifest-sha256.txt", lines("SHA-256", "bagit.txt", "bag-info.txt", "manifest-sha256.txt"));
    }

    @Test
    void takesAGoodBag() throws Exception {
        assertThat(BagCheck.isBag(bag)).isTrue();
        verify();
    }

    @Test
    void takesEveryKindOfChecksumAndTheOtherWaysToWriteThem() throws Exception {
        Files.delete(bag.resolve("tagmanifest-sha256.txt"));
        String[] files = {"data/a.csv", "data/deep/Größe.csv", "data/100%.csv"};
        write("manifest-md5.txt", lines("MD5", files).replace("  ", " *").replace("\n", "\r\n"));
        write("manifest-sha1.txt", lines("SHA-1", files).replace("\n", "\r"));
        write("manifest-sha512.txt", lines("SHA-512", files).replace("  ", "\t"));
        write("tagmanifest-sha512.txt", lines("SHA-512", "manifest-md5.txt"));

        verify();
    }

    @Test
    void takesABagOfTheDraftsWhoseManifestsTogetherNameAllFiles() throws Exception {
        Files.delete(bag.resolve("tagmanifest-sha256.txt"));
        write("bagit.txt", "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n");
        write("manifest-sha256.txt", lines("SHA-256", "data/a.csv").replace("%25", "%"));
        write(
                "manifest-md5.txt",
                lines("MD5", "data/deep/Größe.csv", "data/100%.csv").replace("%25", "%"));
        verify();

        write("manifest-md5.txt", lines("MD5", "data/deep/Größe.csv"));
        refuses(Refusal.Code.BAD_DIGEST, "'data/100%.csv' does not stand in any manifest");
    }

    @Test
    void namesAFileWhoseContentIsAnother() throws Exception {
        write("data/a.csv", "1;2\n");

        refuses(Refusal.Code.BAD_DIGEST, "1 fault: 'data/a.csv' has another SHA-256 than manifest-sha256.txt:1 says");
    }

    @Test
    void namesAFileThatIsMissing() throws Exception {
        Files.delete(bag.resolve("data/deep/Größe.csv"));

        refuses(Refusal.Code.BAD_DIGEST, "'data/deep/Größe.csv' is missing (manifest-sha256.txt:2)");
        refuses(Refusal.Code.BAD_DIGEST, "'Payload-Oxum: 8.3' at bag-info.txt:2 does not fit");
    }

    @Test
    void saysThatFilesAreStillToBeFetched() throws Exception {
        Files.delete(bag.resolve("data/a.csv"));
        write("fetch.txt", "https://example.org/a.csv 4 data/a.csv\n");

        refuses(Refusal.Code.BAD_DIGEST, "Fetch what fetch.txt names");
    }

    @Test
    void namesAFileThatStandsInNoManifest() throws Exception {
        write("data/more.csv", "");

        refuses(Refusal.Code.BAD_DIGEST, "'data/more.csv' does not stand in manifest-sha256.txt");
    }

    @Test
    void requiresThatEachManifestOfVersion1NamesAllFiles() throws Exception {
        write("manifest-md5.txt", lines("MD5", "data/a.csv"));

        refuses(Refusal.Code.BAD_DIGEST, "2 faults: 'data/100%.csv' does not stand in manifest-md5.txt");
    }

    @Test
    void namesAFileThatStandsTwice() throws Exception {
        write("manifest-md5.txt", lines("MD5", "data/a.csv", "data/a.csv", "data/deep/Größe.csv", "data/100%.csv"));

        refuses(Refusal.Code.BAD_DIGEST, "'data/a.csv' stands twice in manifest-md5.txt");
    }

    @Test
    void namesATagFileThatWasAltered() throws Exception {
        write("bag-info.txt", "Payload-Oxum: 8.3\n");

        refuses(Refusal.Code.BAD_DIGEST, "'bag-info.txt' has another SHA-256 than tagmanifest-sha256.txt:2 says");
    }

    @Test
    void readsNothingOutsideThePayload() throws Exception {
        Files.delete(bag.resolve("tagmanifest-sha256.txt"));
        String good = lines("SHA-256", "data/a.csv", "data/deep/Größe.csv", "data/100%.csv");
        for (String path :
                new String[] {"data/../bagit.txt", "/etc/passwd", "bagit.txt", "data/./a.csv", "data//a.csv"}) {
            write("manifest-sha256.txt", good + "0".repeat(64) + "  " + path + "\n");

            refuses(Refusal.Code.BAD_DIGEST, "is no path of a payload file");
        }
    }

    @Test
    void countsAllFaultsAndNamesTheFirst() throws Exception {
        StringBuilder lines = new StringBuilder(lines("SHA-256", "data/a.csv", "data/deep/Größe.csv", "data/100%.csv"));
        for (int i = 0; i < 20; i++) {
            lines.append("0".repeat(64)).append("  data/gone-").append(i).append('\n');
        }
        write("manifest-sha256.txt", lines.toString());

        assertThatThrownBy(this::verify)
                .hasMessageContaining("21 faults")
                .hasMessageContaining("'data/gone-4'")
                .hasMessageContaining("; and more.")
                .hasMessageNotContaining("gone-5");
    }

    @Test
    void refusesABagWithoutWhatEveryBagHas() throws Exception {
        Files.delete(bag.resolve("tagmanifest-sha256.txt"));
        Files.move(bag.resolve("manifest-sha256.txt"), bag.resolve("tagmanifest-md5.txt"));
        refuses(Refusal.Code.BAD_FILE, "a payload manifest");

        Files.move(bag.resolve("data"), bag.resolve("payload"));
        refuses(Refusal.Code.BAD_FILE, "the folder data/");

        Files.delete(bag.resolve("bagit.txt"));
        assertThat(BagCheck.isBag(bag)).isFalse();
        refuses(Refusal.Code.BAD_FILE, "Expected bagit.txt in the bag, found none");
    }

    @Test
    void refusesADeclarationThatIsNone() throws Exception {
        for (String text : new String[] {
            "",
            "BagIt-Version: 1.0\n",
            "BagIt-Version: one\nTag-File-Character-Encoding: UTF-8\n",
            "BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n",
            "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-99\n",
            "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\nmore\n",
            "\uFEFFBagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
        }) {
            write("bagit.txt", text);

            refuses(Refusal.Code.BAD_FILE, "Expected in bagit.txt");
        }
    }

    @Test
    void refusesAManifestOfAnotherKind() throws Exception {
        write("manifest-blake3.txt", "");
        refuses(Refusal.Code.BAD_FILE, "md5, sha1, sha256, sha512, found manifest-blake3.txt");
    }

    @Test
    void refusesALineThatIsNone() throws Exception {
        write("manifest-sha256.txt", "data/a.csv\n");
        refuses(Refusal.Code.BAD_FILE, "manifest-sha256.txt:1");

        write("manifest-sha256.txt", "x".repeat(TagLines.MAX_LINE + 1));
        refuses(Refusal.Code.BAD_FILE, "at most " + TagLines.MAX_LINE);

        Files.write(bag.resolve("manifest-sha256.txt"), new byte[] {(byte) 0xFF, (byte) 0xFE, '\n'});
        refuses(Refusal.Code.BAD_FILE, "the encoding that bagit.txt names");
    }

    @Test
    void refusesMoreFilesThanTheLimit() {
        assertThatThrownBy(() -> new BagCheck(new FolderLimits(2, 32, 1000)).verify(bag))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.TOO_LARGE));
    }

    private void verify() throws IOException {
        new BagCheck(FolderLimits.USUAL).verify(bag);
    }

    private void refuses(Refusal.Code code, String inReason) {
        assertThatThrownBy(this::verify).isInstanceOfSatisfying(Refusal.class, refusal -> {
            assertThat(refusal.reason()).contains(inReason);
            assertThat(refusal.code()).isEqualTo(code);
        });
    }

    private void write(String path, String content) throws IOException {
        Path file = bag.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private String lines(String algorithm, String... paths) throws IOException, GeneralSecurityException {
        StringBuilder lines = new StringBuilder();
        for (String path : paths) {
            byte[] digest = MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(bag.resolve(path)));
            lines.append(HexFormat.of().formatHex(digest))
                    .append("  ")
                    .append(path.replace("%", "%25"))
                    .append('\n');
        }
        return lines.toString();
    }
}
