package io.saddlebag.lab.bag;

import io.saddlebag.files.SystemFiles;
import io.saddlebag.files.tree.FolderWalk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;

/**
 * The entries of a dropped folder that are no data and do not travel: those with a name of the list, and all below such a
 * folder. In a bag (RFC 8493) a file that a manifest names is data, whatever its name. Immutable.
 */
public final class NoData implements FolderWalk.LeftOut {
    private final SystemFiles list;
    private final Set<String> data;

    private NoData(SystemFiles list, Set<String> data) {
        this.list = list;
        this.data = data;
    }

    /** Reads the manifests of a bag. */
    public static NoData in(Path folder, SystemFiles list) throws IOException {
        Set<String> data = BagCheck.isBag(folder) ? BagCheck.named(folder, path -> isOn(list, path)) : Set.of();
        return new NoData(list, data);
    }

    @Override
    public boolean contains(String path, Path file) {
        if (!isOn(list, path)) {
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
