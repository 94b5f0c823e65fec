package io.saddlebag.audit;

import io.saddlebag.folder.FolderTar;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;

/** Reads a file, or a folder as the tar that it travels as, for its digest; as a stream. */
public final class FileDigest {
    private static final int BUFFER = 256 * 1024;

    private FileDigest() {}

    /** Never follows a link. */
    public static Sha256 of(Path file) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = FolderTar.open(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return Sha256.ofDigest(digest.digest());
    }
}
