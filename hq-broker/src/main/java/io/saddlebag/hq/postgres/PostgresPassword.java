package io.saddlebag.hq.postgres;

import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.log.FaultText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The server's password, generated once and kept in a file of mode 0600 in libpq's format, so that {@code psql} reads it
 * too.
 *
 * @see <a href="https://www.postgresql.org/docs/17/libpq-pgpass.html">The password file</a>
 */
final class PostgresPassword {
    private static final int BYTES = 24;
    private static final String LINE_START = "127.0.0.1:*:*:" + PostgresServer.USER + ":";

    private final Path file;

    PostgresPassword(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    /** The password; made when there is none yet. */
    String value(SecureRandom random) throws PostgresException {
        try {
            if (!Files.exists(file)) {
                byte[] secret = new byte[BYTES];
                random.nextBytes(secret);
                String line =
                        LINE_START + Base64.getUrlEncoder().withoutPadding().encodeToString(secret) + "\n";
                PrivateFiles.replace(file, line.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            throw new PostgresException(
                    "Cannot keep the password of the embedded PostgreSQL in " + file + ": " + FaultText.of(e), e);
        }
        return read();
    }

    /** The password that was made before. */
    String read() throws PostgresException {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(LINE_START)) {
                    return line.substring(LINE_START.length());
                }
            }
        } catch (IOException e) {
            throw new PostgresException(
                    "Cannot read the password of the embedded PostgreSQL in " + file + ": " + FaultText.of(e), e);
        }
        throw new PostgresException(file + ": expected a line beginning with " + LINE_START
                + ", found none; put the file back from a backup");
    }
}
