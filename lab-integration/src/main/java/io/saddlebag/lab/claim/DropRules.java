package io.saddlebag.lab.claim;

import io.saddlebag.files.HeldFolder;
import io.saddlebag.files.PathGlob;
import io.saddlebag.files.SystemFiles;
import io.saddlebag.files.TreeLook;
import io.saddlebag.message.Printable;
import io.saddlebag.site.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The parameters of a route that say when its drops are complete, what of them does not travel, and whether they stay in
 * their drop folder.
 *
 * @param completeWhen conditions of a folder, all of which must hold: of each one pattern must match a file in it. Empty
 *     when files are messages too
 * @param quiet for how long nothing in a drop may change before it is taken; null for the site's settle time
 * @param exclude entries of a folder that do not travel
 * @param copies whether a copy is taken and the drop stays
 */
public record DropRules(List<List<PathGlob>> completeWhen, Duration quiet, List<PathGlob> exclude, boolean copies) {
    public static final String COMPLETE_WHEN = "complete-when";
    public static final String QUIET = "quiet";
    public static final String EXCLUDE = "exclude";
    public static final String TAKE = "take";

    public static final String NONE = "none";
    public static final String SETTLE_TIME = "settle-time";
    public static final String MOVE = "move";
    public static final String COPY = "copy";

    public static final DropRules USUAL = new DropRules(List.of(), null, List.of(), false);

    private static final int MOST = 32;

    public DropRules {
        completeWhen = List.copyOf(completeWhen);
        exclude = List.copyOf(exclude);
    }

    /** @throws IllegalArgumentException when one is not as it should be */
    public static DropRules of(String completeWhen, String quiet, String exclude, String take) {
        return new DropRules(completeWhen(completeWhen), quiet(quiet), exclude(exclude), copies(take));
    }

    /** @throws IllegalArgumentException naming what was expected and what was found */
    public static List<List<PathGlob>> completeWhen(String text) {
        if (text.equals(NONE)) {
            return List.of();
        }
        List<List<PathGlob>> conditions = split(text, ",")
                .map(condition -> split(condition, "[|]").map(PathGlob::of).toList())
                .toList();
        requireFew(conditions.stream().flatMap(List::stream).toList());
        for (List<PathGlob> condition : conditions) {
            for (PathGlob glob : condition) {
                if (glob.isOfAnyDepth()) {
                    throw new IllegalArgumentException("expected patterns without **, such as metadata/*.done, found '"
                            + Printable.of(glob.toString()) + "'. Name the folder that the file lies in");
                }
            }
        }
        return conditions;
    }

    /** @throws IllegalArgumentException naming what was expected and what was found */
    public static List<PathGlob> exclude(String text) {
        if (text.equals(NONE)) {
            return List.of();
        }
        List<PathGlob> globs = split(text, ",").map(PathGlob::of).toList();
        requireFew(globs);
        globs.stream().filter(PathGlob::isEverything).findFirst().ifPresent(glob -> {
            throw new IllegalArgumentException(
                    "expected patterns that leave something of a folder, such as *.log, found '"
                            + Printable.of(glob.toString()) + "', which matches all of it. Name what does not travel");
        });
        return globs;
    }

    private static Stream<String> split(String text, String by) {
        return Arrays.stream(text.split(by, -1)).map(String::strip);
    }

    private static void requireFew(List<PathGlob> globs) {
        if (globs.size() > MOST) {
            throw new IllegalArgumentException("expected at most " + MOST + " patterns, found " + globs.size()
                    + ". Use * in the place of several");
        }
    }

    /** @throws IllegalArgumentException naming what was expected and what was found */
    public static Duration quiet(String text) {
        if (text.equals(SETTLE_TIME)) {
            return null;
        }
        try {
            Duration quiet = Settings.durationOf(text);
            if (!quiet.isZero()) {
                return quiet;
            }
        } catch (IllegalArgumentException e) {
            // The error below.
        }
        throw new IllegalArgumentException("expected " + SETTLE_TIME + " or a time above 0s, such as 10m, found '"
                + Printable.of(text) + "'. Correct it");
    }

    /** @throws IllegalArgumentException naming what was expected and what was found */
    public static boolean copies(String text) {
        if (!text.equals(MOVE) && !text.equals(COPY)) {
            throw new IllegalArgumentException(
                    "expected " + MOVE + " or " + COPY + ", found '" + Printable.of(text) + "'. Correct it");
        }
        return text.equals(COPY);
    }

    /** True if folders alone are taken, when a file in them says so. */
    public boolean takesFoldersAlone() {
        return !completeWhen.isEmpty();
    }

    /** True of an entry that does not travel, and of all below it. */
    public boolean isExcluded(String path) {
        if (path.equals(LeftOutNote.NAME)) {
            return false;
        }
        for (PathGlob glob : exclude) {
            if (glob.contains(path)) {
                return true;
            }
        }
        return false;
    }

    /** The look of a folder, without what is no data or does not travel. */
    public TreeLook look(HeldFolder parent, Path name, SystemFiles systemFiles) throws IOException {
        return exclude.isEmpty()
                ? TreeLook.of(parent, name, systemFiles::endsPath)
                : TreeLook.ofFiles(parent, name, path -> systemFiles.endsPath(path) || isExcluded(path));
    }

    /** The newest time of the files that say a folder is complete; null while it is not. */
    public FileTime marked(HeldFolder folder) throws IOException {
        FileTime newest = null;
        for (List<PathGlob> condition : completeWhen) {
            FileTime met = null;
            for (PathGlob glob : condition) {
                met = PathGlob.later(met, glob.newestIn(folder));
            }
            if (met == null) {
                return null;
            }
            newest = PathGlob.later(newest, met);
        }
        return newest;
    }
}
