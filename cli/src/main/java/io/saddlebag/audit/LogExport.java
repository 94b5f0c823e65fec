package io.saddlebag.audit;

import io.saddlebag.hq.HqDatabase;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;

/** Writes headquarters' whole log into a file, as docs/formats.md describes it. For one thread. */
public final class LogExport {
    private static final int FETCH = 100;

    private LogExport() {}

    /**
     * Writes the head, then each leaf, as they are together at one moment.
     *
     * @param file a new file
     * @return how many leaves there are
     * @throws IOException when the log cannot be read, or there is such a file already
     */
    public static long write(SiteHome home, Path file) throws IOException, SiteStartException {
        try (HqDatabase database = HqDatabase.openToRead(home);
                Connection snapshot = database.snapshot()) {
            byte[] head = head(home, snapshot);
            try (OutputStream out =
                    new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW))) {
                out.write(head);
                out.write('\n');
                return writeLeaves(snapshot, out);
            }
        } catch (SQLException e) {
            throw new IOException(
                    home.folder() + ": expected headquarters' log, found " + e.getMessage()
                            + ". Start this version of headquarters once; it makes the tables",
                    e);
        }
    }

    private static byte[] head(SiteHome home, Connection snapshot) throws SQLException, IOException {
        try (PreparedStatement select = snapshot.prepareStatement("SELECT head FROM log_head");
                ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw new IOException(home.folder() + ": expected a log with a signed head, found none yet. Let"
                        + " headquarters run for half a minute");
            }
            return row.getBytes(1);
        }
    }

    private static long writeLeaves(Connection snapshot, OutputStream out) throws SQLException, IOException {
        long count = 0;
        try (PreparedStatement select =
                snapshot.prepareStatement("SELECT leaf_index, entry, digests FROM log_entry ORDER BY leaf_index")) {
            select.setFetchSize(FETCH);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Base64.Encoder base64 = Base64.getEncoder();
                    String line = row.getLong(1) + " " + base64.encodeToString(row.getBytes(2)) + " "
                            + base64.encodeToString(row.getBytes(3)) + "\n";
                    out.write(line.getBytes(StandardCharsets.US_ASCII));
                    count++;
                }
            }
        }
        return count;
    }
}
