package io.saddlebag.hq.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Byte for byte by PostgreSQL's description; that the server takes them is shown by the stores' tests. */
class BinaryRowsTest {
    private static final int HEADER = 19;

    private static ByteBuffer bytes(BinaryRows rows) {
        return ByteBuffer.wrap(Arrays.copyOf(rows.array(), rows.length()));
    }

    @Test
    void beginsWithTheSignatureAndEndsWithTheTrailer() {
        ByteBuffer bytes = bytes(new BinaryRows(1, 1).end());
        byte[] signature = new byte[11];
        bytes.get(signature);
        assertThat(signature).isEqualTo("PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(bytes.getInt()).isZero();
        assertThat(bytes.getInt()).isZero();
        assertThat(bytes.getShort()).isEqualTo((short) -1);
        assertThat(bytes.hasRemaining()).isFalse();
    }

    @Test
    void writesEachValueWithItsLength() {
        ByteBuffer bytes = bytes(new BinaryRows(3, 1)
                .row()
                .bigint(-2)
                .text("\u00e4b")
                .bytea(new byte[] {9})
                .end());
        bytes.position(HEADER);
        assertThat(bytes.getShort()).isEqualTo((short) 3);
        assertThat(bytes.getInt()).isEqualTo(8);
        assertThat(bytes.getLong()).isEqualTo(-2);
        assertThat(bytes.getInt()).isEqualTo(3);
        byte[] text = new byte[3];
        bytes.get(text);
        assertThat(new String(text, StandardCharsets.UTF_8)).isEqualTo("\u00e4b");
        assertThat(bytes.getInt()).isEqualTo(1);
        assertThat(bytes.get()).isEqualTo((byte) 9);
    }

    @Test
    void countsMicrosecondsFromTheYear2000AndMarksNull() {
        ByteBuffer bytes = bytes(new BinaryRows(3, 64)
                .row()
                .timestamp(Instant.parse("2000-01-01T00:00:01.000002999Z"))
                .timestamp(Instant.parse("1999-12-31T23:59:59Z"))
                .timestamp(null));
        bytes.position(HEADER + Short.BYTES);
        assertThat(bytes.getInt()).isEqualTo(8);
        assertThat(bytes.getLong()).isEqualTo(1_000_002);
        assertThat(bytes.getInt()).isEqualTo(8);
        assertThat(bytes.getLong()).isEqualTo(-1_000_000);
        assertThat(bytes.getInt()).isEqualTo(-1);
    }
}
