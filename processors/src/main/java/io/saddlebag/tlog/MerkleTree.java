package io.saddlebag.tlog;

import io.saddlebag.message.Sha256;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The Merkle tree of RFC 9162, section 2.1, over SHA-256, of which only the roots of its whole subtrees are in memory. For
 * one thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9162.html#section-2.1">RFC 9162, Merkle trees</a>
 */
public final class MerkleTree {
    /** The length of a hash in bytes. */
    public static final int HASH = 32;

    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    private final MessageDigest digest = Sha256.newDigest();
    /** The whole subtrees from left to right, each smaller than the one before: one for each bit of the size. */
    private final List<byte[]> peaks = new ArrayList<>();

    private long size;

    /** Gives the hash of the subtree over the leaves from {@code index << level} to {@code (index + 1) << level}. */
    @FunctionalInterface
    public interface Nodes<X extends Exception> {
        byte[] hash(int level, long index) throws X;
    }

    /** The tree over the first leaves of a larger one. */
    public static <X extends Exception> MerkleTree of(long size, Nodes<X> nodes) throws X {
        MerkleTree tree = new MerkleTree();
        for (int level = Long.SIZE - 2; level >= 0; level--) {
            if ((size >> level & 1) == 1) {
                tree.peaks.add(nodes.hash(level, (size >> level) - 1));
            }
        }
        tree.size = size;
        return tree;
    }

    public long size() {
        return size;
    }

    /**
     * Adds a leaf.
     *
     * @return the hashes of the subtrees that it completes, each twice as large as the one before; the first is the leaf's
     */
    public List<byte[]> add(byte[] entry) {
        digest.update(LEAF);
        byte[] hash = digest.digest(entry);
        List<byte[]> completed = new ArrayList<>();
        completed.add(hash);
        for (long rest = size; (rest & 1) == 1; rest >>= 1) {
            hash = node(peaks.remove(peaks.size() - 1), hash);
            completed.add(hash);
        }
        peaks.add(hash);
        size++;
        return completed;
    }

    private byte[] node(byte[] left, byte[] right) {
        digest.update(NODE);
        digest.update(left);
        return digest.digest(right);
    }

    static byte[] parent(byte[] left, byte[] right) {
        return new MerkleTree().node(left, right);
    }

    /** The root of all leaves; of none, the digest of nothing. */
    public Sha256 root() {
        if (peaks.isEmpty()) {
            return Sha256.ofDigest(digest.digest());
        }
        byte[] root = peaks.get(peaks.size() - 1);
        for (int i = peaks.size() - 2; i >= 0; i--) {
            root = node(peaks.get(i), root);
        }
        return Sha256.ofDigest(root);
    }

    /** The root of a tree whose leaves are these digests, {@value #HASH} bytes each. */
    public static Sha256 rootOf(byte[] digests) {
        MerkleTree tree = new MerkleTree();
        byte[] entry = new byte[HASH];
        for (int at = 0; at < digests.length; at += HASH) {
            System.arraycopy(digests, at, entry, 0, HASH);
            tree.add(entry);
        }
        return tree.root();
    }
}
