package io.saddlebag.hq.store.spool;

import io.saddlebag.files.LinkHold;
import io.saddlebag.hq.store.PayloadRef;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The files of a spool as a back-up needs them, kept by links, whatever headquarters deletes meanwhile. When a file is
 * copied without its dead records, the first link keeps the whole one. For one thread.
 */
public final class SpoolHold implements AutoCloseable {
    private final Path spool;
    private final LinkHold hold;

    private SpoolHold(Path spool, LinkHold hold) {
        this.spool = spool;
        this.hold = hold;
    }

    public static SpoolHold open(Path spool) throws IOException {
        return new SpoolHold(spool, LinkHold.open(spool));
    }

    /** Keeps each file that is there now. */
    public void link() throws IOException {
        hold.link(".segment", ".payload");
    }

    /** The name of the file that a payload is in; null when it was deleted before it was linked. */
    public String nameOf(PayloadRef payload) {
        for (String ending : List.of(".segment", ".payload")) {
            String name = payload.file() + ending;
            if (Files.exists(hold.of(spool.resolve(name)))) {
                return name;
            }
        }
        return null;
    }

    /** How many bytes of the file belong to the payload, from its offset on. */
    public static long length(PayloadRef payload) {
        return PayloadRecord.length(payload);
    }

    /** False when the payload is not whole, or not yet. */
    public boolean isWhole(PayloadRef payload) {
        String name = nameOf(payload);
        if (name == null) {
            return false;
        }
        try (FileChannel file = open(name)) {
            PayloadRecord.check(file, payload);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    public FileChannel open(String name) throws IOException {
        return FileChannel.open(hold.of(spool.resolve(name)), StandardOpenOption.READ);
    }

    @Override
    public void close() throws IOException {
        hold.close();
    }
}
