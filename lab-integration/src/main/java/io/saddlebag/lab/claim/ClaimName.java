package io.saddlebag.lab.claim;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of an entry in a claims folder: a letter for its kind, a random number, a dot, and the name as dropped. The
 * kinds are file, directory, and group being gathered in the drop folder or in a sub-folder of it; a start after a
 * crash needs them. A name that is too long for that, or no text, is shortened; {@link #droppedName} is then a name
 * that is always refused.
 *
 * @param entry within the claims folder
 * @param isFolder whether it was listed as a folder: then the entry is a folder of the site's own that holds it
 * @param droppedName without folders
 */
record ClaimName(String entry, boolean isFolder, String droppedName) {
    private static final Pattern ENTRY = Pattern.compile("([fdgsFDGS])[0-9a-f]{16}\\.(.+)", Pattern.DOTALL);
    private static final int MAX_BYTES = 255;
    private static final int SHORTENED = 50;
    private static final String UNREADABLE = "\uFFFD";

    static ClaimName of(Path name, boolean isFolder, SecureRandom random) {
        String text = name.toString();
        String number = "%016x.".formatted(random.nextLong());
        String entry = (isFolder ? "d" : "f") + number + text;
        boolean fits = entry.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES && !text.contains(UNREADABLE);
        return new ClaimName(fits ? entry : (isFolder ? "D" : "F") + number + shortened(text), isFolder, text);
    }

    /**
     * For a group of files while they are moved in; {@link #gathered} is its name once all are there.
     *
     * @param isOfRoot whether the files lay in the drop folder itself
     */
    static ClaimName gathering(Path stem, boolean isOfRoot, SecureRandom random) {
        ClaimName folder = of(stem, true, random);
        boolean isWhole = folder.entry().startsWith("d");
        String kind = isOfRoot ? "g" : "s";
        return new ClaimName(
                (isWhole ? kind : kind.toUpperCase(Locale.ROOT))
                        + folder.entry().substring(1),
                true,
                folder.droppedName());
    }

    boolean isGathering() {
        return "gsGS".indexOf(entry.charAt(0)) >= 0;
    }

    boolean isOfRoot() {
        return "gG".indexOf(entry.charAt(0)) >= 0;
    }

    /** The entry's name once all files of the group are there. */
    String gathered() {
        return (Character.isUpperCase(entry.charAt(0)) ? "D" : "d") + entry.substring(1);
    }

    private static String shortened(String text) {
        return text.substring(0, Math.min(text.length(), SHORTENED)).replaceAll("[^\\x20-\\x7E]", "_");
    }

    /** Empty for the name of something else. */
    static Optional<ClaimName> parse(String entry) {
        Matcher matcher = ENTRY.matcher(entry);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        char kind = matcher.group(1).charAt(0);
        String name = Character.isUpperCase(kind) ? matcher.group(2) + UNREADABLE : matcher.group(2);
        return Optional.of(new ClaimName(entry, Character.toLowerCase(kind) != 'f', name));
    }
}
