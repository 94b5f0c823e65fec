package io.saddlebag.cli.demo;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.seal.AgeFile;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.CryptoProviders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A sealed message as headquarters keeps it: copied out of its spool while it is there, found by the size and digest in
 * headquarters' records. For one thread.
 */
final class SealedCopy {
    private static final byte[] FIRST_LINE = "age-encryption.org/v1\n".getBytes(StandardCharsets.US_ASCII);

    private final Path spool;
    private final Path file;
    private boolean isTaken;

    /** @param file where the copy goes */
    SealedCopy(Path spool, Path file) {
        this.spool = spool;
        this.file = file;
    }

    Path file() {
        return file;
    }

    boolean isTaken() {
        return isTaken;
    }

    /** Takes it when the spool has it now, which is soon after its commit until soon after its last acknowledgement. */
    void take(HqRecords.SealedBody body) throws IOException {
        try (Stream<Path> files = Files.list(spool)) {
            for (Path each : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                takeFrom(each, body);
            }
        }
    }

    private void takeFrom(Path segment, HqRecords.SealedBody body) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(segment);
        } catch (NoSuchFileException gone) {
            return;
        }
        int size = Math.toIntExact(body.size());
        for (int at = 0; at + size <= bytes.length && !isTaken; at++) {
            if (Arrays.equals(bytes, at, at + FIRST_LINE.length, FIRST_LINE, 0, FIRST_LINE.length)) {
                byte[] sealed = Arrays.copyOfRange(bytes, at, at + size);
                if (Sha256.of(sealed).equals(body.sha256())) {
                    AtomicFiles.replace(file, sealed);
                    isTaken = true;
                }
            }
        }
    }

    /**
     * True when it opens with the keys of this age identity file and holds these bytes.
     *
     * @throws IOException when it opens and holds others
     */
    boolean opensWith(Path identity, byte[] content) throws IOException {
        List<AgeIdentity> keys = AgeIdentity.load(identity);
        ByteArrayOutputStream opened = new ByteArrayOutputStream();
        try (InputStream sealed = Files.newInputStream(file)) {
            new AgeFile(CryptoProviders.choose()).open(sealed, keys, opened);
        } catch (Refusal refusal) {
            return false;
        }
        byte[] message = opened.toByteArray();
        int from = message.length - content.length;
        if (from < 0 || !Arrays.equals(message, from, message.length, content, 0, content.length)) {
            throw new IOException(file + " opens with " + identity + " and is not the file that was dropped");
        }
        return true;
    }
}
