package io.saddlebag.files;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A file name that is valid on every platform that a message may reach. It is Unicode in its composed form (NFC),
 * without characters that act upon a terminal or path, and no name that Windows keeps for devices.
 */
public final class PortableName {
    /** The longest name in UTF-8 bytes, so that there is room for endings such as {@code .reason.json}. */
    static final int MAX_BYTES = 200;

    /** {@code CONOUT$}. */
    private static final int LONGEST_OF_WINDOWS = 7;

    private static final char UNREADABLE = '\uFFFD';
    private static final Pattern OF_PATHS = Pattern.compile("[<>:\"/\\\\|?*]");
    private static final Pattern OF_WINDOWS =
            Pattern.compile("(CON|PRN|AUX|NUL|(COM|LPT)[0-9\u00B9\u00B2\u00B3]|CONIN\\$|CONOUT\\$|CLOCK\\$)");

    private PortableName() {}

    /** @throws Refusal BAD_NAME, saying what is wrong with the name */
    public static void require(String fileName) {
        if (fileName.indexOf(UNREADABLE) >= 0) {
            throw refusal("in UTF-8", fileName);
        }
        if (fileName.codePoints().anyMatch(PortableName::isUnseen)) {
            throw refusal("without control or invisible characters", fileName);
        }
        if (OF_PATHS.matcher(fileName).find()) {
            throw refusal("without any of < > : \" / \\ | ? *", fileName);
        }
        if (!Normalizer.isNormalized(fileName, Normalizer.Form.NFC)) {
            throw refusal("in Unicode's composed form (NFC), not with letters and accents apart", fileName);
        }
        if (fileName.isEmpty() || fileName.equals("..")) {
            throw refusal("without any of < > : \" / \\ | ? *", fileName);
        }
        if (fileName.endsWith(".") || fileName.endsWith(" ")) {
            throw refusal("that does not end in a dot or space", fileName);
        }
        String stem = DroppedName.stem(fileName).stripTrailing();
        if (stem.length() <= LONGEST_OF_WINDOWS
                && OF_WINDOWS.matcher(stem.toUpperCase(Locale.ROOT)).matches()) {
            throw refusal("that Windows does not keep for a device", fileName);
        }
        if (fileName.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw refusal("of at most " + MAX_BYTES + " bytes in UTF-8", fileName);
        }
    }

    private static boolean isUnseen(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }

    private static Refusal refusal(String expected, String fileName) {
        return new Refusal(
                Refusal.Code.BAD_NAME,
                "Expected a name " + expected + ", found '" + Printable.of(fileName)
                        + "'. Rename the file and drop it again");
    }
}
