package io.saddlebag.check.kind;

import java.io.IOException;

/** Takes the bytes of one file in their order. For one thread. */
public interface FileCheck {
    /** @param bytes the caller's own again when the method returns */
    void update(byte[] bytes, int offset, int length) throws IOException;

    /** All of the file has passed. */
    void end() throws IOException;
}
