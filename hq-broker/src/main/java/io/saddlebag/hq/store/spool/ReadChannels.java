package io.saddlebag.hq.store.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Spool files open for reading, the most recently used ones only. A file that is forgotten while somebody reads it is
 * closed when the last reader is done. Safe for any number of threads.
 */
final class ReadChannels implements AutoCloseable {
    private final int limit;
    private final Map<Long, Lease> open = new LinkedHashMap<>(16, 0.75f, true);

    ReadChannels(int limit) {
        this.limit = limit;
    }

    /** Reads with the file's channel. */
    <T> T with(long number, Path path, Reading<T> reading) throws IOException {
        Lease lease = lease(number, path);
        try {
            return reading.read(lease.channel);
        } finally {
            release(lease);
        }
    }

    private synchronized Lease lease(long number, Path path) throws IOException {
        Lease lease = open.get(number);
        if (lease == null) {
            lease = new Lease(FileChannel.open(path, StandardOpenOption.READ));
            open.put(number, lease);
            forgetOldest();
        }
        lease.readers++;
        return lease;
    }

    private void forgetOldest() throws IOException {
        if (open.size() > limit) {
            retire(open.remove(open.keySet().iterator().next()));
        }
    }

    private synchronized void release(Lease lease) throws IOException {
        lease.readers--;
        if (lease.retired && lease.readers == 0) {
            lease.channel.close();
        }
    }

    /** The file was deleted or replaced. */
    synchronized void forget(long number) throws IOException {
        Lease lease = open.remove(number);
        if (lease != null) {
            retire(lease);
        }
    }

    private void retire(Lease lease) throws IOException {
        lease.retired = true;
        if (lease.readers == 0) {
            lease.channel.close();
        }
    }

    @Override
    public synchronized void close() {
        List<Lease> leases = new ArrayList<>(open.values());
        open.clear();
        for (Lease lease : leases) {
            try {
                retire(lease);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The work on an open file. */
    interface Reading<T> {
        T read(FileChannel channel) throws IOException;
    }

    private static final class Lease {
        private final FileChannel channel;
        private int readers;
        private boolean retired;

        private Lease(FileChannel channel) {
            this.channel = channel;
        }
    }
}
