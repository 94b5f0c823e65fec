package io.saddlebag.hq.store.sql;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * Rows in PostgreSQL's binary COPY format, collected in memory. Not thread-safe.
 *
 * @see <a href="https://www.postgresql.org/docs/17/sql-copy.html">COPY, Binary Format</a>
 */
final class BinaryRows {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final int NO_FLAGS = 0;
    private static final int NULL_LENGTH = -1;
    private static final int TRAILER = -1;
    /** Timestamps count microseconds from 2000-01-01T00:00:00Z. */
    private static final long EPOCH_SECONDS = 946_684_800L;

    private final int columns;
    private byte[] bytes;
    private int length;

    BinaryRows(int columns, int expectedBytes) {
        this.columns = columns;
        this.bytes = new byte[expectedBytes];
        room(SIGNATURE.length);
        System.arraycopy(SIGNATURE, 0, bytes, 0, SIGNATURE.length);
        length = SIGNATURE.length;
        putInt(NO_FLAGS);
        putInt(0);
    }

    /** Begins a row; the columns' values follow in order. */
    BinaryRows row() {
        putShort(columns);
        return this;
    }

    BinaryRows bigint(long value) {
        putInt(Long.BYTES);
        putLong(value);
        return this;
    }

    BinaryRows text(String value) {
        return bytea(value.getBytes(StandardCharsets.UTF_8));
    }

    /** A timestamptz; null for NULL. */
    BinaryRows timestamp(Instant value) {
        if (value == null) {
            putInt(NULL_LENGTH);
            return this;
        }
        return bigint((value.getEpochSecond() - EPOCH_SECONDS) * 1_000_000L + value.getNano() / 1_000);
    }

    BinaryRows bytea(byte[] value) {
        putInt(value.length);
        room(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return this;
    }

    /** Ends the rows; nothing may be added. */
    BinaryRows end() {
        putShort(TRAILER);
        return this;
    }

    byte[] array() {
        return bytes;
    }

    int length() {
        return length;
    }

    private void putShort(int value) {
        room(Short.BYTES);
        bytes[length++] = (byte) (value >>> 8);
        bytes[length++] = (byte) value;
    }

    private void putInt(int value) {
        room(Integer.BYTES);
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (value >>> shift);
        }
    }

    private void putLong(long value) {
        putInt((int) (value >>> 32));
        putInt((int) value);
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
