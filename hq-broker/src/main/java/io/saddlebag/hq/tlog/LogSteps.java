package io.saddlebag.hq.tlog;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.store.SoleUse;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.LogStore;
import io.saddlebag.hq.store.sql.LogStore.Growth;
import io.saddlebag.hq.store.sql.LogStore.Leaf;
import io.saddlebag.hq.store.sql.LogStore.Pending;
import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.TreeHead;
import io.saddlebag.message.TreeHead.LogHead;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.tlog.Consistency;
import io.saddlebag.tlog.LogEntry;
import io.saddlebag.tlog.MerkleTree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.Provider;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer of the log: makes leaves of what was committed since it last looked, and signs the head. Commits and confirms
 * wait for none of it. Several nodes take turns: each reads again what another has appended, and tells its followers that
 * head too. One thread calls {@link #appendLog}, which blocks. {@link #askLog} blocks, {@link #followLog} does not, and both
 * are safe for any number of threads.
 */
public final class LogSteps {
    private static final Logger LOG = LoggerFactory.getLogger(LogSteps.class);
    private static final int MOST_PROOFS = 64;

    private final LogStore store;
    private final CurrentIdentity identity;
    private final Map<String, Path> files;
    private final SoleUse use;
    private final Clock clock;
    private final Provider ed25519 = CryptoProviders.portable().signature();
    private final Map<String, Optional<Sha256>> loggedFiles = new HashMap<>();
    private final LogFollowers followers = new LogFollowers();
    /** The last proofs: at each head most sites ask for the same one. */
    private final Map<String, byte[]> proofs = new LinkedHashMap<>();

    /** The last that sites were told; null before the first. */
    private volatile LogHead told;

    /** Null until it is read, and again after a failure. */
    private MerkleTree tree;

    private volatile boolean isDamaged;

    /**
     * @param files of the operator, by the name that the log has for each; logged at the start and whenever one changes
     * @param use nothing is appended while it is not held
     */
    public LogSteps(LogStore store, CurrentIdentity identity, Map<String, Path> files, SoleUse use, Clock clock) {
        this.store = store;
        this.identity = identity;
        this.files = files;
        this.use = use;
        this.clock = clock;
    }

    /** Appends what was committed since the last call and signs a head, when there is something. */
    public void appendLog(Exchange exchange) throws StoreException {
        if (!use.isHeld() || isDamaged) {
            return;
        }
        try {
            if (tree == null) {
                tree = read();
            }
            if (isDamaged) {
                return;
            }
            addFiles();
            boolean more = true;
            while (more && !isDamaged) {
                int taken = store.append(tree.size(), this::grow);
                if (taken == LogStore.MOVED) {
                    tree = read();
                    continue;
                }
                more = taken == LogStore.AT_ONCE;
                if (taken > 0 || told == null || store.isShared()) {
                    tellHead();
                }
            }
        } catch (StoreException | RuntimeException e) {
            tree = null;
            throw e;
        }
    }

    /**
     * The log as it was read.
     *
     * @param tree null when a leaf is gone
     * @param expected what it had to be
     * @param found that it is another; null for none
     */
    private record Look(MerkleTree tree, String expected, String found) {}

    /** A log that was cut or changed would grow to heads that contradict those that sites have. */
    private MerkleTree read() throws StoreException {
        Look look = store.read(this::look);
        if (look.found() != null) {
            damaged(look.expected(), look.found());
        }
        return look.tree();
    }

    private Look look(LogStore.View view) throws SQLException {
        LogStore.State state = view.state();
        long size = state.size();
        LogHead head = state.head() == null ? null : head(state);
        String expected = head == null ? "no leaf, since there is no signed head" : head.toString();
        try {
            MerkleTree tree = MerkleTree.of(size, view::hash);
            LogHead log = size == 0 ? null : new LogHead(size, tree.root());
            String found = log == null ? "no leaf" : log.toString();
            if (!Objects.equals(head, log)) {
                return new Look(tree, expected, found);
            }
            return new Look(tree, "a log that continues " + told, continuesTold(log, view) ? null : found);
        } catch (LogStore.LeafGoneException e) {
            return new Look(null, expected, e.getMessage());
        }
    }

    private boolean continuesTold(LogHead log, LogStore.View view) throws SQLException {
        LogHead before = told;
        if (before == null) {
            return true;
        }
        return log != null
                && log.size() >= before.size()
                && Consistency.holds(
                        before.size(),
                        before.root(),
                        log.size(),
                        log.root(),
                        Consistency.proof(before.size(), log.size(), view::hash));
    }

    private static LogHead head(LogStore.State state) {
        return Json.read(Envelope.parse(state.head()).payload(), TreeHead.class).log();
    }

    /** Tells the head in the store, if it is another than the one told last. A site keeps it for good: so must the standby. */
    private synchronized void tellHead() throws StoreException {
        LogStore.State state = store.state();
        if (!isTold(state) && store.isShared()) {
            state = store.read(LogStore.View::state);
        }
        if (isTold(state)) {
            return;
        }
        LogHead head = head(state);
        if (told != null && head.size() < told.size()) {
            damaged("a log that continues " + told, head.toString());
            return;
        }
        told = head;
        followers.tell(state.head());
    }

    private boolean isTold(LogStore.State state) {
        return state.head() == null || head(state).equals(told);
    }

    /** The site gets the last head of the log, if there is one, and each new one. Nothing is acknowledged. */
    public void followLog(Exchange exchange) {
        followers.begin(exchange);
    }

    /** Answers with the proof that the log of one size is the beginning of that of another, both at most the last head's. */
    public void askLog(Exchange exchange) throws StoreException {
        long[] sizes = HqProperties.json(HqProperties.frame(exchange).body(), long[].class);
        if (store.isShared() && sizes.length == 2 && sizes[1] > toldSize()) {
            // It may have the head from another node.
            tellHead();
        }
        long signedSize = toldSize();
        if (sizes.length != 2 || sizes[0] < 1 || sizes[0] > sizes[1] || sizes[1] > signedSize) {
            throw new Refusal(
                    Refusal.Code.MALFORMED,
                    "Expected two sizes of the proof log, the smaller first and neither above " + signedSize
                            + ", found " + Printable.of(Arrays.toString(sizes)));
        }
        followers.answer(HqProperties.session(exchange), sizes[0] + "/" + sizes[1], proof(sizes[0], sizes[1]));
    }

    private long toldSize() {
        LogHead head = told;
        return head == null ? 0 : head.size();
    }

    private byte[] proof(long from, long to) throws StoreException {
        String sizes = from + "/" + to;
        synchronized (proofs) {
            byte[] known = proofs.get(sizes);
            if (known != null) {
                return known;
            }
        }
        byte[] proof = Json.write(store.read(log -> Consistency.proof(from, to, log::hash)));
        synchronized (proofs) {
            if (proofs.size() == MOST_PROOFS) {
                proofs.remove(proofs.keySet().iterator().next());
            }
            proofs.put(sizes, proof);
        }
        return proof;
    }

    private void damaged(String expected, String found) {
        isDamaged = true;
        LOG.error("the proof log is damaged and grows no more: expected {}, found {}", expected, found);
    }

    private void addFiles() throws StoreException {
        for (Map.Entry<String, Path> file : files.entrySet()) {
            Optional<Sha256> now;
            try {
                now = Optional.of(Sha256.of(Files.readAllBytes(file.getValue())));
            } catch (NoSuchFileException e) {
                now = Optional.empty();
            } catch (IOException e) {
                LOG.debug("{} is not logged: {}", file.getValue(), FaultText.of(e));
                continue;
            }
            if (!now.equals(loggedFiles.get(file.getKey()))) {
                store.add(LogEntry.file(clock.instant(), file.getKey(), now.orElse(null))
                        .bytes());
                loggedFiles.put(file.getKey(), now);
            }
        }
    }

    /** Everything committed becomes one leaf, before a leaf for each other entry. */
    private Growth grow(List<Pending> taken) {
        Instant now = clock.instant();
        List<Leaf> leaves = new ArrayList<>();
        ByteArrayOutputStream digests = new ByteArrayOutputStream();
        taken.stream().filter(Pending::isOfManifests).forEach(each -> digests.writeBytes(each.body()));
        int manifests = digests.size() / MerkleTree.HASH;
        taken.stream()
                .filter(each -> !each.isOfManifests() && !each.isEntry())
                .forEach(each -> digests.writeBytes(each.body()));
        if (digests.size() > 0) {
            byte[] all = digests.toByteArray();
            leaves.add(leaf(LogEntry.commits(now, manifests, all).bytes(), all));
        }
        taken.stream().filter(Pending::isEntry).forEach(each -> leaves.add(leaf(each.body(), new byte[0])));
        SiteIdentity signer = identity.now();
        TreeHead head = new TreeHead(signer.trust().networkId(), signer.site(), tree.size(), tree.root(), now);
        return new Growth(
                leaves,
                Envelope.signed(signer, TreeHead.TYPE, Json.write(head), ed25519)
                        .write());
    }

    private Leaf leaf(byte[] entry, byte[] digests) {
        long index = tree.size();
        ByteArrayOutputStream hashes = new ByteArrayOutputStream();
        tree.add(entry).forEach(hashes::writeBytes);
        return new Leaf(index, entry, digests, hashes.toByteArray());
    }
}
