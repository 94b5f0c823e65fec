package io.saddlebag.lab.claim;

import io.saddlebag.files.Presence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The drop folders of a site, each held once, whatever the number of routes that take from it. */
public final class DropRoots {
    private final Map<Path, DropRoot> byPath = new ConcurrentHashMap<>();
    private final Opened opened;
    private final Function<Path, Presence> presences;

    /** Learns of a drop folder that was opened, for the first time or anew. */
    @FunctionalInterface
    public interface Opened {
        void with(DropRoot root) throws IOException;
    }

    /** @param presences of the disks that are needed to take from a folder, by that folder */
    public DropRoots(Opened opened, Function<Path, Presence> presences) {
        this.presences = presences;
        this.opened = opened;
    }

    /** @param folder absolute */
    public DropRoot of(Path folder) {
        return byPath.computeIfAbsent(folder, path -> new DropRoot(path, opened, presences.apply(path)));
    }

    public boolean isOne(Path path) {
        return byPath.containsKey(path);
    }

    /** True if the path is a drop folder or holds one, and so was not dropped itself. */
    public boolean leadsToOne(Path path) {
        return byPath.keySet().stream().anyMatch(each -> each.startsWith(path));
    }
}
