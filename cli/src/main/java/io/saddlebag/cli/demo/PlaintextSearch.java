package io.saddlebag.cli.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Looks for every run of 16 bytes of some contents in every file of a folder. */
final class PlaintextSearch {
    static final int RUN = 16;
    private static final int BITS = 22;
    private static final int WINDOW = 1 << 16;

    private final Set<ByteBuffer> runs = new HashSet<>();
    /** Answers most of the questions without a look into the set. */
    private final boolean[] maybe = new boolean[1 << BITS];

    PlaintextSearch(Collection<byte[]> contents) {
        for (byte[] content : contents) {
            for (int i = 0; i + RUN <= content.length; i++) {
                runs.add(ByteBuffer.wrap(content, i, RUN));
                maybe[hash(content, i)] = true;
            }
        }
    }

    /** The same, but for runs that these contents, which may stand there, have too. */
    PlaintextSearch except(Collection<byte[]> allowed) {
        for (byte[] content : allowed) {
            for (int i = 0; i + RUN <= content.length; i++) {
                runs.remove(ByteBuffer.wrap(content, i, RUN));
            }
        }
        return this;
    }

    private static int hash(byte[] bytes, int at) {
        long eight = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            eight = eight << Byte.SIZE | bytes[at + i] & 0xff;
        }
        return (int) (eight * 0x9E3779B97F4A7C15L >>> (Long.SIZE - BITS));
    }

    /** The files that hold such a run. */
    List<Path> filesWithPlaintext(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(this::holdsPlaintext)
                    .toList();
        }
    }

    private boolean holdsPlaintext(Path file) {
        byte[] window = new byte[WINDOW];
        try (InputStream in = Files.newInputStream(file)) {
            int kept = 0;
            while (true) {
                int end = kept + in.readNBytes(window, kept, WINDOW - kept);
                for (int i = 0; i + RUN <= end; i++) {
                    if (maybe[hash(window, i)] && runs.contains(ByteBuffer.wrap(window, i, RUN))) {
                        return true;
                    }
                }
                if (end < WINDOW) {
                    return false;
                }
                kept = RUN - 1;
                System.arraycopy(window, WINDOW - kept, window, 0, kept);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
