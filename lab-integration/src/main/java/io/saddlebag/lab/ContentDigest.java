package io.saddlebag.lab;

import io.saddlebag.folder.FolderTar;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * The size and digest of a file, or of a folder's tar, read as a stream.
 *
 * @param size in bytes
 */
record ContentDigest(long size, Sha256 sha256) {
    private static final int BUFFER = 64 * 1024;

    static ContentDigest of(byte[] content) {
        return new ContentDigest(content.length, Sha256.of(content));
    }

    /** Never follows a link. */
    static ContentDigest of(Path file) throws IOException {
        boolean isFolder = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
        MessageDigest digest = Sha256.newDigest(isFolder ? Long.MAX_VALUE : Files.size(file));
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        try (InputStream in = FolderTar.open(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                size += read;
            }
        }
        return new ContentDigest(size, Sha256.ofDigest(digest.digest()));
    }
}
