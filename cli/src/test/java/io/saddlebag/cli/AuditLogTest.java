package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.TreeHead;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.testing.TestNetwork;
import io.saddlebag.tlog.LogEntry;
import io.saddlebag.tlog.MerkleTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An exported log against the tricks of its headquarters, away from it. */
class AuditLogTest {
    private static final Instant TIME = Instant.now();

    @TempDir
    private Path folder;

    private TestNetwork network;
    private Path ca;
    private Path known;

    @BeforeEach
    void network() throws Exception {
        network = TestNetwork.create(folder.resolve("network"));
        ca = network.identityFolder(SiteId.of("FL-LAB"));
        known = Files.writeString(folder.resolve("known.txt"), "2");
    }

    private static byte[] digest(int number) {
        return Sha256.of(Integer.toString(number).getBytes(StandardCharsets.UTF_8))
                .bytes();
    }

    /** A log whose leaf has, for each number, one manifest. */
    private Path log(String name, int... numbers) throws IOException {
        return log(name, network.identity(TestNetwork.HQ), numbers);
    }

    private Path log(String name, SiteIdentity signer, int... numbers) throws IOException {
        MerkleTree tree = new MerkleTree();
        List<String> lines = new ArrayList<>(List.of(""));
        Base64.Encoder base64 = Base64.getEncoder();
        for (int number : numbers) {
            byte[] entry = LogEntry.commits(TIME, 1, digest(number)).bytes();
            lines.add(tree.size() + " " + base64.encodeToString(entry) + " " + base64.encodeToString(digest(number)));
            tree.add(entry);
        }
        TreeHead head = new TreeHead(signer.trust().networkId(), TestNetwork.HQ, tree.size(), tree.root(), TIME);
        lines.set(
                0,
                new String(
                        Envelope.signed(
                                        signer,
                                        TreeHead.TYPE,
                                        Json.write(head),
                                        CryptoProviders.portable().signature())
                                .write(),
                        StandardCharsets.UTF_8));
        return Files.write(folder.resolve(name), lines);
    }

    private CommandLineRun verify(Path log, Object... more) {
        List<Object> words = new ArrayList<>(List.of("audit", "verify", "--ca", ca, "--log", log));
        words.addAll(List.of(more));
        return CommandLineRun.of(words.toArray());
    }

    private static void assertFails(CommandLineRun run, String text) {
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out() + run.err()).contains(text);
    }

    @Test
    void provesThatADocumentIsInTheLogAndThatItContinuesAnEarlierOne() throws Exception {
        CommandLineRun run = verify(log("now", 1, 2, 3), "--head", log("before", 1, 2), known);

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out())
                .contains("DC-HQ's proof log has 3 leaves, signed at " + TIME)
                .contains("before: the log continues its 2 leaves")
                .contains("known.txt: in leaf 1, commits of " + TIME);
    }

    @Test
    void findsThatADocumentIsMissing() throws Exception {
        assertFails(verify(log("now", 1, 3), known), "known.txt: not in the log");
    }

    @Test
    void findsTwoHistories() throws Exception {
        Path before = log("before", 1, 2);

        assertFails(verify(log("rewritten", 1, 9, 3), "--head", before), "before: its 2 leaves have the root ");
        assertFails(verify(log("forked", 1, 3), "--head", before), "headquarters showed two histories");
        assertFails(
                verify(log("cut", 1), "--head", before),
                "before: it has 2 leaves, this log has 1: the log is older, was cut, or is another");
    }

    @Test
    void namesWhereAFileIsDamagedOrCut() throws Exception {
        Path log = log("now", 1, 2, 3);
        List<String> lines = Files.readAllLines(log);
        Files.write(log, lines.subList(0, 3));
        assertFails(verify(log), "expected 3 leaves with the root ");
        Files.write(log, List.of(lines.get(0), lines.get(1), lines.get(3)));
        assertFails(verify(log), "expected the leaf 1, its entry and its digests, found '2 ");
        Files.write(
                log,
                List.of(lines.get(0), lines.get(1), lines.get(2), lines.get(3).substring(0, 90)));
        assertFails(verify(log), "now");
        String digests = Base64.getEncoder().encodeToString(digest(7));
        Files.write(
                log,
                List.of(lines.get(0), lines.get(1).replaceFirst(" [^ ]+$", " " + digests), lines.get(2), lines.get(3)));
        assertFails(verify(log), "expected in the leaf 0 digests with the root ");
        Files.write(log, List.of());
        assertFails(verify(log), "expected the signed head of a log");
        assertFails(verify(folder.resolve("none")), "none");
    }

    @Test
    void refusesAHeadThatHeadquartersDidNotSign() throws Exception {
        assertFails(
                verify(log("now", network.identity("CA-RC"), 1)),
                "to be signed by a log, found one that CA-RC signed, whose certificate is for a centre");
        assertFails(
                verify(log("other", network.identity("XX-HQ"), 1)),
                "signed by the site that it names, found one of DC-HQ signed by XX-HQ");
        TestNetwork foreign = TestNetwork.create(folder.resolve("foreign"));
        assertFails(verify(log("foreign-log", foreign.identity(TestNetwork.HQ), 1)), "expected the signed head");
    }
}
