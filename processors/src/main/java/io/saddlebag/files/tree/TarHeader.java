package io.saddlebag.files.tree;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The header of one entry as {@link FolderTar} writes it: modes, owners and times are always the same, so that the same
 * names and contents make the same bytes. A pax extended header before it holds a name that is long or not ASCII, and a
 * size from 8 GiB on. All bytes are those of GNU tar, so that anyone can make the same tar (docs/formats.md).
 */
final class TarHeader {
    private static final String PAX_NAME = "PaxHeaders/entry";
    private static final String FILE_MODE = "0000644\0";
    private static final String FOLDER_MODE = "0000755\0";
    private static final String ZERO = "0000000\0";

    private TarHeader() {}

    /** One block, or more with an extended header. */
    static byte[] of(FolderWalk.Entry entry) {
        String path = entry.isFolder() ? entry.path() + "/" : entry.path();
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        boolean isPlain = name.length <= TarFormat.NAME_LENGTH && name.length == path.length() && isAscii(name);
        boolean isLarge = entry.size() > TarFormat.MAX_OCTAL_SIZE;
        char type = entry.isFolder() ? TarFormat.FOLDER : TarFormat.FILE;
        byte[] block = block(name, isLarge ? 0 : entry.size(), type, entry.isFolder() ? FOLDER_MODE : FILE_MODE);
        if (isPlain && !isLarge) {
            return block;
        }
        ByteArrayOutputStream pax = new ByteArrayOutputStream();
        if (!isPlain) {
            pax.writeBytes(record(TarFormat.PAX_PATH, path));
        }
        if (isLarge) {
            pax.writeBytes(record(TarFormat.PAX_SIZE, Long.toString(entry.size())));
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(block(PAX_NAME.getBytes(StandardCharsets.US_ASCII), pax.size(), TarFormat.PAX, FILE_MODE));
        all.writeBytes(pax.toByteArray());
        all.writeBytes(new byte[TarFormat.padding(pax.size())]);
        all.writeBytes(block);
        return all.toByteArray();
    }

    private static boolean isAscii(byte[] name) {
        for (byte each : name) {
            if (each < 0) {
                return false;
            }
        }
        return true;
    }

    private static byte[] block(byte[] name, long size, char type, String mode) {
        byte[] block = new byte[TarFormat.BLOCK];
        // Where it is cut, or not ASCII, the extended header has the whole name.
        System.arraycopy(name, 0, block, TarFormat.NAME, Math.min(name.length, TarFormat.NAME_LENGTH));
        put(block, TarFormat.MODE, mode);
        put(block, TarFormat.UID, ZERO);
        put(block, TarFormat.GID, ZERO);
        put(block, TarFormat.SIZE, octal(size, TarFormat.SIZE_LENGTH - 1) + "\0");
        put(block, TarFormat.MTIME, octal(0, TarFormat.SIZE_LENGTH - 1) + "\0");
        block[TarFormat.TYPE] = (byte) type;
        put(block, TarFormat.MAGIC, TarFormat.USTAR);
        if (type != TarFormat.PAX) {
            put(block, TarFormat.DEVICE_MAJOR, ZERO);
            put(block, TarFormat.DEVICE_MINOR, ZERO);
        }
        put(block, TarFormat.CHECKSUM, octal(TarFormat.checksum(block), TarFormat.CHECKSUM_LENGTH - 2) + "\0 ");
        return block;
    }

    private static void put(byte[] block, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, block, offset, bytes.length);
    }

    private static String octal(long value, int digits) {
        String octal = Long.toOctalString(value);
        return "0".repeat(digits - octal.length()) + octal;
    }

    /** {@code "<length> <key>=<value>\n"}, the length that of the whole record, its own digits included. */
    private static byte[] record(String key, String value) {
        byte[] rest = (" " + key + "=" + value + "\n").getBytes(StandardCharsets.UTF_8);
        int length = rest.length + 1;
        while (Integer.toString(length).length() + rest.length != length) {
            length = Integer.toString(length).length() + rest.length;
        }
        byte[] digits = Integer.toString(length).getBytes(StandardCharsets.US_ASCII);
        byte[] record = Arrays.copyOf(digits, length);
        System.arraycopy(rest, 0, record, digits.length, rest.length);
        return record;
    }
}
