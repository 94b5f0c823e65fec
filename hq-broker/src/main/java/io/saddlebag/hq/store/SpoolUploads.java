package io.saddlebag.hq.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The uploads of this run, at most one to a file; those that were closed can be gone on with. Guarded by the store's lock. */
final class SpoolUploads {
    private final SpoolFolder folder;
    private final Map<Path, SpoolUpload> open = new HashMap<>();

    SpoolUploads(SpoolFolder folder) {
        this.folder = folder;
    }

    /** Opens an upload or goes on with it; whoever had it open loses it. It is to be begun, outside the lock. */
    SpoolUpload open(String name, byte[] manifest, long bodySize, SpoolUpload.Completion completion)
            throws IOException {
        Path path = folder.upload(name);
        SpoolUpload before = open.remove(path);
        SpoolUpload upload = new SpoolUpload(path, manifest, bodySize, completion);
        if (before != null) {
            upload.takeOver(before);
        }
        open.put(path, upload);
        return upload;
    }

    void forget(Path path) {
        open.remove(path);
    }

    /** Gives up those that nobody fills; their files are to be deleted, outside the lock: see {@link SpoolFolder#giveUp}. */
    int giveUpOlderThan(Instant time) throws IOException {
        List<Path> standing = folder.uploads();
        open.entrySet().removeIf(each -> !each.getValue().isOpen() && !standing.contains(each.getKey()));
        int givenUp = 0;
        for (Path path : standing) {
            SpoolUpload upload = open.get(path);
            if ((upload == null || !upload.isOpen())
                    && Files.getLastModifiedTime(path).toInstant().isBefore(time)) {
                open.remove(path);
                folder.giveUp(path);
                givenUp++;
            }
        }
        return givenUp;
    }

    void close() {
        open.values().forEach(SpoolUpload::close);
    }
}
