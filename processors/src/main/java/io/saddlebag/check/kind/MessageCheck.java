package io.saddlebag.check.kind;

import java.io.Closeable;
import java.io.IOException;

/**
 * One check of one message, whose bytes pass once. A message is a file, or a folder whose entries come in the order of its
 * tar. For one thread. Close it in any case.
 */
public abstract class MessageCheck implements Closeable {
    /**
     * A file begins, the message's only one or one of its folder.
     *
     * @param path within the folder; null when the message is this file
     * @param size in bytes; -1 when it is not known
     * @return the taker of its bytes; null when the check does not read it
     */
    public FileCheck file(String path, long size) {
        return null;
    }

    /** A folder within the message's folder. */
    public void folder(String path) {}

    /** The taker of the message as it travels, a folder as its tar; null when the check reads files. */
    public FileCheck stream() throws IOException {
        return null;
    }

    /** All of the message has passed. */
    public void end() throws IOException {}

    @Override
    public void close() throws IOException {}
}
