package io.saddlebag.observe;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.access.Modes;
import io.saddlebag.site.SiteHome;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * A file in {@code run/} that a reader sees whole. Not synced: the next one follows in seconds. For one thread at a time.
 */
public final class RunFile {
    private static final Set<OpenOption> ANEW = Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);

    private final Path file;
    private final Path unfinished;

    public RunFile(SiteHome home, String name) {
        this.file = home.run().resolve(name);
        this.unfinished = home.run().resolve("." + name + AtomicFiles.TEMPORARY_SUFFIX);
    }

    public Path path() {
        return file;
    }

    public void write(byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(unfinished, ANEW, Modes.SHARED_FILE);
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
            out.write(content);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void remove() throws IOException {
        Files.deleteIfExists(unfinished);
        Files.deleteIfExists(file);
    }
}
