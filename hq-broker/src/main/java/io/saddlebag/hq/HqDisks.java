package io.saddlebag.hq;

import io.saddlebag.files.Presence;
import io.saddlebag.hq.publish.FreeSpace;
import io.saddlebag.site.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The disks that headquarters' stores are on. */
record HqDisks(Settings settings) {
    /** The folders of spool and embedded database, by name; a node has none. */
    Map<String, Path> folders() {
        if (!settings.text(HqSettings.NODE).isEmpty()) {
            return Map.of();
        }
        Path spool = settings.path(HqSettings.SPOOL);
        return settings.text(HqSettings.DATABASE_URL).isEmpty()
                ? Map.of("spool", spool, "database", settings.path(HqSettings.DATABASE_FOLDER))
                : Map.of("spool", spool);
    }

    /** The folders in which headquarters itself syncs what it writes. */
    List<Path> synced() {
        List<Path> synced = new ArrayList<>(List.of(settings.home().folder()));
        if (folders().containsKey("spool")) {
            synced.add(folders().get("spool"));
        }
        return synced;
    }

    /** The least that is free on their file systems. */
    FreeSpace space(Presence presence) {
        Collection<Path> all = folders().values();
        FreeSpace space = new FreeSpace(
                settings.bytes(HqSettings.MIN_FREE_SPACE),
                () -> all.stream()
                        .mapToLong(folder -> folder.toFile().getUsableSpace())
                        .min()
                        .orElse(Long.MAX_VALUE),
                presence,
                settings.count(HqSettings.UPLOAD_SHARE));
        space.look();
        return space;
    }
}
