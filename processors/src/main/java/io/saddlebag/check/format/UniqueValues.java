package io.saddlebag.check.format;

import io.saddlebag.files.AtomicFiles;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Finds a value that comes twice, in constant memory. Keeps of each value 128 bits of a keyed hash, whose key is random and
 * never leaves the memory, and its row. Up to {@value #MOST_IN_MEMORY} are in memory; with more, all go to a file without
 * a name, in {@value #SHARES} shares by hash, and each share is looked through at the end. For one thread.
 */
public final class UniqueValues implements Closeable {
    /** The most values of a column; a share then fits into memory. */
    public static final long MOST = 20_000_000;

    private static final int MOST_IN_MEMORY = 64 * 1024;
    private static final int SHARES = 256;
    private static final int LONGS = 3;
    private static final int ENTRY = LONGS * Long.BYTES;
    private static final int CHUNK = 160 * ENTRY;
    private static final long ODD = 0x9E3779B97F4A7C15L;

    private final Path folder;
    private final long firstKey;
    private final long secondKey;
    private Table table = new Table(1024);
    private long count;
    private FileChannel file;
    private long written;
    private ByteBuffer[] shares;
    private List<List<Long>> chunks;

    /** Takes the rows of a value that comes twice. */
    @FunctionalInterface
    public interface Repeats {
        void found(long row, long earlierRow);
    }

    /** @param folder for the file; the site's alone */
    public UniqueValues(Path folder) {
        this.folder = folder;
        SecureRandom random = new SecureRandom();
        firstKey = random.nextLong();
        secondKey = random.nextLong();
    }

    /** How many values were added. */
    public long count() {
        return count;
    }

    /** @return the row that had the value before; 0 when none is known to have had it so far */
    public long add(byte[] bytes, int from, int to, long row) {
        count++;
        long first = firstKey;
        long second = secondKey;
        for (int at = from; at < to; at++) {
            first = (first ^ bytes[at]) * ODD;
            first ^= first >>> 29;
            second = (second + bytes[at]) * 0xD6E8FEB86659FD93L;
            second ^= second >>> 32;
        }
        first = mixed(first + to - from);
        second = mixed(second ^ (to - from) * ODD);
        if (file != null) {
            spill(first, second, row);
            return 0;
        }
        long earlier = table.add(first, second, row);
        if (table.size == MOST_IN_MEMORY) {
            spillAll();
        }
        return earlier;
    }

    private static long mixed(long value) {
        long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }

    private void spillAll() {
        Path path = folder.resolve("." + UUID.randomUUID() + AtomicFiles.TEMPORARY_SUFFIX);
        try {
            file = FileChannel.open(
                    path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        shares = new ByteBuffer[SHARES];
        chunks = new ArrayList<>();
        for (int i = 0; i < SHARES; i++) {
            shares[i] = ByteBuffer.allocate(CHUNK);
            chunks.add(new ArrayList<>());
        }
        Table all = table;
        table = null;
        all.forEach(this::spill);
    }

    private void spill(long first, long second, long row) {
        int share = (int) (second >>> 56);
        ByteBuffer buffer = shares[share];
        buffer.putLong(first).putLong(second).putLong(row);
        if (!buffer.hasRemaining()) {
            write(buffer.flip(), written);
            chunks.get(share).add(written);
            written += CHUNK;
            buffer.clear();
        }
    }

    private void write(ByteBuffer buffer, long place) {
        try {
            for (long at = place; buffer.hasRemaining(); ) {
                at += file.write(buffer, at);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** After the last value: gives those repeats that {@link #add} could not tell. */
    public void end(Repeats repeats) throws IOException {
        if (file == null) {
            return;
        }
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        for (int share = 0; share < SHARES; share++) {
            Table found = new Table(1024);
            for (long place : chunks.get(share)) {
                chunk.clear();
                for (long at = place; chunk.hasRemaining(); ) {
                    int read = file.read(chunk, at);
                    if (read < 0) {
                        throw new IOException("the file of a column's hashes is cut short");
                    }
                    at += read;
                }
                look(chunk.flip().asLongBuffer(), found, repeats);
            }
            look(shares[share].flip().asLongBuffer(), found, repeats);
        }
    }

    private static void look(LongBuffer entries, Table found, Repeats repeats) {
        while (entries.hasRemaining()) {
            long first = entries.get();
            long second = entries.get();
            long row = entries.get();
            long earlier = found.add(first, second, row);
            if (earlier > 0) {
                repeats.found(row, earlier);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }

    @FunctionalInterface
    private interface Entries {
        void take(long first, long second, long row);
    }

    /** Hashes with their rows, open addressing; a row is never 0. */
    private static final class Table {
        private long[] entries;
        private int slots;
        private int size;

        Table(int slots) {
            this.slots = slots;
            entries = new long[slots * LONGS];
        }

        long add(long first, long second, long row) {
            int slot = slot(first, second);
            if (entries[slot + 2] != 0) {
                return entries[slot + 2];
            }
            put(slot, first, second, row);
            if (++size * 2 > slots) {
                grow();
            }
            return 0;
        }

        private int slot(long first, long second) {
            int slot = (int) first & slots - 1;
            while (entries[slot * LONGS + 2] != 0
                    && (entries[slot * LONGS] != first || entries[slot * LONGS + 1] != second)) {
                slot = slot + 1 & slots - 1;
            }
            return slot * LONGS;
        }

        private void put(int slot, long first, long second, long row) {
            entries[slot] = first;
            entries[slot + 1] = second;
            entries[slot + 2] = row;
        }

        private void grow() {
            Table larger = new Table(slots * 2);
            forEach((first, second, row) -> larger.put(larger.slot(first, second), first, second, row));
            entries = larger.entries;
            slots = larger.slots;
        }

        void forEach(Entries taker) {
            for (int at = 0; at < entries.length; at += LONGS) {
                if (entries[at + 2] != 0) {
                    taker.take(entries[at], entries[at + 1], entries[at + 2]);
                }
            }
        }
    }
}
