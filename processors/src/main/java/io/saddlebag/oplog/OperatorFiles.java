package io.saddlebag.oplog;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.OperatorEntry;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.access.Modes;
import io.saddlebag.message.Json;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The files of an operator journal, held for one writer: the lines, and a note of the last one. By the note, lines that
 * are cut off the end are missed. For one thread.
 */
final class OperatorFiles implements AutoCloseable {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);
    /** More than a line and its end. */
    private static final int TAIL = 2 * Envelope.MAX_SIZE;

    private final Path folder;
    private final FileChannel lock;
    private final FileChannel lines;

    /**
     * The newest entry, as {@code operators/last.json} has it.
     *
     * @param sha256 of its line without the end
     */
    record Last(
            @JsonProperty("number") long number,
            @JsonProperty("sha256") Sha256 sha256) {
        Last {
            Objects.requireNonNull(sha256, "sha256");
        }

        byte[] json() {
            return Json.write(this);
        }
    }

    private OperatorFiles(Path folder, FileChannel lock, FileChannel lines) {
        this.folder = folder;
        this.lock = lock;
        this.lines = lines;
    }

    static Path folder(SiteHome home) {
        return home.folder().resolve("operators");
    }

    static Path lines(Path folder) {
        return folder.resolve("journal.jsonl");
    }

    static Path lastFile(Path folder) {
        return folder.resolve("last.json");
    }

    /** Waits for other writers, of this process too. */
    static OperatorFiles lock(Path folder) throws IOException {
        FileChannel lock = open(folder.resolve("lock"));
        try {
            long until = System.nanoTime() + PATIENCE;
            while (!isOurs(lock)) {
                if (System.nanoTime() > until) {
                    throw new IOException(folder + ": expected the operator journal free, found that another command"
                            + " has held it for 30 s. Wait until that ends");
                }
                LockSupport.parkNanos(PAUSE);
            }
            return new OperatorFiles(folder, lock, open(lines(folder)));
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                Modes.PRIVATE_FILE);
    }

    private static boolean isOurs(FileChannel lock) throws IOException {
        try {
            FileLock taken = lock.tryLock();
            return taken != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /**
     * The entry that the next one follows; null before the first. Where lines were cut off, it is the last that was noted, so
     * that their loss stays visible in the chain.
     */
    Last last() throws IOException {
        Last noted = noted(folder);
        Last written = written();
        return noted == null || written != null && written.number() > noted.number() ? written : noted;
    }

    /** Null when there is none, or none that can be read. */
    static Last noted(Path folder) throws IOException {
        Path file = lastFile(folder);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            return Json.read(Files.readAllBytes(file), Last.class);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Removes an unfinished line. Null when no line can be read. */
    private Last written() throws IOException {
        long size = lines.size();
        ByteBuffer tail = ByteBuffer.allocate((int) Math.min(size, TAIL));
        long from = size - tail.capacity();
        while (tail.hasRemaining() && lines.read(tail, from + tail.position()) >= 0) {
            // Until the tail is full.
        }
        byte[] bytes = tail.array();
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        if (end == 0 && from > 0) {
            throw new IOException(lines(folder) + ": expected lines of at most " + Envelope.MAX_SIZE
                    + " bytes at its end, found a longer one. Look at the file: no command wrote that");
        }
        lines.truncate(from + end);
        int start = Math.max(0, end - 1);
        while (start > 0 && bytes[start - 1] != '\n') {
            start--;
        }
        byte[] line = Arrays.copyOfRange(bytes, start, Math.max(start, end - 1));
        try {
            OperatorEntry entry = Json.read(Envelope.parse(line).payload(), OperatorEntry.class);
            return new Last(entry.number(), Sha256.of(line));
        } catch (Refusal | IllegalArgumentException e) {
            return null;
        }
    }

    /** @param envelope without an end of line in it */
    void append(long number, byte[] envelope) throws IOException {
        ByteBuffer line = ByteBuffer.allocate(envelope.length + 1).put(envelope).put((byte) '\n');
        line.flip();
        boolean isFirst = lines.size() == 0;
        lines.position(lines.size());
        while (line.hasRemaining()) {
            lines.write(line);
        }
        lines.force(true);
        if (isFirst) {
            AtomicFiles.syncFolder(folder);
        }
        AtomicFiles.replace(lastFile(folder), new Last(number, Sha256.of(envelope)).json());
    }

    @Override
    public void close() throws IOException {
        try {
            lines.close();
        } finally {
            lock.close();
        }
    }
}
