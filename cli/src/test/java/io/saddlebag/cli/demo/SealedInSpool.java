package io.saddlebag.cli.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Takes sealed messages out of headquarters' spool by their first line alone, as somebody who found its disk would. */
final class SealedInSpool {
    private static final byte[] FIRST_LINE = "age-encryption.org/v1\n".getBytes(StandardCharsets.US_ASCII);

    private SealedInSpool() {}

    /** Each message from its first byte to the end of its file: longer than it is, but no shorter. */
    static List<byte[]> in(Path spool) throws IOException {
        List<byte[]> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(spool)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                byte[] bytes = Files.readAllBytes(file);
                for (int i = 0; i + FIRST_LINE.length <= bytes.length; i++) {
                    if (startsAt(bytes, i)) {
                        byte[] message = new byte[bytes.length - i];
                        System.arraycopy(bytes, i, message, 0, message.length);
                        found.add(message);
                    }
                }
            }
        }
        return found;
    }

    private static boolean startsAt(byte[] bytes, int at) {
        for (int i = 0; i < FIRST_LINE.length; i++) {
            if (bytes[at + i] != FIRST_LINE[i]) {
                return false;
            }
        }
        return true;
    }
}
