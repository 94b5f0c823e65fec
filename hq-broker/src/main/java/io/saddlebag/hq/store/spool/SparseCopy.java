package io.saddlebag.hq.store.spool;

import io.saddlebag.files.access.Modes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** Replaces a file by a copy that holds some ranges of it at the same offsets, with holes between them. */
final class SparseCopy {
    private SparseCopy() {}

    /**
     * The copy is synced before it takes the file's name, so that a crash leaves one or the other, whole.
     *
     * @param ranges offset and length of each
     * @return how many bytes were copied
     */
    static long of(Path file, long[][] ranges) throws IOException {
        Path work = SpoolFolder.work(file);
        Files.deleteIfExists(work);
        long copied = 0;
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel to = FileChannel.open(
                        work,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE, StandardOpenOption.WRITE),
                        Modes.PRIVATE_FILE)) {
            for (long[] range : ranges) {
                copy(from, to, range[0], range[1]);
                copied += range[1];
            }
            to.force(true);
        }
        Files.move(work, file, StandardCopyOption.ATOMIC_MOVE);
        SpoolFolder.sync(file.getParent());
        return copied;
    }

    private static void copy(FileChannel from, FileChannel to, long offset, long length) throws IOException {
        long done = 0;
        while (done < length) {
            long count = from.transferTo(offset + done, length - done, to.position(offset + done));
            if (count <= 0) {
                throw new IOException("Expected " + (length - done) + " more bytes at " + (offset + done));
            }
            done += count;
        }
    }
}
