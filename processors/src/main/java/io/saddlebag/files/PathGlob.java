package io.saddlebag.files;

import io.saddlebag.message.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A pattern of paths within a folder, {@code /} between the names: {@code *} matches any characters of a name, {@code ?}
 * one, and a name {@code **} any number of folders. Capitals do not count, as on the shares of Windows and macOS.
 * Immutable.
 */
public final class PathGlob {
    private static final String ANY_DEPTH = "**";
    private static final int LONGEST = 512;
    private static final int NAMES = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL;

    private final String text;
    /** One a name; null for any number of folders. */
    private final List<Pattern> names;

    private PathGlob(String text, List<Pattern> names) {
        this.text = text;
        this.names = names;
    }

    /** @throws IllegalArgumentException when it cannot be a path within a folder */
    public static PathGlob of(String text) {
        List<Pattern> names = new ArrayList<>();
        for (String name : text.split("/", -1)) {
            if (name.isBlank() || name.equals(".") || name.equals("..") || text.length() > LONGEST) {
                throw new IllegalArgumentException("expected patterns of paths within the folder, such as *.log or"
                        + " Data/*/cache, of at most " + LONGEST + " characters, found '" + Printable.of(text)
                        + "'. Correct it, without a / at the beginning or the end");
            }
            names.add(name.equals(ANY_DEPTH) ? null : pattern(name));
        }
        return new PathGlob(text, names);
    }

    private static Pattern pattern(String name) {
        StringBuilder expression = new StringBuilder();
        name.codePoints()
                .forEach(c ->
                        expression.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c))));
        return Pattern.compile(expression.toString(), NAMES);
    }

    /** True if it has a name {@code **}. */
    public boolean isOfAnyDepth() {
        return names.contains(null);
    }

    /** True if it matches every name of the folder itself. */
    public boolean isEverything() {
        return names.stream().allMatch(name -> name == null || name.matcher("").matches());
    }

    /** True of the path, and of each one below a folder that it matches. */
    public boolean contains(String path) {
        return contains(Arrays.asList(path.split("/")), 0, 0);
    }

    private boolean contains(List<String> path, int at, int next) {
        if (next == names.size()) {
            return true;
        }
        if (names.get(next) == null) {
            for (int from = at; from < path.size(); from++) {
                if (contains(path, next + 1 == names.size() ? from + 1 : from, next + 1)) {
                    return true;
                }
            }
            return false;
        }
        return at < path.size() && names.get(next).matcher(path.get(at)).matches() && contains(path, at + 1, next + 1);
    }

    /**
     * The newest time of the files that it matches; null when there is none. Follows no link.
     *
     * @throws IllegalStateException when it has a name {@code **}
     */
    public FileTime newestIn(HeldFolder folder) throws IOException {
        if (isOfAnyDepth()) {
            throw new IllegalStateException(text);
        }
        return newestIn(folder, 0);
    }

    private FileTime newestIn(HeldFolder folder, int next) throws IOException {
        FileTime[] newest = {null};
        try (HeldFolder listing = folder.again()) {
            listing.forEach(name -> {
                FileTime one = names.get(next).matcher(name.toString()).matches() ? timeOf(folder, name, next) : null;
                newest[0] = later(newest[0], one);
            });
        }
        return newest[0];
    }

    private FileTime timeOf(HeldFolder folder, Path name, int next) {
        try {
            BasicFileAttributes look = folder.look(name);
            if (look == null) {
                return null;
            }
            if (next == names.size() - 1) {
                return look.isRegularFile() ? look.lastModifiedTime() : null;
            }
            if (!look.isDirectory()) {
                return null;
            }
            try (HeldFolder sub = folder.sub(name)) {
                return newestIn(sub, next + 1);
            }
        } catch (IOException goneOrClosed) {
            return null;
        }
    }

    /** The later of two; each may be null. */
    public static FileTime later(FileTime one, FileTime other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.compareTo(other) < 0 ? other : one;
    }

    @Override
    public String toString() {
        return text;
    }
}
