package io.saddlebag.lab.bag;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** Paths that a manifest names, each kept as 16 bytes of its digest: a bag may have a hundred thousand, and long ones. */
final class PathSet {
    private final Set<UUID> paths = new HashSet<>();

    /** @return whether it was new */
    boolean add(String path) {
        return paths.add(digest(path));
    }

    void addAll(PathSet others) {
        paths.addAll(others.paths);
    }

    boolean contains(String path) {
        return paths.contains(digest(path));
    }

    int size() {
        return paths.size();
    }

    private static UUID digest(String path) {
        return UUID.nameUUIDFromBytes(path.getBytes(StandardCharsets.UTF_8));
    }
}
