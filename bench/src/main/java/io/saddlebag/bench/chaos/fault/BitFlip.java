package io.saddlebag.bench.chaos.fault;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One bit of a file that was changed, as a bad disk does; only while nobody has the file open. */
public record BitFlip(Path file, long position, int bit) {
    /** Flips it; a second time makes it right again. */
    public void run() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            if (channel.read(one, position) != 1) {
                throw new EOFException("expected a byte at " + position + " of " + file + ", found its end");
            }
            one.put(0, (byte) (one.get(0) ^ 1 << bit)).flip();
            channel.write(one, position);
        }
    }
}
