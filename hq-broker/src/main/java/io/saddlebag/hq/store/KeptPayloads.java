package io.saddlebag.hq.store;

import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.io.OutputStream;

/** The sealed messages for a command that looks on: takes no lock, changes nothing. */
public interface KeptPayloads {
    /**
     * The digest of the sealed message, read whole.
     *
     * @throws java.nio.file.NoSuchFileException when its file is gone
     * @throws IOException when it is not whole
     */
    Sha256 digest(PayloadRef ref) throws IOException;

    /**
     * Writes the sealed message.
     *
     * @throws java.nio.file.NoSuchFileException when its file is gone
     * @throws IOException when it is not whole; a part of it may be written then
     */
    void copy(PayloadRef ref, OutputStream target) throws IOException;
}
