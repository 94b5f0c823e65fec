package io.saddlebag.hq.store.rows;

import java.io.DataOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.util.ByteStreamWriter;

/**
 * Payloads of one part as rows of {@code payload_part}, in PostgreSQL's binary COPY format. Their bytes go to the
 * connection as they are, without a copy in memory.
 *
 * @see <a href="https://www.postgresql.org/docs/17/sql-copy.html">COPY, Binary Format</a>
 */
final class PayloadCopy implements ByteStreamWriter {
    private static final String COPY =
            "COPY payload_part (payload_file, part, message_number, bytes) FROM STDIN (FORMAT binary)";
    private static final byte[] HEAD = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };
    private static final int COLUMNS = 4;
    private static final int ROW_BYTES =
            Short.BYTES + COLUMNS * Integer.BYTES + Long.BYTES + Integer.BYTES + Long.BYTES;
    private static final int TRAILER = -1;

    private final List<Row> rows = new ArrayList<>();
    private int length = HEAD.length + Short.BYTES;

    /** @param manifestLength where in {@code sealed} the bytes begin that are kept */
    private record Row(long file, long messageNumber, byte[] sealed, int manifestLength) {
        int bodyLength() {
            return sealed.length - manifestLength;
        }
    }

    void add(long file, long messageNumber, byte[] sealed, int manifestLength) {
        Row row = new Row(file, messageNumber, sealed, manifestLength);
        rows.add(row);
        length = Math.addExact(length, ROW_BYTES + row.bodyLength());
    }

    /** Inserts what was added, within the connection's transaction. */
    void insert(Connection connection) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try {
            connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY, this);
        } catch (IOException e) {
            throw new SQLException("Cannot send payloads to PostgreSQL: " + e.getMessage(), "08006", e);
        }
    }

    @Override
    public int getLength() {
        return length;
    }

    @Override
    public void writeTo(ByteStreamTarget target) throws IOException {
        DataOutputStream out = new DataOutputStream(target.getOutputStream());
        out.write(HEAD);
        for (Row row : rows) {
            out.writeShort(COLUMNS);
            out.writeInt(Long.BYTES);
            out.writeLong(row.file());
            out.writeInt(Integer.BYTES);
            out.writeInt(1);
            out.writeInt(Long.BYTES);
            out.writeLong(row.messageNumber());
            out.writeInt(row.bodyLength());
            out.write(row.sealed(), row.manifestLength(), row.bodyLength());
        }
        out.writeShort(TRAILER);
    }
}
