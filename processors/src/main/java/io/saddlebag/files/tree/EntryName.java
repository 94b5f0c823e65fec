package io.saddlebag.files.tree;

import io.saddlebag.files.PortableName;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The paths within a folder that travels: of portable names, none of which leads out of the folder. */
final class EntryName {
    /** The longest path within the folder in bytes of UTF-8, so that it fits below an outbox too. */
    static final int MAX_PATH_BYTES = 1024;

    private EntryName() {}

    /**
     * The names that a path of a tar is made of.
     *
     * @param path relative, with {@code /} between the names and none at either end
     * @throws Refusal {@code BAD_NAME} when it is not such a path
     */
    static List<String> namesOf(String path) {
        List<String> names = List.of(path.split("/", -1));
        names.forEach(name -> requireGood(name, path));
        return names;
    }

    /**
     * @param path that the name ends
     * @throws Refusal {@code BAD_NAME} when not every system can have the name, or the path is too long
     */
    static void requireGood(String name, String path) {
        if (path.getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
            throw new Refusal(
                    Refusal.Code.BAD_NAME,
                    "Expected in the folder paths of at most " + MAX_PATH_BYTES + " bytes in UTF-8, found '"
                            + Printable.of(path) + "'. Shorten names or make it flatter, and drop it again");
        }
        try {
            PortableName.require(name);
        } catch (Refusal e) {
            throw new Refusal(e.code(), "In the folder, at '" + Printable.of(path) + "': " + e.reason(), e);
        }
    }

    /** Orders names as their bytes of UTF-8 are ordered. */
    static int compare(String left, String right) {
        return Arrays.compareUnsigned(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }
}
