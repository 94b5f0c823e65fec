package io.saddlebag.lab.bag;

import io.saddlebag.files.SystemFiles;
import io.saddlebag.files.tree.FolderWalk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The entries of a dropped folder that do not travel: those with a name of the list of what is no data, those that the
 * route excludes, and all below such a folder. In a bag (RFC 8493) a file that a manifest names is data, whatever its name. Immutable.
 */
public final class NoData implements FolderWalk.LeftOut {
    private final Predicate<String> isNone;
    private final Set<String> data;

    private NoData(Predicate<String> isNone, Set<String> data) {
        this.isNone = isNone;
        this.data = data;
    }

    /** Reads the manifests of a bag. */
    public static NoData in(Path folder, SystemFiles list) throws IOException {
        return in(folder, list, path -> false);
    }

    /** @param excluded true of the paths within the folder that the route excludes, and of all below them */
    public static NoData in(Path folder, SystemFiles list, Predicate<String> excluded) throws IOException {
        Predicate<String> isNone = path -> isOn(list, path) || excluded.test(path);
        return new NoData(isNone, BagCheck.isBag(folder) ? BagCheck.named(folder, isNone) : Set.of());
    }

    @Override
    public boolean contains(String path, Path file) {
        if (!isNone.test(path)) {
            return false;
        }
        return Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) ? !holdsData(path) : !data.contains(path);
    }

    private boolean holdsData(String folder) {
        return data.stream().anyMatch(each -> each.startsWith(folder + "/"));
    }

    private static boolean isOn(SystemFiles list, String path) {
        for (String name : path.split("/")) {
            if (list.contains(name)) {
                return true;
            }
        }
        return false;
    }
}
