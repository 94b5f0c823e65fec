package io.saddlebag.hq.store.sql;

import io.saddlebag.hq.store.Home;
import io.saddlebag.hq.store.MessageStore.HeldDelivery;
import io.saddlebag.hq.store.MessageStore.Visitor;
import io.saddlebag.hq.store.PayloadRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Reads deliveries and the places of their payloads by COPY in its binary format. The database reads on while rows are
 * taken in, and a million of them are never in memory.
 *
 * @see <a href="https://www.postgresql.org/docs/17/sql-copy.html">COPY, Binary Format</a>
 */
final class HeldRows {
    /** Where a delivery's payload lies. */
    static final String PAYLOAD = "d.payload_file, d.payload_offset, d.manifest_length, d.body_length";

    /** The columns to select; the caller adds the condition. */
    static final String SELECT = "SELECT d.message_number, " + PAYLOAD + ", d.queue_name FROM delivery_held d WHERE ";

    private static final int HEADER_LENGTH = 19;
    private static final int TRAILER = -1;

    private HeldRows() {}

    /** A further condition on rows {@code d}: they are a node's own. None for the single headquarters, whose all rows are. */
    static String of(Home home) {
        return home.isNode() ? " AND d.node = " + home.node() + " AND d.node <> 0" : "";
    }

    /** @param first the index of the first of the columns {@link #PAYLOAD} */
    static PayloadRef payload(ResultSet row, int first) throws SQLException {
        return new PayloadRef(
                row.getLong(first), row.getLong(first + 1), row.getInt(first + 2), row.getLong(first + 3));
    }

    /** @throws IOException from the visitor; the rest is then not read */
    static void visit(Connection connection, String select, Visitor visitor) throws SQLException, IOException {
        CopyOut copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY (" + select + ") TO STDOUT (FORMAT binary)");
        Map<ByteBuffer, String> queues = new HashMap<>();
        try {
            boolean isFirst = true;
            for (byte[] bytes = copy.readFromCopy(); bytes != null; bytes = copy.readFromCopy()) {
                ByteBuffer row = ByteBuffer.wrap(bytes);
                if (isFirst) {
                    row.position(HEADER_LENGTH);
                    isFirst = false;
                }
                if (row.hasRemaining() && row.getShort() != TRAILER) {
                    visitor.visit(delivery(row, queues));
                }
            }
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private static HeldDelivery delivery(ByteBuffer row, Map<ByteBuffer, String> queues) {
        long messageNumber = bigint(row);
        long file = bigint(row);
        long offset = bigint(row);
        row.getInt();
        int manifestLength = row.getInt();
        long bodySize = bigint(row);
        ByteBuffer name = row.slice(row.position() + Integer.BYTES, row.getInt(row.position()));
        String queue = queues.get(name);
        if (queue == null) {
            queue = StandardCharsets.UTF_8.decode(name.duplicate()).toString();
            queues.put(name, queue);
        }
        return new HeldDelivery(messageNumber, queue, new PayloadRef(file, offset, manifestLength, bodySize));
    }

    private static long bigint(ByteBuffer row) {
        row.getInt();
        return row.getLong();
    }
}
