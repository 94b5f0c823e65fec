package io.saddlebag.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * How a file looked from outside; when that changes, somebody has written to it.
 *
 * @param size in bytes
 * @param modified when it was last written to, in microseconds, which every file system copies alike
 */
record FileLook(long size, Instant modified) {
    FileLook {
        Objects.requireNonNull(modified, "modified");
    }

    static FileLook of(BasicFileAttributes attributes) {
        return new FileLook(
                attributes.size(), attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.MICROS));
    }

    /** Never follows a link. */
    static FileLook of(Path file) throws IOException {
        return of(Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    }
}
