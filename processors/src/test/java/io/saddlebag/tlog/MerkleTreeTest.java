package io.saddlebag.tlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Sha256;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Trees of up to 40 leaves, the first eight of them those that the implementations of RFC 6962 test with. */
class MerkleTreeTest {
    private static final List<String> LEAVES =
            List.of("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f");

    private static final List<String> ROOTS = List.of(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

    private final Map<List<Long>, byte[]> nodes = new HashMap<>();
    private final List<Sha256> roots = new ArrayList<>();

    private byte[] node(int level, long index) {
        return nodes.get(List.of((long) level, index));
    }

    private void grow(int size) {
        MerkleTree tree = new MerkleTree();
        roots.add(tree.root());
        for (long leaf = 0; leaf < size; leaf++) {
            List<byte[]> completed = tree.add(
                    leaf < LEAVES.size() ? HexFormat.of().parseHex(LEAVES.get((int) leaf)) : new byte[] {(byte) leaf});
            for (int level = 0; level < completed.size(); level++) {
                nodes.put(List.of((long) level, leaf >> level), completed.get(level));
            }
            roots.add(tree.root());
        }
    }

    private List<Sha256> proof(long from, long to) {
        return Consistency.proof(from, to, this::node);
    }

    @Test
    void hasTheRootsOfRfc6962() {
        grow(8);

        assertThat(roots).extracting(Sha256::hex).containsExactlyElementsOf(ROOTS);
    }

    @Test
    void givesTheConsistencyProofsOfRfc6962() {
        grow(8);

        assertThat(proof(6, 8))
                .extracting(Sha256::hex)
                .containsExactly(
                        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
        assertThat(proof(2, 5))
                .extracting(Sha256::hex)
                .containsExactly(
                        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
    }

    @Test
    void continuesFromTheNodesOfItsLeaves() {
        grow(40);

        for (int size = 0; size <= 40; size++) {
            assertThat(MerkleTree.of(size, this::node).root()).isEqualTo(roots.get(size));
        }
    }

    @Test
    void provesEachTreeTheBeginningOfEachLargerOne() {
        grow(40);

        for (int from = 0; from <= 40; from++) {
            for (int to = from; to <= 40; to++) {
                List<Sha256> proof = proof(from, to);
                assertThat(Consistency.holds(from, roots.get(from), to, roots.get(to), proof))
                        .as("from %d to %d", from, to)
                        .isTrue();
                assertThat(Consistency.holds(to, roots.get(to), from, roots.get(from), proof))
                        .as("back from %d to %d", to, from)
                        .isEqualTo(from == to);
            }
        }
    }

    @Test
    void refusesAnotherHistoryAndAChangedProof() {
        grow(40);
        Sha256 other = Sha256.of(new byte[] {1});

        for (int from = 1; from < 40; from++) {
            for (int to = from + 1; to <= 40; to++) {
                List<Sha256> proof = proof(from, to);
                assertThat(Consistency.holds(from, other, to, roots.get(to), proof))
                        .isFalse();
                assertThat(Consistency.holds(from, roots.get(from), to, other, proof))
                        .isFalse();
                for (List<Sha256> changed : changed(proof)) {
                    assertThat(Consistency.holds(from, roots.get(from), to, roots.get(to), changed))
                            .as("from %d to %d with %s", from, to, changed)
                            .isFalse();
                }
            }
        }
    }

    private static Stream<List<Sha256>> each(List<Sha256> proof) {
        return Stream.iterate(0, i -> i < proof.size(), i -> i + 1).map(i -> {
            List<Sha256> changed = new ArrayList<>(proof);
            changed.set(i, Sha256.of(new byte[] {2}));
            return changed;
        });
    }

    private static List<List<Sha256>> changed(List<Sha256> proof) {
        List<List<Sha256>> all = new ArrayList<>(each(proof).toList());
        all.add(proof.subList(1, proof.size()));
        List<Sha256> longer = new ArrayList<>(proof);
        longer.add(Sha256.of(new byte[] {3}));
        all.add(longer);
        if (proof.size() > 1) {
            List<Sha256> turned = new ArrayList<>(proof);
            Collections.reverse(turned);
            all.add(turned);
        }
        return all;
    }

    @Test
    void hasTheRootOfDigests() {
        byte[] digests = new byte[3 * MerkleTree.HASH];
        digests[40] = 1;
        MerkleTree tree = new MerkleTree();
        tree.add(new byte[32]);
        byte[] second = new byte[32];
        second[8] = 1;
        tree.add(second);
        tree.add(new byte[32]);

        assertThat(MerkleTree.rootOf(digests)).isEqualTo(tree.root());
    }
}
