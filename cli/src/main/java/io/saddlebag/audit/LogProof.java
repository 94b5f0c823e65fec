package io.saddlebag.audit;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.identity.Trust;
import io.saddlebag.message.Json;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.TreeHead;
import io.saddlebag.tlog.LogEntry;
import io.saddlebag.tlog.MerkleTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Verifies headquarters' log as it was exported, with the CA's certificate alone: that its signed head is over these very
 * leaves, that other heads are over beginnings of them, and where documents are in it. For one thread.
 */
public final class LogProof {
    private final Path file;
    private final Map<ByteBuffer, Place> wanted = new HashMap<>();
    private final TreeMap<Long, Sha256> roots = new TreeMap<>();
    private final MerkleTree tree = new MerkleTree();
    private TreeHead head;

    /** Where a digest is: in which leaf, and what that says. */
    public record Place(long leaf, LogEntry entry) {}

    private LogProof(Path file) {
        this.file = file;
    }

    /**
     * Reads the whole log and verifies its own head.
     *
     * @param heads others, signed, of which {@link #fault} tells afterwards
     * @param documents the digests to look for
     * @throws IOException when the file is damaged, cut, or signed by another; says where
     */
    public static LogProof read(Path file, Trust trust, List<TreeHead> heads, List<Sha256> documents)
            throws IOException {
        LogProof proof = new LogProof(file);
        heads.forEach(each -> proof.roots.put(each.size(), each.root()));
        proof.roots.replaceAll((size, root) -> null);
        documents.forEach(each -> proof.wanted.put(ByteBuffer.wrap(each.bytes()), null));
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            proof.head = head(file, String.valueOf(lines.readLine()).getBytes(StandardCharsets.UTF_8), trust);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                proof.add(line);
            }
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ", leaf " + proof.tree.size() + ": " + e.getMessage(), e);
        }
        Sha256 root = proof.tree.root();
        if (proof.tree.size() != proof.head.size() || !root.equals(proof.head.root())) {
            throw new IOException(file + ": expected " + proof.head.size() + " leaves with the root "
                    + proof.head.root() + ", as its head says, found " + proof.tree.size() + " with the root " + root
                    + ". The file is damaged or cut, or the log was rewritten");
        }
        return proof;
    }

    /**
     * Reads a signed head. Its certificate may have ended since: it is judged as of the head's own time.
     *
     * @throws IOException when it is none of this network's, or its signature does not hold
     */
    public static TreeHead head(Path file, byte[] envelope, Trust trust) throws IOException {
        try {
            TreeHead said = Json.read(Envelope.parse(envelope).payload(), TreeHead.class);
            EnvelopeVerifier.Verified verified =
                    new EnvelopeVerifier(trust.datedAsOf(said.timestamp())).verify(envelope, TreeHead.TYPE);
            if (!verified.signer().equals(said.siteId()) || !said.networkId().equals(trust.networkId())) {
                throw new IOException(file + ": expected the head of a log of this network, signed by the site that it"
                        + " names, found one of " + said.siteId() + " signed by " + verified.signer());
            }
            return said;
        } catch (Refusal | IllegalArgumentException e) {
            throw new IOException(file + ": expected the signed head of a log: " + e.getMessage(), e);
        }
    }

    private void add(String line) throws IOException {
        String[] parts = line.split(" ", -1);
        if (parts.length != 3 || !parts[0].equals(Long.toString(tree.size()))) {
            throw new IOException(file + ": expected the leaf " + tree.size() + ", its entry and its digests, found '"
                    + (line.length() > 40 ? line.substring(0, 40) + "..." : line) + "'");
        }
        byte[] bytes = Base64.getDecoder().decode(parts[1]);
        byte[] digests = Base64.getDecoder().decode(parts[2]);
        LogEntry entry = Json.read(bytes, LogEntry.class);
        Place place = new Place(tree.size(), entry);
        if (entry.root() != null && !entry.root().equals(MerkleTree.rootOf(digests))) {
            throw new IOException(file + ": expected in the leaf " + tree.size() + " digests with the root "
                    + entry.root() + ", found others");
        }
        for (int at = 0; at < digests.length; at += MerkleTree.HASH) {
            found(ByteBuffer.wrap(digests, at, MerkleTree.HASH), place);
        }
        if (entry.sha256() != null) {
            found(ByteBuffer.wrap(entry.sha256().bytes()), place);
        }
        tree.add(bytes);
        if (roots.containsKey(tree.size())) {
            roots.put(tree.size(), tree.root());
        }
    }

    private void found(ByteBuffer digest, Place place) {
        if (wanted.containsKey(digest)) {
            wanted.putIfAbsent(digest, place);
        }
    }

    /** The head of the log. */
    public TreeHead head() {
        return head;
    }

    /** Where the digest is first; null when it is nowhere. */
    public Place place(Sha256 digest) {
        return wanted.get(ByteBuffer.wrap(digest.bytes()));
    }

    /** Why the log is not a continuation of that head; null when it is. */
    public String fault(TreeHead other) {
        if (!other.siteId().equals(head.siteId())) {
            return "it is of the log of " + other.siteId() + ", this one is of " + head.siteId();
        }
        if (other.size() > head.size()) {
            return "it has " + other.size() + " leaves, this log has " + head.size()
                    + ": the log is older, was cut, or is another";
        }
        Sha256 root = roots.get(other.size());
        return other.root().equals(root)
                ? null
                : "its " + other.size() + " leaves have the root " + other.root() + ", those of this log " + root
                        + ": headquarters showed two histories";
    }
}
