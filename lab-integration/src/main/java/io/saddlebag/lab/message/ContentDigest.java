package io.saddlebag.lab.message;

import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.log.ProgressLog;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.StreamDigest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The size and digest of a file, or of a folder's tar, read as a stream.
 *
 * @param size in bytes
 */
public record ContentDigest(long size, Sha256 sha256) {
    private static final int BUFFER = 128 * 1024;

    public static ContentDigest of(byte[] content) {
        return new ContentDigest(content.length, Sha256.of(content));
    }

    /**
     * Never follows a link.
     *
     * @throws io.saddlebag.message.Refusal when it is neither file nor folder, or cannot be read
     */
    public static ContentDigest of(Path file) throws IOException {
        try (InputStream in = FolderTar.open(file)) {
            return of(in, isFolder(file) ? Long.MAX_VALUE : Files.size(file));
        }
    }

    /**
     * As {@link #of(Path)}, of one that is compared with another.
     *
     * @param subject names it in the log when it takes long
     */
    public static ContentDigest of(Path file, String subject) throws IOException {
        long size = isFolder(file) ? ProgressLog.UNKNOWN : Files.size(file);
        try (InputStream in = new ProgressLog(subject, "comparing", size).counting(FolderTar.open(file))) {
            return of(in, size < 0 ? Long.MAX_VALUE : size);
        }
    }

    private static boolean isFolder(Path file) {
        return Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** @param expected about how many bytes there are */
    public static ContentDigest of(InputStream in, long expected) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        try (StreamDigest digest = new StreamDigest(expected)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                size += read;
            }
            return new ContentDigest(size, digest.sha256());
        }
    }
}
