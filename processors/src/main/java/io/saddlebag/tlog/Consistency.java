package io.saddlebag.tlog;

import io.saddlebag.message.Sha256;
import java.util.ArrayList;
import java.util.List;

/**
 * The proof that one tree is the beginning of another.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9162.html#section-2.1.4">RFC 9162, consistency proofs</a>
 */
public final class Consistency {
    private Consistency() {}

    /**
     * The proof of section 2.1.4.1, empty when the first tree is empty or as large.
     *
     * @param nodes of the larger tree
     */
    public static <X extends Exception> List<Sha256> proof(long from, long to, MerkleTree.Nodes<X> nodes) throws X {
        List<Sha256> proof = new ArrayList<>();
        if (from > 0 && from < to) {
            subProof(from, 0, to, true, nodes, proof);
        }
        return proof;
    }

    /** SUBPROOF(m, D[begin:begin + n], isWhole), with {@code begin} a multiple of the power of two above n. */
    private static <X extends Exception> void subProof(
            long m, long begin, long n, boolean isWhole, MerkleTree.Nodes<X> nodes, List<Sha256> proof) throws X {
        if (m == n) {
            if (!isWhole) {
                proof.add(root(begin, n, nodes));
            }
            return;
        }
        long half = Long.highestOneBit(n - 1);
        if (m <= half) {
            subProof(m, begin, half, isWhole, nodes, proof);
            proof.add(root(begin + half, n - half, nodes));
        } else {
            subProof(m - half, begin + half, n - half, false, nodes, proof);
            proof.add(root(begin, half, nodes));
        }
    }

    /** The root over the leaves from {@code begin}, of whole subtrees of the larger tree. */
    private static <X extends Exception> Sha256 root(long begin, long n, MerkleTree.Nodes<X> nodes) throws X {
        return MerkleTree.of(n, (level, index) -> nodes.hash(level, (begin >> level) + index))
                .root();
    }

    /** True when the proof leads from the one root to the other, by section 2.1.4.2. */
    public static boolean holds(long from, Sha256 fromRoot, long to, Sha256 toRoot, List<Sha256> proof) {
        if (from == 0 || from == to) {
            return proof.isEmpty() && (from == 0 || fromRoot.equals(toRoot));
        }
        if (from > to || from < 0 || proof.isEmpty()) {
            return false;
        }
        List<Sha256> path = new ArrayList<>(proof);
        if (Long.bitCount(from) == 1) {
            path.add(0, fromRoot);
        }
        long first = from - 1;
        long last = to - 1;
        while ((first & 1) == 1) {
            first >>= 1;
            last >>= 1;
        }
        byte[] old = path.get(0).bytes();
        byte[] now = old;
        for (Sha256 step : path.subList(1, path.size())) {
            byte[] hash = step.bytes();
            if (last == 0) {
                return false;
            }
            if ((first & 1) == 1 || first == last) {
                old = MerkleTree.parent(hash, old);
                now = MerkleTree.parent(hash, now);
                while ((first & 1) == 0 && first != 0) {
                    first >>= 1;
                    last >>= 1;
                }
            } else {
                now = MerkleTree.parent(now, hash);
            }
            first >>= 1;
            last >>= 1;
        }
        return last == 0
                && Sha256.ofDigest(old).equals(fromRoot)
                && Sha256.ofDigest(now).equals(toRoot);
    }
}
