package io.saddlebag.cli;

import io.saddlebag.files.AtomicFiles;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a command's bytes go: a file, which appears whole or not at all, or standard output. */
final class Output {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            description = "Where to write; standard output without it. An existing file is replaced once all is well.")
    private Path file;

    boolean isFile() {
        return file != null;
    }

    /** Writes as the bytes come, where they go to standard output. */
    void write(AtomicFiles.Content content) throws IOException {
        if (file != null) {
            AtomicFiles.replace(file, content);
        } else {
            // Not System.out: that one swallows errors such as a full disk. The log keeps clear of the data.
            OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));
            content.writeTo(out);
            out.flush();
        }
    }

    /** Writes nothing at all unless the content could be made to its end. */
    void writeWhole(AtomicFiles.Content content) throws IOException {
        if (file != null) {
            write(content);
            return;
        }
        Path whole = Files.createTempFile("saddlebag", null);
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(whole))) {
                content.writeTo(out);
            }
            write(out -> Files.copy(whole, out));
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    /** @param file a path, or {@code -} for standard input */
    static InputStream input(String file) throws IOException {
        return file.equals("-")
                ? new BufferedInputStream(new FileInputStream(FileDescriptor.in))
                : Files.newInputStream(Path.of(file));
    }
}
