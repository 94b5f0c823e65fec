package io.saddlebag.cli.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.cli.CommandLineRun;
import io.saddlebag.message.Json;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigestCommandTest {
    @TempDir
    private Path temporary;

    private Path folder;

    @BeforeEach
    void folder() throws IOException {
        folder = Files.createDirectories(temporary.resolve("run 7"));
        Files.writeString(folder.resolve("b.csv"), "1,2");
        Files.createDirectories(folder.resolve("empty"));
        Path deep = Files.createDirectories(folder.resolve("Größe").resolve("n".repeat(99)));
        Files.writeString(deep.resolve("ü".repeat(40) + ".csv"), "deep");
        Files.writeString(folder.resolve("b-1"), "sorted before b/");
        Files.createLink(folder.resolve("again"), folder.resolve("b.csv"));
        Files.setPosixFilePermissions(folder.resolve("b-1"), PosixFilePermissions.fromString("rwx------"));
    }

    private static String digestOf(Path path) {
        CommandLineRun run = CommandLineRun.of("digest", "--json", path);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return Json.read(run.out().getBytes(StandardCharsets.UTF_8), JsonNode.class)
                .path(0)
                .path("sha256")
                .asText();
    }

    /** A file without blocks, which takes long enough to read for a line. */
    @Test
    void saysItsProgressOnStandardErrorAlone() throws Exception {
        Path large = temporary.resolve("large");
        try (RandomAccessFile made = new RandomAccessFile(large.toFile(), "rw")) {
            made.setLength(128 << 20);
        }

        CommandLineRun run = CommandLineRun.of("digest", "--progress", "1ms", large);

        assertThat(run.err().lines())
                .isNotEmpty()
                .allMatch(line -> line.matches("reading .*/large: .* of 128[.]0 MiB \\(\\d+ %\\), .*/s.*"));
        assertThat(run.out().lines()).singleElement().asString().startsWith(large + ", 134217728 bytes, SHA-256 ");
        assertThat(CommandLineRun.of("digest", large).err()).isEmpty();
    }

    /** Runs the commands of docs/formats.md. */
    @Test
    void isTheDigestThatAnAuditorMakesWithTheTarCommand() throws Exception {
        assumeTrue(output("tar --version; find --version").contains("GNU tar"), "GNU tar and find");
        String page = Files.readString(Path.of("../docs/formats.md"));
        int folderSection = page.indexOf("### Folder");
        int begin = page.indexOf("```sh\n", folderSection) + "```sh\n".length();
        String commands = page.substring(begin, page.indexOf("```", begin));
        assertThat(commands).contains("cd FOLDER");

        assertThat(output(commands.replace("FOLDER", "'" + folder + "'"))).startsWith(digestOf(folder) + " ");
        Path empty = Files.createDirectory(temporary.resolve("empty"));
        assertThat(output(commands.replace("FOLDER", empty.toString()))).startsWith(digestOf(empty) + " ");
    }

    private static String output(String commands) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", commands)
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void leavesOutWhatDoesNotTravel() throws Exception {
        String before = digestOf(folder);
        Files.writeString(folder.resolve("Größe/Thumbs.db"), "of Windows");
        Files.createDirectories(folder.resolve("@eaDir/deep"));
        Files.writeString(folder.resolve("old.bak"), "of an editor");

        assertThat(digestOf(folder)).isNotEqualTo(before);
        assertThat(CommandLineRun.of("digest", "--ignore", "*.bak", folder).out())
                .contains(", SHA-256 " + before + ", as the tar of 4 files with 26 bytes, without ")
                .contains("Größe/Thumbs.db")
                .contains("@eaDir")
                .contains("old.bak");
    }

    @Test
    void isOfTheBytesOfAFile() throws Exception {
        Path file = folder.resolve("b.csv");

        assertThat(CommandLineRun.of("digest", file).out().strip())
                .isEqualTo(file + ", 3 bytes, SHA-256 " + Sha256.of("1,2".getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void refusesWhatALaboratoryRefuses() throws Exception {
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("b.csv"));

        CommandLineRun run = CommandLineRun.of("digest", folder);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("found a link or device at 'link'");
        assertThat(CommandLineRun.of("digest", "--ignore", "*", folder).exitCode())
                .isEqualTo(2);
    }
}
