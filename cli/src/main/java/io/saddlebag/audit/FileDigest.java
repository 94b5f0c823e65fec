package io.saddlebag.audit;

import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/** Reads a file, or a folder as it travels, for its digest; as a stream. */
final class FileDigest {
    private static final int BUFFER = 256 * 1024;

    private FileDigest() {}

    /**
     * Never follows a link.
     *
     * @return empty when it is nothing that travels: a link, a device, a folder with one of these in it
     */
    static Optional<Sha256> of(Path path) throws IOException {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        MessageDigest digest = Sha256.newDigest(Long.MAX_VALUE);
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = FolderTar.open(path)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        } catch (Refusal e) {
            return Optional.empty();
        }
        return Optional.of(Sha256.ofDigest(digest.digest()));
    }
}
