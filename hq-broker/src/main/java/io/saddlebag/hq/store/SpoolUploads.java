package io.saddlebag.hq.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** The uploads that are open, at most one to a file. Guarded by the store's lock. */
final class SpoolUploads {
    private final SpoolFolder folder;
    private final Map<Path, SpoolUpload> open = new HashMap<>();

    SpoolUploads(SpoolFolder folder) {
        this.folder = folder;
    }

    /** Opens an upload or goes on with it; whoever had it open loses it. */
    SpoolUpload open(String name, byte[] manifest, long bodySize, SpoolUpload.Completion completion)
            throws IOException {
        Path path = folder.upload(name);
        SpoolUpload before = open.remove(path);
        if (before != null) {
            before.close();
        }
        SpoolUpload upload = new SpoolUpload(path, manifest, bodySize, completion);
        open.put(path, upload);
        return upload;
    }

    void forget(Path path) {
        open.remove(path);
    }

    int discardOlderThan(Instant time) throws IOException {
        open.values().removeIf(upload -> !upload.isOpen());
        int discarded = 0;
        for (Path path : folder.uploads()) {
            if (!open.containsKey(path)
                    && Files.getLastModifiedTime(path).toInstant().isBefore(time)) {
                Files.delete(path);
                discarded++;
            }
        }
        return discarded;
    }

    void close() {
        open.values().forEach(SpoolUpload::close);
    }
}
