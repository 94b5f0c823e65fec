package io.saddlebag.hq.store.rows;

import io.saddlebag.hq.store.KeptPayloads;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Reads payloads as a snapshot of the database has them, a part at a time.
 *
 * @param snapshot without autocommit, so that rows come as they are read
 */
public record RowsReader(Connection snapshot) implements KeptPayloads {
    private static final String PARTS =
            "SELECT part, bytes FROM payload_part WHERE payload_file = ? AND part > 0 ORDER BY part";

    @FunctionalInterface
    private interface Part {
        void take(byte[] bytes) throws IOException;
    }

    @Override
    public Sha256 digest(PayloadRef ref) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        read(ref, digest::update);
        return Sha256.ofDigest(digest.digest());
    }

    @Override
    public void copy(PayloadRef ref, OutputStream target) throws IOException {
        read(ref, target::write);
    }

    private void read(PayloadRef ref, Part to) throws IOException {
        long length = 0;
        int parts = 0;
        try (PreparedStatement select = snapshot.prepareStatement(PARTS)) {
            select.setFetchSize(1);
            select.setLong(1, ref.file());
            try (ResultSet row = select.executeQuery()) {
                while (row.next() && row.getInt(1) == parts + 1) {
                    byte[] bytes = row.getBytes(2);
                    parts++;
                    length += bytes.length;
                    to.take(bytes);
                }
            }
        } catch (SQLException e) {
            throw new IOException("payload_part cannot be read: " + e.getMessage(), e);
        }
        if (length != ref.bodyLength()) {
            throw new IOException("expected " + ref.bodyLength() + " bytes of payload_file " + ref.file()
                    + " in payload_part, found " + length + " in " + parts + " parts");
        }
    }
}
