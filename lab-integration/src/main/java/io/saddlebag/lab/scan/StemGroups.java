package io.saddlebag.lab.scan;

import io.saddlebag.files.DroppedName;
import io.saddlebag.lab.claim.DropRoot;
import io.saddlebag.lab.claim.DropRules;
import io.saddlebag.lab.claim.Dropped;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of one pass through a drop folder by their stems, where the files of a stem travel together. Holds at most
 * {@value #MOST} files; stems beyond wait for a later pass. For one thread.
 */
final class StemGroups {
    static final int MOST = 50_000;

    private final DropRoot root;
    private final SettledFiles settled;
    private final DropRules rules;
    private final Map<Path, List<Dropped>> stems = new LinkedHashMap<>();
    private final Map<Path, Path> markers = new HashMap<>();
    private int files;

    StemGroups(DropRoot root, SettledFiles settled, DropRules rules) {
        this.rules = rules;
        this.root = root;
        this.settled = settled;
    }

    private static Path stem(Path file) {
        return file.resolveSibling(DroppedName.stem(file.getFileName().toString()));
    }

    void add(Dropped file) {
        Path stem = stem(file.file());
        if (files < MOST || stems.containsKey(stem)) {
            stems.computeIfAbsent(stem, unused -> new ArrayList<>()).add(file);
            files++;
        }
    }

    /** A marker was met: of a file, or of a stem. */
    void marker(Path marker) {
        if (markers.size() < MOST) {
            markers.put(
                    marker,
                    marker.resolveSibling(
                            DroppedName.markedBy(marker.getFileName().toString())));
        }
    }

    /** At the end of the pass: the groups whose files are complete, all of them. Forgets the pass. */
    List<Dropped> complete() throws IOException {
        for (Map.Entry<Path, Path> marker : markers.entrySet()) {
            Path marked = marker.getValue();
            settled.metMarker(root, marker.getKey(), stems.containsKey(marked) || root.look(marked) != null);
        }
        List<Dropped> complete = new ArrayList<>();
        for (Map.Entry<Path, List<Dropped>> stem : stems.entrySet()) {
            Dropped group = Dropped.group(root, stem.getKey(), stem.getValue());
            if (settled.isSettled(group, rules)) {
                complete.add(group);
            }
        }
        forget();
        return complete;
    }

    void forget() {
        stems.clear();
        markers.clear();
        files = 0;
    }
}
