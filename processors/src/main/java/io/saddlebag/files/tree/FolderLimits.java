package io.saddlebag.files.tree;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;

/**
 * How large a folder may be that travels as one message. Both ends have such limits of their own: the lab so as not to
 * send what a centre would refuse, the centre so as not to be filled.
 *
 * @param maxEntries files and folders together, at least 1
 * @param maxDepth of a name below the folder, 1 for what lies in it directly
 * @param maxBytes of all files together
 */
public record FolderLimits(int maxEntries, int maxDepth, long maxBytes) {
    /** The limits of a site that sets none. */
    public static final FolderLimits USUAL = new FolderLimits(100_000, 32, 1L << 40);

    /** For a folder that has passed its limits before, or that a person asked for. */
    public static final FolderLimits NONE = new FolderLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);

    public FolderLimits {
        if (maxEntries < 1 || maxDepth < 1 || maxBytes < 0) {
            throw new IllegalArgumentException("Expected limits of at least 1 entry, depth 1 and 0 bytes, found "
                    + maxEntries + ", " + maxDepth + " and " + maxBytes);
        }
    }

    public void requireEntries(long entries) {
        if (entries > maxEntries) {
            throw new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "Expected a folder of at most " + maxEntries + " files and folders, found more. Send it as one"
                            + " archive file, in smaller folders, or have the limit raised at both ends");
        }
    }

    public void requireDepth(int depth, String path) {
        if (depth > maxDepth) {
            throw new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "Expected folders within folders at most " + maxDepth + " deep, found '" + Printable.of(path)
                            + "'. Make it flatter, or have the limit raised at both ends");
        }
    }

    public void requireBytes(long bytes) {
        if (bytes > maxBytes) {
            throw new Refusal(
                    Refusal.Code.TOO_LARGE,
                    "Expected a folder of at most " + maxBytes + " bytes, found more. Send it in smaller folders, or"
                            + " have the limit raised at both ends");
        }
    }
}
