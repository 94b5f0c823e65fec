package io.saddlebag.files;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Refuses hard links to files that only the site's own user may read, such as its keys. Where the kernel lets everybody
 * link to everything (fs.protected_hardlinks=0) whoever drops files could have them sent that way.
 */
public final class SecondName {
    private static final int OTHERS_READ = 0044;

    private SecondName() {}

    /**
     * @param file whose name nobody else can change
     * @param path to name it by
     * @throws Refusal {@code BAD_FILE} when the file has other names, and neither group nor others may read it
     */
    public static void requireNone(Path file, String path) throws IOException {
        int names = (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
        if (names == 1) {
            return;
        }
        int mode = (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & OTHERS_READ) == 0) {
            throw new Refusal(
                    Refusal.Code.BAD_FILE,
                    "Expected a file of its own, found '" + Printable.of(path) + "', a second name of a file that only"
                            + " its owner may read. Copy the file instead");
        }
    }
}
