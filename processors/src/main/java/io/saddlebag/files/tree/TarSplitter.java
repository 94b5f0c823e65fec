package io.saddlebag.files.tree;

import io.saddlebag.message.Refusal;
import java.io.IOException;

/**
 * Reads a tar as its bytes come, as strictly as {@link FolderUnpacker} does but for its end, and gives its entries and their
 * contents. Holds one header of at most {@value TarFormat#MAX_PAX} bytes. For one thread.
 */
public abstract class TarSplitter {
    private final byte[] block = new byte[TarFormat.BLOCK];
    private int blockLength;
    private byte[] records;
    private int recordsLength;
    private PaxRecords pax;
    private boolean isInContent;
    private long left;
    private int padding;
    private boolean hasEnded;

    /**
     * An entry begins.
     *
     * @param path as in the tar, not judged
     * @param size in bytes; 0 for a folder
     */
    protected abstract void entry(String path, boolean isFolder, long size) throws IOException;

    /** Some bytes of the file that has begun. */
    protected abstract void content(byte[] bytes, int offset, int length) throws IOException;

    /** The file that has begun is whole. */
    protected abstract void endOfFile() throws IOException;

    /** @throws Refusal {@code MALFORMED} or {@code BAD_FILE} when it is no such tar */
    public final void update(byte[] bytes, int offset, int length) throws IOException {
        int end = offset + length;
        for (int at = offset; at < end; ) {
            at += take(bytes, at, end - at);
        }
    }

    private int take(byte[] bytes, int at, int available) throws IOException {
        if (hasEnded) {
            return available;
        }
        if (isInContent) {
            int taken = (int) Math.min(left, available);
            content(bytes, at, taken);
            left -= taken;
            if (left == 0) {
                isInContent = false;
                endOfFile();
            }
            return taken;
        }
        if (padding > 0) {
            int taken = Math.min(padding, available);
            padding -= taken;
            return taken;
        }
        if (records != null) {
            int taken = Math.min(records.length - recordsLength, available);
            System.arraycopy(bytes, at, records, recordsLength, taken);
            recordsLength += taken;
            if (recordsLength == records.length) {
                pax = PaxRecords.of(records);
                padding = TarFormat.padding(records.length);
                records = null;
            }
            return taken;
        }
        int taken = Math.min(TarFormat.BLOCK - blockLength, available);
        System.arraycopy(bytes, at, block, blockLength, taken);
        blockLength += taken;
        if (blockLength == TarFormat.BLOCK) {
            blockLength = 0;
            header();
        }
        return taken;
    }

    private void header() throws IOException {
        if (TarReader.isZero(block, TarFormat.BLOCK)) {
            hasEnded = true;
            return;
        }
        TarReader.requireHeader(block);
        if (block[TarFormat.TYPE] == TarFormat.PAX && pax == null) {
            records = new byte[TarReader.extendedSize(block)];
            recordsLength = 0;
            return;
        }
        TarReader.Entry entry = TarReader.read(block, pax);
        pax = null;
        entry(entry.path(), entry.isFolder(), entry.size());
        left = entry.size();
        padding = TarFormat.padding(entry.size());
        isInContent = left > 0;
        if (!isInContent && !entry.isFolder()) {
            endOfFile();
        }
    }

    /**
     * After the last byte.
     *
     * @throws Refusal {@code MALFORMED} when the tar is cut short
     */
    public final void end() {
        if (!hasEnded) {
            throw TarReader.cutShort();
        }
    }
}
