package io.saddlebag.lab.bag;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file {@code bagit.txt} (RFC 8493, section 2.1.1): two lines, the version and the encoding of the other tag files.
 *
 * @param isBefore1 whether it is of the drafts 0.93 to 0.97, whose manifests need not each name all files
 * @param encoding of the other tag files
 */
record BagDeclaration(boolean isBefore1, Charset encoding) {
    static final String FILE = "bagit.txt";

    private static final Pattern VERSION = Pattern.compile("BagIt-Version: ?([0-9]{1,3})[.]([0-9]{1,3})");
    private static final Pattern ENCODING = Pattern.compile("Tag-File-Character-Encoding: ?(\\S{1,40})");

    /** @throws Refusal {@code BAD_FILE} when it is not such a declaration */
    static BagDeclaration read(Path bag) throws IOException {
        List<String> lines = new ArrayList<>();
        try (TagLines file = TagLines.open(bag.resolve(FILE), FILE, StandardCharsets.UTF_8)) {
            for (String line = file.next(); line != null && lines.size() < 3; line = file.next()) {
                lines.add(line);
            }
        }
        Matcher version = VERSION.matcher(lines.isEmpty() ? "" : lines.get(0));
        Matcher encoding = ENCODING.matcher(lines.size() < 2 ? "" : lines.get(1));
        if (lines.size() != 2 || !version.matches() || !encoding.matches()) {
            throw malformed("'BagIt-Version: 1.0' and 'Tag-File-Character-Encoding: UTF-8', a line each", lines);
        }
        int major = Integer.parseInt(version.group(1));
        if (major > 1) {
            throw malformed("a version up to 1.0", lines);
        }
        try {
            return new BagDeclaration(major < 1, Charset.forName(encoding.group(1)));
        } catch (IllegalArgumentException e) {
            throw malformed("an encoding that Java knows", lines);
        }
    }

    private static Refusal malformed(String expected, List<String> lines) {
        return new Refusal(
                Refusal.Code.BAD_FILE,
                "Expected in " + FILE + " " + expected + ", found '" + Printable.of(String.join(" / ", lines))
                        + "'. Put the bag right and drop it again");
    }
}
