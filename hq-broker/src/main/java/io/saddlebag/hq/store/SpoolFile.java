package io.saddlebag.hq.store;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;

/**
 * What is known of one spool file: where its records begin and which of them are live. Four bytes a record, so that a
 * long backlog stays cheap. Guarded by the store's lock.
 */
final class SpoolFile {
    private final long number;
    private final Path path;
    private final boolean ofOnePayload;
    private int[] offsets = new int[8];
    private int[] lengths = new int[8];
    private int records;
    private final BitSet dead = new BitSet();
    private int liveRecords;
    private long liveBytes;
    private long occupiedBytes;
    private boolean sealed;

    /** @param ofOnePayload whether it holds the payload of one upload alone */
    SpoolFile(long number, Path path, boolean ofOnePayload) {
        this.number = number;
        this.path = path;
        this.ofOnePayload = ofOnePayload;
    }

    long number() {
        return number;
    }

    Path path() {
        return path;
    }

    boolean isOfOnePayload() {
        return ofOnePayload;
    }

    /** Notes a live record; records come in the order of their offsets, repeats are passed over. */
    void add(long offset, long length) {
        if (find(offset) >= 0) {
            return;
        }
        if (records == offsets.length) {
            offsets = Arrays.copyOf(offsets, records * 2);
            lengths = Arrays.copyOf(lengths, records * 2);
        }
        int place = records;
        while (place > 0 && offsets[place - 1] > offset) {
            offsets[place] = offsets[place - 1];
            lengths[place] = lengths[place - 1];
            place--;
        }
        offsets[place] = Math.toIntExact(offset);
        lengths[place] = (int) Math.min(length, Integer.MAX_VALUE);
        records++;
        liveRecords++;
        liveBytes += lengths[place];
        occupiedBytes += lengths[place];
    }

    /** Marks a record dead; returns whether it was live. */
    boolean drop(long offset) {
        int place = find(offset);
        if (place < 0 || dead.get(place)) {
            return false;
        }
        dead.set(place);
        liveRecords--;
        liveBytes -= lengths[place];
        return true;
    }

    boolean isLive(long offset) {
        int place = find(offset);
        return place >= 0 && !dead.get(place);
    }

    private int find(long offset) {
        return Arrays.binarySearch(offsets, 0, records, (int) offset);
    }

    /** Offset and length of each live record. */
    long[][] live() {
        long[][] live = new long[liveRecords][];
        int count = 0;
        for (int place = dead.nextClearBit(0); place < records; place = dead.nextClearBit(place + 1)) {
            live[count++] = new long[] {offsets[place], lengths[place]};
        }
        return live;
    }

    /** From now on nothing is appended. */
    void seal() {
        sealed = true;
    }

    boolean hasLive() {
        return liveRecords > 0;
    }

    boolean isFinished() {
        return sealed && liveRecords == 0;
    }

    /** Whether copying the live records alone gives most of the file's space back. */
    boolean isMostlyDead(long worthwhileBytes) {
        return sealed
                && !ofOnePayload
                && liveRecords > 0
                && occupiedBytes - liveBytes >= worthwhileBytes
                && liveBytes < occupiedBytes / 4;
    }

    /** The file was copied with its live records alone. */
    void compacted(long bytes) {
        occupiedBytes = bytes;
    }

    /** At start, when the dead ones are not known: what the file takes on the disk. */
    void occupies(long bytes) {
        occupiedBytes = bytes;
    }
}
