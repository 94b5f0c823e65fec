package io.saddlebag.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.message.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Contents that a check file judges, in pieces of several sizes. */
public final class Checked {
    private static final int[] PIECES = {1 << 20, 4096, 7, 1};

    private Checked() {}

    /** A check file without faults. */
    public static CheckFile read(String yaml, Path home) {
        List<String> faults = new ArrayList<>();
        CheckFile file = CheckFile.read("checks/x.yaml", yaml, home, faults);
        assertThat(faults).isEmpty();
        return file;
    }

    /** The faults of a check file. */
    public static List<String> faultsOf(String yaml, Path home) {
        List<String> faults = new ArrayList<>();
        CheckFile.read("checks/x.yaml", yaml, home, faults);
        return faults;
    }

    /** The faults of a content, the same however it is cut into pieces. */
    public static List<String> faults(String yaml, String fileName, byte[] content, Path work) throws IOException {
        CheckFile file = read(yaml, work);
        List<String> first = null;
        for (int piece : PIECES) {
            List<String> faults = faults(file, fileName, false, content, piece, work);
            assertThat(first == null ? faults : first).isEqualTo(faults);
            first = faults;
        }
        return first;
    }

    /** As {@link #faults(String, String, byte[], Path)}, of a folder. */
    public static List<String> faultsOfFolder(String yaml, Path folder, Path work) throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        try (InputStream in = FolderTar.open(folder)) {
            in.transferTo(tar);
        }
        CheckFile file = read(yaml, work);
        List<String> first = null;
        for (int piece : PIECES) {
            List<String> faults = faults(file, folder.getFileName().toString(), true, tar.toByteArray(), piece, work);
            assertThat(first == null ? faults : first).isEqualTo(faults);
            first = faults;
        }
        return first;
    }

    private static List<String> faults(
            CheckFile file, String fileName, boolean isFolder, byte[] content, int piece, Path work)
            throws IOException {
        try (CheckRun run = file.begin(fileName, isFolder, content.length, work)) {
            for (int at = 0; at < content.length; at += piece) {
                run.update(content, at, Math.min(piece, content.length - at));
            }
            run.end();
            return List.of();
        } catch (Refusal e) {
            assertThat(e.code()).isEqualTo(Refusal.Code.BAD_CONTENT);
            return e.faults().stream().map(Refusal.Fault::text).toList();
        }
    }

    /** Text as one member of gzip. */
    public static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes());
        }
        return bytes.toByteArray();
    }

    /** A folder with these paths and contents. */
    public static Path folder(Path folder, String... pathsAndContents) throws IOException {
        for (int i = 0; i < pathsAndContents.length; i += 2) {
            Path file = folder.resolve(pathsAndContents[i]);
            Files.createDirectories(file.getParent());
            Files.writeString(file, pathsAndContents[i + 1]);
        }
        return folder;
    }
}
