package io.saddlebag.stomp;

/**
 * The limits of one frame; a larger one is refused as soon as that is known.
 *
 * @param maxFrameBytes from the command's first byte to the closing NUL
 * @param maxHeaderBytes the command and header lines with their line ends
 * @param maxHeaders how many header lines
 */
public record StompLimits(int maxFrameBytes, int maxHeaderBytes, int maxHeaders) {
    private static final int KIB = 1024;

    /** Room for a part of 1 MiB, the envelope before it and the headers. */
    public static final StompLimits DEFAULT = new StompLimits(1280 * KIB, 32 * KIB, 64);

    public StompLimits {
        if (maxHeaderBytes < KIB || maxFrameBytes < maxHeaderBytes || maxHeaders < 1) {
            throw new IllegalArgumentException(
                    "Expected maxHeaderBytes of 1024 or more, maxFrameBytes not below it, maxHeaders of 1 or more; found "
                            + maxHeaderBytes + ", " + maxFrameBytes + ", " + maxHeaders);
        }
    }
}
