package io.saddlebag.files;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names of files and folders that are no data: programs, desktops and file servers leave them wherever people work.
 * A drop folder skips them, and a folder travels without them. Case is ignored, as on the shares of Windows and macOS.
 * Immutable.
 */
public final class SystemFiles {
    /** As docs/configuration-lab.md lists them: {@code *} matches any characters. */
    static final List<String> PATTERNS = List.of(
            // Open in an office program.
            "~$*",
            ".~lock.*#",
            // Windows.
            "Thumbs.db",
            "ehthumbs.db",
            "desktop.ini",
            "$RECYCLE.BIN",
            "System Volume Information",
            // macOS.
            ".DS_Store",
            "._*",
            ".AppleDouble",
            ".Spotlight-V100",
            ".TemporaryItems",
            ".Trashes",
            ".fseventsd",
            // File servers and file systems.
            "@eaDir",
            "#recycle",
            "#snapshot",
            "@Recycle",
            "@Recently-Snapshot",
            "lost+found",
            ".Trash-*",
            ".nfs*",
            ".smbdelete*",
            ".fuse_hidden*",
            // Not complete yet, or left by an editor.
            "*" + AtomicFiles.TEMPORARY_SUFFIX,
            "*.partial",
            "*.filepart",
            "*.crdownload",
            "*.download",
            "*.tmp",
            "*.temp",
            "*.swp",
            "*~");

    /** Those of {@link #PATTERNS}. */
    public static final SystemFiles USUAL = new SystemFiles(PATTERNS);

    private final Set<String> names = new HashSet<>();
    private final List<Predicate<String>> globs = new ArrayList<>();

    private SystemFiles(List<String> patterns) {
        for (String pattern : patterns) {
            String lower = pattern.toLowerCase(Locale.ROOT);
            if (lower.indexOf('*') < 0 && lower.indexOf('?') < 0) {
                names.add(lower);
            } else {
                globs.add(glob(lower));
            }
        }
    }

    /**
     * The usual ones and more.
     *
     * @param more patterns of names: {@code *} matches any characters, {@code ?} matches one
     * @throws IllegalArgumentException when one is no pattern of a name, or matches every name
     */
    public static SystemFiles with(List<String> more) {
        for (String pattern : more) {
            if (pattern.isBlank() || pattern.indexOf('/') >= 0) {
                throw new IllegalArgumentException(
                        "expected patterns of names such as *.bak, without folders, found '" + pattern + "'");
            }
            if (pattern.chars().allMatch(c -> c == '*' || c == '?' || c == '.')) {
                throw new IllegalArgumentException("expected patterns that leave most names out, such as *.bak, found '"
                        + pattern + "', which matches data too");
            }
        }
        List<String> all = new ArrayList<>(PATTERNS);
        all.addAll(more);
        return new SystemFiles(all);
    }

    /** True when a file or folder of that name is no data. */
    public boolean contains(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (names.contains(lower)) {
            return true;
        }
        for (Predicate<String> glob : globs) {
            if (glob.test(lower)) {
                return true;
            }
        }
        return false;
    }

    /** True when the last name of a path, {@code /} between the names, is that of no data. */
    public boolean endsPath(String path) {
        return contains(path.substring(path.lastIndexOf('/') + 1));
    }

    /** Nearly all have one star, which needs no regular expression. */
    private static Predicate<String> glob(String pattern) {
        int star = pattern.indexOf('*');
        if (star >= 0 && star == pattern.lastIndexOf('*') && pattern.indexOf('?') < 0) {
            String begin = pattern.substring(0, star);
            String end = pattern.substring(star + 1);
            return name ->
                    name.length() >= begin.length() + end.length() && name.startsWith(begin) && name.endsWith(end);
        }
        String expression = pattern.chars()
                .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c)))
                .collect(Collectors.joining());
        Pattern compiled = Pattern.compile(expression, Pattern.DOTALL);
        return name -> compiled.matcher(name).matches();
    }
}
