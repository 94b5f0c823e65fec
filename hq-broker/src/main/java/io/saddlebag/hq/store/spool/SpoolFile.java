package io.saddlebag.hq.store.spool;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The records of one spool file: where each begins and which of them are live. Eight bytes a record, so that a long
 * backlog stays cheap. Guarded by the store's lock.
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
    private boolean copyPlanned;
    private boolean copied;
    private boolean ordered = true;
    private long sizeAtStart;

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

    /**
     * Notes a live record. Those that are put come in the order of their offsets; at a start they come in any, and those
     * for several receivers several times.
     *
     * @throws IllegalStateException when the file was copied without it, or one was dropped and it does not come behind all
     */
    void add(long offset, long length) {
        boolean isBehindAll = records == 0 || offset > offsets[records - 1];
        if (copied || !(isBehindAll || dead.isEmpty())) {
            throw new IllegalStateException("Expected to be told all that counts in " + path
                    + " before it is cleaned, found a record at " + offset + " afterwards");
        }
        if (records == offsets.length) {
            offsets = Arrays.copyOf(offsets, records * 2);
            lengths = Arrays.copyOf(lengths, records * 2);
        }
        ordered &= isBehindAll;
        append(Math.toIntExact(offset), (int) Math.min(length, Integer.MAX_VALUE));
    }

    private void append(int offset, int length) {
        offsets[records] = offset;
        lengths[records] = length;
        records++;
        liveRecords++;
        liveBytes += length;
        occupiedBytes += length;
    }

    /** Before anything is dropped or asked: what came at a start is sorted, each once. */
    private void order() {
        if (ordered) {
            return;
        }
        long[] found = new long[records];
        for (int place = 0; place < records; place++) {
            found[place] = (long) offsets[place] << Integer.SIZE | lengths[place];
        }
        Arrays.sort(found);
        records = 0;
        liveRecords = 0;
        liveBytes = 0;
        occupiedBytes = 0;
        ordered = true;
        for (long each : found) {
            int offset = (int) (each >>> Integer.SIZE);
            if (records == 0 || offset != offsets[records - 1]) {
                append(offset, (int) each);
            }
        }
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
        order();
        return Arrays.binarySearch(offsets, 0, records, (int) offset);
    }

    long liveBytes() {
        return liveBytes;
    }

    long occupiedBytes() {
        return occupiedBytes;
    }

    /** Offset and length of each live record. */
    long[][] live() {
        order();
        long[][] live = new long[liveRecords][];
        int count = 0;
        for (int place = dead.nextClearBit(0); place < records; place = dead.nextClearBit(place + 1)) {
            live[count++] = new long[] {offsets[place], lengths[place]};
        }
        return live;
    }

    /** At start: how long the file is. */
    void foundWith(long size) {
        sizeAtStart = size;
    }

    /** How long an earlier run has left the file, in bytes; 0 when it is of this run. */
    long sizeAtStart() {
        return sizeAtStart;
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

    /** True when copying the live records alone frees most of the file's space. */
    boolean isMostlyDead(long worthwhileBytes) {
        order();
        return sealed
                && !ofOnePayload
                && liveRecords > 0
                && occupiedBytes - liveBytes >= worthwhileBytes
                && liveBytes < occupiedBytes / 4;
    }

    /** Marks it for a copy of its live records alone; false when it was marked before. */
    boolean plansCopy() {
        boolean isNew = !copyPlanned;
        copyPlanned = true;
        return isNew;
    }

    /** From now on another copy may be planned. */
    void copyBegins() {
        copyPlanned = false;
    }

    /** The file was copied with its live records alone. */
    void compacted(long bytes) {
        copied = true;
        occupiedBytes = bytes;
    }

    /** At start, when the dead ones are not known: what the file takes on the disk. */
    void occupies(long bytes) {
        order();
        occupiedBytes = bytes;
    }
}
