package io.saddlebag.hq.store.spool;

import io.saddlebag.hq.store.KeptPayloads;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/**
 * Reads payloads while the headquarters that owns the spool may drop one at any moment. Takes no lock, changes nothing.
 *
 * @param folder the spool's
 */
public record SpoolReader(Path folder) implements KeptPayloads {
    /** Each part against its checksum. */
    @Override
    public Sha256 digest(PayloadRef ref) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        try (FileChannel file = FileChannel.open(file(ref), StandardOpenOption.READ)) {
            PayloadRecord.readManifest(file, ref);
            for (int part = 0; part < Manifest.partsOf(ref.bodyLength()); part++) {
                digest.update(PayloadRecord.readPart(file, ref, part));
            }
        }
        return Sha256.ofDigest(digest.digest());
    }

    /** Each part after its checksum held. */
    @Override
    public void copy(PayloadRef ref, OutputStream target) throws IOException {
        try (FileChannel file = FileChannel.open(file(ref), StandardOpenOption.READ)) {
            PayloadRecord.readManifest(file, ref);
            for (int part = 0; part < Manifest.partsOf(ref.bodyLength()); part++) {
                target.write(PayloadRecord.readPart(file, ref, part));
            }
        }
    }

    private Path file(PayloadRef ref) {
        Path segment = folder.resolve(ref.file() + ".segment");
        return Files.exists(segment) ? segment : folder.resolve(ref.file() + ".payload");
    }
}
