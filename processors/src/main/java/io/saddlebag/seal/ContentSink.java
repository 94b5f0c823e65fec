package io.saddlebag.seal;

import java.io.IOException;

/**
 * Where an opened content goes, chunk by chunk, in order, on the thread that opens; {@code OutputStream::write} is one.
 * Each chunk has been authenticated, but the whole only once opening returns: nothing may be published before.
 */
@FunctionalInterface
public interface ContentSink {
    /** Takes {@code length} bytes from {@code offset} on (at most 64 KiB); the array is reused after the call. */
    void write(byte[] bytes, int offset, int length) throws IOException;
}
