package io.saddlebag.folder;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The drop folders of a site, each held once, whatever the number of routes that take from it. */
public final class DropRoots {
    private final Map<Path, DropRoot> byPath = new ConcurrentHashMap<>();

    /** @param folder absolute */
    public DropRoot of(Path folder) {
        return byPath.computeIfAbsent(folder, DropRoot::new);
    }

    boolean isOne(Path path) {
        return byPath.containsKey(path);
    }

    /** Whether the path is a drop folder or holds one, so that it is nothing that was dropped. */
    boolean leadsToOne(Path path) {
        return byPath.keySet().stream().anyMatch(each -> each.startsWith(path));
    }
}
