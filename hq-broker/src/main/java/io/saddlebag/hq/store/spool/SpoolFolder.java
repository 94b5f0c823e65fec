package io.saddlebag.hq.store.spool;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.access.Modes;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The spool's folder: {@code NUMBER.segment} holds many payloads, {@code NUMBER.payload} one large one,
 * {@code uploads/} those still coming; {@code numbers} holds a number that none was given yet. Locked for one process.
 */
final class SpoolFolder implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("([0-9]{1,18})\\.(segment|payload)");
    private static final String WORK_ENDING = ".tmp";
    private static final int RESERVED_AHEAD = 1_000;

    private final Path folder;
    private final Path uploads;
    private final FileChannel lockFile;
    private long reserved;

    /** @throws IOException when another process has it, or it cannot be made */
    SpoolFolder(Path folder) throws IOException {
        this.folder = folder.toAbsolutePath().normalize();
        this.uploads = this.folder.resolve("uploads");
        AtomicFiles.createPrivateFolder(this.folder);
        AtomicFiles.createPrivateFolder(uploads);
        sync(this.folder);
        this.lockFile = FileChannel.open(
                this.folder.resolve(".lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                Modes.PRIVATE_FILE);
        takeLock();
        deleteWork(this.folder);
        deleteWork(uploads);
        this.reserved = Files.exists(numbers())
                ? Long.parseLong(Files.readString(numbers()).strip())
                : 0;
    }

    private Path numbers() {
        return folder.resolve("numbers");
    }

    /** No file was ever given a number above this one. */
    long reservedNumber() {
        return reserved;
    }

    /**
     * Sees to it that a number is never given out again, whatever is deleted: rows of long ago may name it. Written
     * ahead for many numbers together.
     */
    void reserve(long number) throws IOException {
        if (number <= reserved) {
            return;
        }
        Path work = work(numbers());
        Files.deleteIfExists(work);
        PrivateFiles.create(work, (number + RESERVED_AHEAD + "\n").getBytes(StandardCharsets.US_ASCII));
        Files.move(work, numbers(), StandardCopyOption.ATOMIC_MOVE);
        sync();
        Failpoint.HQ_NUMBERS_RESERVED.reached();
        reserved = number + RESERVED_AHEAD;
    }

    private void takeLock() throws IOException {
        FileLock lock;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            lockFile.close();
            throw new IOException("The spool " + folder + " is in use by another headquarters; stop that one first");
        }
    }

    private static void deleteWork(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + WORK_ENDING)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    /**
     * Renames the file of an upload that is given up, which is fast. {@link #deleteGivenUp} deletes it, which may take
     * long.
     */
    void giveUp(Path upload) throws IOException {
        Files.move(upload, work(upload), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes the files of uploads that were given up; needs no lock. */
    void deleteGivenUp() throws IOException {
        deleteWork(uploads);
    }

    /** Makes the folder's entries themselves durable. */
    static void sync(Path folder) throws IOException {
        AtomicFiles.syncFolder(folder);
    }

    void sync() throws IOException {
        sync(folder);
    }

    Path segment(long number) {
        return folder.resolve(number + ".segment");
    }

    Path payload(long number) {
        return folder.resolve(number + ".payload");
    }

    Path upload(SiteId sender, String name) {
        return uploads.resolve(sender + "." + name + ".upload");
    }

    static Path work(Path file) {
        return file.resolveSibling(file.getFileName() + WORK_ENDING);
    }

    /** Every spool file that is there. */
    List<SpoolFile> files() throws IOException {
        List<SpoolFile> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    SpoolFile one = new SpoolFile(Long.parseLong(name.group(1)), file, "payload".equals(name.group(2)));
                    one.foundWith(Files.size(file));
                    found.add(one);
                }
            }
        }
        return found;
    }

    List<Path> uploads() throws IOException {
        return uploads("*.upload");
    }

    List<Path> uploads(SiteId sender) throws IOException {
        return uploads(sender + ".*.upload");
    }

    private List<Path> uploads(String names) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(uploads, names)) {
            files.forEach(found::add);
        }
        return found;
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
