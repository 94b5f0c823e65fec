package io.saddlebag.hq.routing;

import io.saddlebag.files.Utf8File;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Sha256;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topology that counts now. The file is read again when {@link #refresh} finds it changed; a file with a fault is
 * logged once and changes nothing. Nodes take it from their database instead, by {@link #takeUp}. Safe for any number of
 * threads.
 */
public final class LiveTopology {
    private static final Logger LOG = LoggerFactory.getLogger(LiveTopology.class);

    private final Path file;
    private final List<Consumer<Topology>> listeners = new CopyOnWriteArrayList<>();
    private Sha256 lastRead;
    private volatile Topology current;
    private volatile Sha256 digest;
    private volatile boolean faulty;
    private boolean isOfNodes;

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
        current = parse(file.toString(), bytes);
        digest = lastRead;
    }

    public Topology current() {
        return current;
    }

    /** The SHA-256 of the file that counts. */
    public Sha256 digest() {
        return digest;
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
        Sha256 read;
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
            read = Sha256.of(bytes);
        } catch (IOException e) {
            if (lastRead != null) {
                LOG.error(
                        "{}: the topology can no longer be read; the last good one stays ({})", file, FaultText.of(e));
            }
            lastRead = null;
            faulty = true;
            return;
        }
        if (read.equals(lastRead)) {
            return;
        }
        lastRead = read;
        take(file.toString(), bytes);
    }

    /**
     * Begins with the topology of the nodes in the place of the home's own file, which counts no more.
     *
     * @throws SiteStartException when it is wrong, or has an ordered queue
     */
    public synchronized void beginOfNodes(String place, byte[] bytes) throws SiteStartException {
        Topology begun = parse(place, bytes);
        requireUnordered(place, begun);
        isOfNodes = true;
        current = begun;
        digest = Sha256.of(bytes);
    }

    /** Takes up a topology of the nodes; never throws. A fault leaves the last good one. */
    public synchronized void takeUp(String place, byte[] bytes) {
        take(place, bytes);
    }

    /** @throws SiteStartException when a queue is ordered, which nodes cannot keep */
    public static void requireUnordered(String place, Topology topology) throws SiteStartException {
        List<String> ordered = topology.rules().entrySet().stream()
                .filter(queue -> queue.getValue().ordered())
                .map(Map.Entry::getKey)
                .toList();
        if (!ordered.isEmpty()) {
            throw new SiteStartException(
                    place + ": expected no queue with ordered: true at several headquarters (hq.node),"
                            + " found " + String.join(", ", ordered)
                            + ". A sender's order is kept by a single headquarters alone: remove ordered, or hq.node");
        }
    }

    private void take(String place, byte[] bytes) {
        try {
            Topology changed = parse(place, bytes);
            if (isOfNodes) {
                requireUnordered(place, changed);
            }
            faulty = false;
            digest = Sha256.of(bytes);
            if (!changed.equals(current)) {
                current = changed;
                LOG.info(
                        "{}: topology taken up: {} exchanges, {} queues, {} sites",
                        place,
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

    /** @throws SiteStartException when anything in it is wrong; one line a fault, with place, line and remedy */
    public static Topology parse(String place, byte[] bytes) throws SiteStartException {
        try {
            return TopologyReader.read(place, Utf8File.decode(Path.of(place), bytes));
        } catch (IOException e) {
            throw new SiteStartException(e.getMessage(), e);
        }
    }
}
