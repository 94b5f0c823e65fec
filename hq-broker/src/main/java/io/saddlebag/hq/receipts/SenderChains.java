package io.saddlebag.hq.receipts;

import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.shared.SharedChainStore;
import io.saddlebag.hq.store.sql.ChainStore;
import io.saddlebag.hq.store.sql.ChainStore.Head;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest message of each sender to each receiver, in memory: one entry a pair, whatever the number of messages. A
 * message costs a look into a map. Every {@value #EVERY} messages the changed entries are written to the store, in
 * parallel to the commits, so that a start reads only the messages since. One of several nodes writes what came to it
 * alone, and answers from the store. Safe for any number of threads.
 */
public final class SenderChains {
    private static final Logger LOG = LoggerFactory.getLogger(SenderChains.class);

    static final int EVERY = 2_048;

    private final Map<SiteId, Map<SiteId, Head>> bySender = new HashMap<>();
    private final Map<Pair, Head> changed = new HashMap<>();
    private Store store;
    private SharedChainStore shared;
    private Executor saver;
    private long highest;
    private long highestBefore;
    private int sinceSave;
    private boolean isSaving;

    private record Pair(SiteId sender, SiteId receiver) {}

    /** Takes heads that have changed, and the number up to which they are complete with those before; may block. */
    @FunctionalInterface
    private interface Store {
        void save(List<Head> heads, long upTo) throws StoreException;
    }

    /**
     * Reads what the store has, saves what is newer, so that no start reads it again, and saves from now on. Before the
     * first message.
     *
     * @param executor runs the writing, which may block
     */
    public void keepIn(ChainStore chains, Executor executor) throws StoreException {
        long upTo = chains.load(head -> bySender.computeIfAbsent(head.sender(), sender -> new LinkedHashMap<>())
                .put(head.receiver(), head));
        highest = upTo;
        chains.manifestsAfter(upTo, this::took);
        synchronized (this) {
            highestBefore = highest;
            store = chains::save;
            saver = executor;
        }
        save();
    }

    /**
     * Saves, as one of several nodes, what comes to it from now on. Before the first message.
     *
     * @param executor runs the writing, which may block
     */
    public synchronized void shareIn(SharedChainStore chains, Executor executor) {
        store = chains::save;
        shared = chains;
        saver = executor;
    }

    /**
     * A message was committed, or a repeat of it confirmed.
     *
     * @param number its message_number; 0 for a repeat
     */
    public void took(Manifest manifest, long number) {
        Runnable save;
        synchronized (this) {
            SiteId sender = manifest.sender().id();
            Map<SiteId, Head> heads = bySender.computeIfAbsent(sender, each -> new LinkedHashMap<>());
            for (Manifest.Recipient recipient : manifest.recipients()) {
                Head newest = heads.get(recipient.id());
                if (newest == null || newest.seq() < recipient.seq()) {
                    Head head = new Head(sender, recipient.id(), recipient.seq(), manifest.messageId());
                    heads.put(recipient.id(), head);
                    changed.put(new Pair(sender, recipient.id()), head);
                }
            }
            highest = Math.max(highest, number);
            if (store == null || ++sinceSave < EVERY || isSaving) {
                return;
            }
            sinceSave = 0;
            isSaving = true;
            save = this::save;
        }
        try {
            saver.execute(save);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("closed; the next start reads the messages since the last save");
        }
    }

    /** The newest message to each receiver, each once, the receiver that came first before the others. */
    Collection<MessageId> newest(SiteId sender) throws StoreException {
        SharedChainStore chains;
        synchronized (this) {
            chains = shared;
        }
        return chains == null ? newestHere(sender) : chains.newest(sender);
    }

    private synchronized List<MessageId> newestHere(SiteId sender) {
        return bySender.getOrDefault(sender, Map.of()).values().stream()
                .map(Head::messageId)
                .distinct()
                .toList();
    }

    /**
     * Two threads may tell of two commits in the wrong order. The number up to which all was told is therefore that of the
     * save before.
     */
    private void save() {
        List<Head> heads;
        long upTo;
        synchronized (this) {
            heads = new ArrayList<>(changed.values());
            changed.clear();
            upTo = highestBefore;
            highestBefore = highest;
        }
        try {
            store.save(heads, upTo);
        } catch (StoreException e) {
            LOG.warn("newest messages of the senders not saved, tried again later: {}", e.getMessage());
            synchronized (this) {
                heads.forEach(head -> changed.putIfAbsent(new Pair(head.sender(), head.receiver()), head));
                highestBefore = upTo;
            }
        } finally {
            synchronized (this) {
                isSaving = false;
            }
        }
    }
}
