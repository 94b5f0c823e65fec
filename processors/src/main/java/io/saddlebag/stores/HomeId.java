package io.saddlebag.stores;

import io.saddlebag.files.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The random identity of a home, in {@code identity/home.id}. It is no secret; it only tells homes apart. */
public final class HomeId {
    private static final Pattern TEXT = Pattern.compile("[0-9a-f]{32}");
    private static final int BYTES = 16;

    private HomeId() {}

    private static Path file(Path identityFolder) {
        return identityFolder.resolve("home.id");
    }

    /** Makes one; a home that has one keeps it. */
    public static void make(Path identityFolder, SecureRandom random) throws IOException {
        if (!Files.exists(file(identityFolder))) {
            byte[] id = new byte[BYTES];
            random.nextBytes(id);
            AtomicFiles.create(
                    file(identityFolder), (HexFormat.of().formatHex(id) + "\n").getBytes(StandardCharsets.US_ASCII));
        }
    }

    /**
     * Null when the home has none.
     *
     * @throws IOException when it cannot be read
     */
    static String read(Path identityFolder) throws IOException {
        try {
            String text = Files.readString(file(identityFolder), StandardCharsets.ISO_8859_1)
                    .strip();
            if (TEXT.matcher(text).matches()) {
                return text;
            }
        } catch (NoSuchFileException e) {
            return null;
        }
        throw new IOException(file(identityFolder)
                + ": expected the home's identity, 32 hexadecimal digits, found something else. Restore the file from a"
                + " back-up; its stores bear the identity too");
    }
}
