package io.saddlebag.audit;

import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a file, or a folder as it travels, for its digest; as a stream. */
final class FileDigest {
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
        try (InputStream in = FolderTar.open(path)) {
            return Optional.of(Sha256.of(in, Long.MAX_VALUE));
        } catch (Refusal e) {
            return Optional.empty();
        }
    }
}
