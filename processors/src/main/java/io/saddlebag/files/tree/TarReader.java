package io.saddlebag.files.tree;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a tar entry by entry: POSIX ustar with pax extended headers (IEEE Std 1003.1), and of that files and folders
 * only. Strict, because it reads what comes from elsewhere: links, devices, sparse files, other vendors' formats, a
 * header whose sum is wrong, a missing end and anything behind the end are refused. Holds one header of at most
 * {@value TarFormat#MAX_PAX} bytes in memory. For one thread.
 */
final class TarReader {
    private static final int BUFFER = 64 * 1024;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private long left;
    private int padding;

    /**
     * An entry as a tar names it, not yet judged.
     *
     * @param path as in the tar, without the slash that ends a folder's
     * @param size in bytes; 0 for a folder
     */
    record Entry(String path, boolean isFolder, long size) {}

    /** @param in read without a buffer of its own, a block at a time */
    TarReader(InputStream in) {
        this.in = in;
    }

    /**
     * The next entry, whatever was left of the one before; null at the end, which was then read to its last byte.
     *
     * @throws Refusal {@code MALFORMED} when it is no such tar or cut short, {@code BAD_FILE} for a link or device
     */
    Entry next() throws IOException {
        copyTo(OutputStream.nullOutputStream());
        PaxRecords pax = null;
        byte[] block = block();
        if (isZero(block, block.length)) {
            requireEnd();
            return null;
        }
        requireHeader(block);
        if (block[TarFormat.TYPE] == TarFormat.PAX) {
            pax = extended(block);
            block = block();
            requireHeader(block);
        }
        return entry(block, pax);
    }

    /** Copies what is left of the entry's content, to its last byte. */
    void copyTo(OutputStream out) throws IOException {
        while (left > 0) {
            int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                throw cutShort();
            }
            out.write(buffer, 0, read);
            left -= read;
        }
        if (padding > 0) {
            readFully(buffer, padding);
            padding = 0;
        }
    }

    private Entry entry(byte[] block, PaxRecords pax) {
        Entry entry = read(block, pax);
        left = entry.size();
        padding = TarFormat.padding(entry.size());
        return entry;
    }

    /** The entry of a header, maybe with the extended header before it. */
    static Entry read(byte[] block, PaxRecords pax) {
        char type = (char) (block[TarFormat.TYPE] & 0xFF);
        String path = pax == null || pax.path() == null ? path(block) : pax.path();
        boolean isFolder = type == TarFormat.FOLDER;
        if (!isFolder && type != TarFormat.FILE && type != TarFormat.OLD_FILE) {
            throw notAFile(type, path);
        }
        long size = pax == null || pax.size() < 0 ? octal(block, TarFormat.SIZE, TarFormat.SIZE_LENGTH) : pax.size();
        if (isFolder && size > 0) {
            throw TarFormat.malformed("the folder '" + Printable.of(path) + "' with a content");
        }
        boolean endsInSlash = isFolder && path.endsWith("/");
        return new Entry(endsInSlash ? path.substring(0, path.length() - 1) : path, isFolder, size);
    }

    private static Refusal notAFile(char type, String path) {
        String kind =
                switch (type) {
                    case '1' -> "a hard link";
                    case '2' -> "a symbolic link";
                    case '3', '4' -> "a device";
                    case '6' -> "a pipe";
                    default -> "an entry of type '" + Printable.of(String.valueOf(type)) + "'";
                };
        return new Refusal(
                Refusal.Code.BAD_FILE,
                "Expected files and folders only in the tar, found " + kind + " at '" + Printable.of(path)
                        + "'. The sender must leave it out");
    }

    private PaxRecords extended(byte[] block) throws IOException {
        byte[] records = new byte[extendedSize(block)];
        readFully(records, records.length);
        readFully(buffer, TarFormat.padding(records.length));
        return PaxRecords.of(records);
    }

    /** The size of the extended header that follows this header. */
    static int extendedSize(byte[] block) {
        long size = octal(block, TarFormat.SIZE, TarFormat.SIZE_LENGTH);
        if (size > TarFormat.MAX_PAX) {
            throw TarFormat.malformed("an extended header of " + size + " bytes, more than " + TarFormat.MAX_PAX);
        }
        return (int) size;
    }

    static void requireHeader(byte[] block) {
        if (octal(block, TarFormat.CHECKSUM, TarFormat.CHECKSUM_LENGTH) != TarFormat.checksum(block)) {
            throw TarFormat.malformed("a header whose sum is wrong");
        }
        byte[] magic = TarFormat.USTAR.getBytes(StandardCharsets.US_ASCII);
        if (!Arrays.equals(block, TarFormat.MAGIC, TarFormat.MAGIC + magic.length, magic, 0, magic.length)) {
            throw TarFormat.malformed("another kind of tar");
        }
    }

    private static String path(byte[] block) {
        String name = text(block, TarFormat.NAME, TarFormat.NAME_LENGTH);
        String prefix = text(block, TarFormat.PREFIX, TarFormat.PREFIX_LENGTH);
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    private static String text(byte[] block, int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return TarFormat.text(block, offset, end);
    }

    /** Digits, maybe after spaces, to the first NUL or space or the field's end; nothing at all is 0. */
    private static long octal(byte[] block, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end && block[at] == ' ') {
            at++;
        }
        long value = 0;
        for (; at < end && block[at] != 0 && block[at] != ' '; at++) {
            int digit = block[at] - '0';
            if (digit < 0 || digit > 7) {
                throw TarFormat.malformed("a number that is not octal");
            }
            value = value * 8 + digit;
        }
        return value;
    }

    private void requireEnd() throws IOException {
        if (!isZero(block(), TarFormat.BLOCK)) {
            throw TarFormat.malformed("one block of zeros where two end it");
        }
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            if (!isZero(buffer, read)) {
                throw TarFormat.malformed("more behind its end");
            }
        }
    }

    static boolean isZero(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private byte[] block() throws IOException {
        byte[] block = new byte[TarFormat.BLOCK];
        readFully(block, block.length);
        return block;
    }

    private void readFully(byte[] target, int length) throws IOException {
        if (in.readNBytes(target, 0, length) < length) {
            throw cutShort();
        }
    }

    static Refusal cutShort() {
        return new Refusal(
                Refusal.Code.MALFORMED,
                "Expected a tar to its end (two blocks of zeros), found it cut short. The sender must send it again",
                new EOFException());
    }
}
