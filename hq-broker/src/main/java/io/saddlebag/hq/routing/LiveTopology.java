package io.saddlebag.hq.routing;

import io.saddlebag.files.Utf8File;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Sha256;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topology that counts now. The file is read again when {@link #refresh} finds it changed; a file with a fault is
 * logged once and changes nothing. Safe for any number of threads.
 */
public final class LiveTopology {
    private static final Logger LOG = LoggerFactory.getLogger(LiveTopology.class);

    private final Path file;
    private final List<Consumer<Topology>> listeners = new CopyOnWriteArrayList<>();
    private Sha256 lastRead;
    private volatile Topology current;
    private volatile boolean faulty;

    /** @throws SiteStartException when the file is missing or wrong; says file, line and remedy */
    public LiveTopology(Path file) throws SiteStartException {
        this.file = file;
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new SiteStartException(
                    file + ": expected the topology (exchanges, queues, bindings, sites), found none that can be read."
                            + " Write one, or name another in hq.topology",
                    e);
        }
        lastRead = Sha256.of(bytes);
        current = parse(bytes);
    }

    public Topology current() {
        return current;
    }

    /** True while the file is not taken up: it cannot be read, or has a fault. */
    public boolean isFaulty() {
        return faulty;
    }

    /** Calls back after each change, in the thread that refreshed. */
    public void onChange(Consumer<Topology> listener) {
        listeners.add(listener);
    }

    /** Takes up the file if it has changed; never throws. Reads a file, so not for an event loop. */
    public synchronized void refresh() {
        Sha256 digest;
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
            digest = Sha256.of(bytes);
        } catch (IOException e) {
            if (lastRead != null) {
                LOG.error(
                        "{}: the topology can no longer be read; the last good one stays ({})", file, FaultText.of(e));
            }
            lastRead = null;
            faulty = true;
            return;
        }
        if (digest.equals(lastRead)) {
            return;
        }
        lastRead = digest;
        try {
            Topology changed = parse(bytes);
            faulty = false;
            if (!changed.equals(current)) {
                current = changed;
                LOG.info(
                        "{}: topology taken up: {} exchanges, {} queues, {} sites",
                        file,
                        changed.bindings().size(),
                        changed.queues().size(),
                        changed.publishers().size());
                listeners.forEach(listener -> listener.accept(changed));
            }
        } catch (SiteStartException e) {
            faulty = true;
            LOG.error("The topology has a fault; the last good one stays. {}", e.getMessage());
        }
    }

    private Topology parse(byte[] bytes) throws SiteStartException {
        try {
            return TopologyReader.read(file.toString(), Utf8File.decode(file, bytes));
        } catch (IOException e) {
            throw new SiteStartException(e.getMessage(), e);
        }
    }
}
