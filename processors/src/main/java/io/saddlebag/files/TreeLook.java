package io.saddlebag.files;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.function.Predicate;

/**
 * A summary of the files below a folder. When a file comes, goes, grows or is written to, at least one of the two
 * values changes. Reads no file and follows no link; memory does not grow with the content. Does not look below {@value
 * #DEEPEST} folders.
 *
 * @param fingerprint of every path, size and time; not a cryptographic one
 * @param modified the newest time in it
 */
public record TreeLook(long fingerprint, Instant modified) {
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    /** Each level holds a folder open. */
    private static final int DEEPEST = 64;

    /**
     * @param passedOver true of the paths within the folder that do not belong to it, each with all below
     * @throws IOException when the folder is not there, or no folder
     */
    public static TreeLook of(HeldFolder parent, Path name, Predicate<String> passedOver) throws IOException {
        return of(parent, name, new Sum(passedOver, true));
    }

    /**
     * As {@link #of}, but the times of folders do not count: a new entry that does not belong to a folder changes them
     * too.
     */
    public static TreeLook ofFiles(HeldFolder parent, Path name, Predicate<String> passedOver) throws IOException {
        return of(parent, name, new Sum(passedOver, false));
    }

    private static TreeLook of(HeldFolder parent, Path name, Sum sum) throws IOException {
        try (HeldFolder folder = parent.sub(name)) {
            sum.take("", 0, folder.itself());
            sum.takeContent(folder, "", 1);
        }
        return new TreeLook(sum.fingerprint, sum.newest);
    }

    /** The fingerprint of one file; those of several are added, so that their order does not count. */
    public static long fingerprint(String path, long size, Instant modified) {
        long one = path.hashCode();
        one = (one * SPREAD + size) * SPREAD + modified.getEpochSecond();
        one = (one * SPREAD + modified.getNano()) * SPREAD;
        return one ^ (one >>> 29);
    }

    /** Adds, so that the order in which a folder lists its files does not count. */
    private static final class Sum {
        private final Predicate<String> passedOver;
        private final boolean hasFolderTimes;
        private long fingerprint;
        private Instant newest = Instant.MIN;

        Sum(Predicate<String> passedOver, boolean hasFolderTimes) {
            this.passedOver = passedOver;
            this.hasFolderTimes = hasFolderTimes;
        }

        void takeContent(HeldFolder folder, String prefix, int depth) throws IOException {
            folder.forEach(name -> {
                String path = prefix + name;
                BasicFileAttributes attributes = passedOver.test(path) ? null : folder.look(name);
                if (attributes != null) {
                    take(path, attributes.isDirectory() ? 0 : attributes.size(), attributes);
                    if (attributes.isDirectory() && depth < DEEPEST) {
                        descend(folder, name, path + "/", depth + 1);
                    }
                }
            });
        }

        private void descend(HeldFolder folder, Path name, String prefix, int depth) {
            try (HeldFolder sub = folder.sub(name)) {
                takeContent(sub, prefix, depth);
            } catch (IOException e) {
                // Gone meanwhile, which the folder's own time shows, or closed to this site, which is found later.
                return;
            }
        }

        void take(String path, long size, BasicFileAttributes attributes) {
            boolean counts = hasFolderTimes || !attributes.isDirectory();
            Instant modified = counts ? attributes.lastModifiedTime().toInstant() : Instant.EPOCH;
            fingerprint += TreeLook.fingerprint(path, size, modified);
            newest = modified.isAfter(newest) ? modified : newest;
        }
    }
}
