package io.saddlebag.tlog;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.dsse.Envelope;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.TreeHead;
import io.saddlebag.message.TreeHead.LogHead;
import io.saddlebag.seal.CryptoProviders;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A site that is shown true and false histories, which are really signed. */
class SeenLogTest {
    private static final CamelContext CAMEL = new DefaultCamelContext();

    @TempDir
    static Path folder;

    private static TestNetwork network;
    private static SiteIdentity headquarters;

    @TempDir
    private Path home;

    private final List<long[]> asked = new ArrayList<>();
    private final LoggedLines log = LoggedLines.of(SeenLog.class);
    private final Exchange exchange = new DefaultExchange(CAMEL);
    private SeenLog seen;

    /** A history with nodes; two may have a common beginning. */
    private static final class History {
        private final Map<List<Long>, byte[]> nodes = new HashMap<>();
        private final List<LogHead> heads = new ArrayList<>();
        private final MerkleTree tree = new MerkleTree();

        History(String... leaves) {
            heads.add(null);
            for (String leaf : leaves) {
                long index = tree.size();
                List<byte[]> completed = tree.add(leaf.getBytes(StandardCharsets.UTF_8));
                for (int level = 0; level < completed.size(); level++) {
                    nodes.put(List.of((long) level, index >> level), completed.get(level));
                }
                heads.add(new LogHead(tree.size(), tree.root()));
            }
        }

        LogHead head(int size) {
            return heads.get(size);
        }

        byte[] proof(long from, long to) {
            return Json.write(Consistency.proof(from, to, (level, index) -> nodes.get(List.of((long) level, index))));
        }
    }

    private static final History TRUE = new History("a", "b", "c", "d", "e", "f", "g");
    private static final History FORK = new History("a", "b", "x", "d", "e", "f", "g");

    @BeforeAll
    static void issue() {
        network = TestNetwork.create(folder);
        headquarters = network.identity(TestNetwork.HQ);
    }

    @BeforeEach
    void open() throws IOException {
        open(false);
    }

    private void open(boolean hasNodes) throws IOException {
        seen = new SeenLog(home, network.identity("FL-LAB").trust(), TestNetwork.HQ, hasNodes, frame -> {
            assertThat(frame.header(Headers.DESTINATION)).isEqualTo("/log");
            asked.add(Json.read(frame.body(), long[].class));
            return new CompletableFuture<>();
        });
        seen.open();
    }

    /** A second node shows what it knew a moment ago; the first had shown the newest. */
    @Test
    void anEarlierHeadOfAnotherNodeHasToBeABeginningOfTheLast() throws IOException {
        open(true);
        show(TRUE.head(3));
        show(TRUE.head(5));
        answer(TRUE);

        show(TRUE.head(3));
        assertThat(asked).isEmpty();
        show(TRUE.head(4));
        answer(TRUE);
        assertThat(home.resolve(SeenLog.CONTRADICTION)).doesNotExist();
        assertThat(seen.head()).isEqualTo(TRUE.head(5));

        show(FORK.head(3));
        assertContradiction("a node of DC-HQ says that the proof log had");
    }

    /** Each of many nodes shows the same head before the first has proved it. */
    @Test
    void aHeadThatManyNodesShowIsNoneThatLacksItsProof() throws IOException {
        open(true);
        show(TRUE.head(3));
        for (int node = 0; node < 63; node++) {
            show(TRUE.head(4));
        }
        assertNothingFound();
        answer(TRUE);
        assertThat(seen.head()).isEqualTo(TRUE.head(4));
        assertNothingFound();

        for (int size = 0; size < 7; size++) {
            show(TRUE.head(5 + size % 2));
        }
        assertThat(log.from(Level.WARN)).singleElement().asString().contains("does not prove that its proof log");
    }

    @AfterEach
    void close() {
        log.close();
    }

    private static byte[] signed(SiteIdentity signer, SiteId site, LogHead head) {
        TreeHead said = new TreeHead(signer.trust().networkId(), site, head.size(), head.root(), Instant.now());
        return Envelope.signed(
                        signer,
                        TreeHead.TYPE,
                        Json.write(said),
                        CryptoProviders.portable().signature())
                .write();
    }

    private void take(StompFrame.Builder frame, byte[] body) throws IOException {
        exchange.getMessage().setBody(frame.body(body).build());
        seen.takeHead(exchange);
    }

    private void show(LogHead head) throws IOException {
        take(StompFrame.of(StompCommand.MESSAGE), signed(headquarters, TestNetwork.HQ, head));
    }

    /** Headquarters answers the last question from this history. */
    private void answer(History from) throws IOException {
        long[] sizes = asked.remove(asked.size() - 1);
        take(
                StompFrame.of(StompCommand.MESSAGE).header(Headers.LOG_PROOF, sizes[0] + "/" + sizes[1]),
                from.proof(sizes[0], sizes[1]));
    }

    private void assertContradiction(String found) throws IOException {
        assertThat(log.at(Level.ERROR))
                .singleElement()
                .asString()
                .startsWith("headquarters showed two histories: ")
                .contains(found);
        assertThat(home.resolve(SeenLog.CONTRADICTION)).content().contains("tree-head.v1+json", found);
    }

    private void assertNothingFound() {
        assertThat(log.from(Level.WARN)).isEmpty();
        assertThat(home.resolve(SeenLog.CONTRADICTION)).doesNotExist();
    }

    @Test
    void followsALogThatProvesThatItContinues() throws Exception {
        assertThat(seen.head()).isNull();
        show(TRUE.head(3));
        show(TRUE.head(3));
        assertThat(asked).isEmpty();
        show(TRUE.head(6));
        assertThat(seen.head()).as("not before its proof").isEqualTo(TRUE.head(3));
        answer(TRUE);
        assertThat(seen.head()).isEqualTo(TRUE.head(6));

        open();
        assertThat(seen.head()).as("after a restart").isEqualTo(TRUE.head(6));
        show(TRUE.head(7));
        answer(TRUE);
        assertThat(seen.head()).isEqualTo(TRUE.head(7));
        assertNothingFound();
    }

    @Test
    void findsALogThatWasRewrittenAlsoAfterARestart() throws Exception {
        show(TRUE.head(3));
        open();
        show(FORK.head(6));
        answer(FORK);

        assertContradiction("does not continue " + TRUE.head(3));
        assertThat(seen.head()).as("continues, to find the next").isEqualTo(FORK.head(6));
        show(FORK.head(7));
        answer(FORK);
        assertThat(seen.head()).isEqualTo(FORK.head(7));
        open();
        assertThat(log.at(Level.WARN))
                .as("until somebody takes the evidence away")
                .singleElement()
                .asString()
                .contains("is still there");
    }

    @Test
    void findsALogThatWentBackOrHasTwoRoots() throws Exception {
        show(TRUE.head(6));
        show(TRUE.head(3));
        assertContradiction("went back from 6 leaves");

        Files.delete(home.resolve(SeenLog.CONTRADICTION));
        show(FORK.head(3));
        assertThat(log.at(Level.ERROR)).hasSize(2);
        assertThat(home.resolve(SeenLog.CONTRADICTION)).content().contains("had 3 leaves");
    }

    @Test
    void findsThatAnotherSiteWasShownAnotherHistory() throws Exception {
        show(TRUE.head(3));
        seen.told("the receipt of CA-RC", FORK.head(3));

        assertContradiction("the receipt of CA-RC says that the proof log had " + FORK.head(3));
    }

    @Test
    void comparesHeadsOfOtherSitesThatItHasNotSeenItself() throws Exception {
        seen.told("early", TRUE.head(1));
        seen.told("none", null);
        show(TRUE.head(3));
        answer(TRUE);
        seen.told("the same", TRUE.head(3));
        seen.told("earlier", TRUE.head(2));
        answer(TRUE);
        seen.told("later", TRUE.head(5));
        assertThat(asked).as("waits for a longer one").isEmpty();
        show(TRUE.head(7));
        answer(TRUE);
        answer(TRUE);
        assertNothingFound();

        seen.told("forked", FORK.head(4));
        answer(TRUE);
        assertContradiction("forked says that the proof log had " + FORK.head(4));
    }

    @Test
    void warnsOfHeadsWithoutAProof() throws Exception {
        show(TRUE.head(1));
        for (int i = 0; i < 8; i++) {
            show(TRUE.head(3));
        }

        assertThat(log.from(Level.WARN))
                .singleElement()
                .asString()
                .startsWith("headquarters does not prove that its proof log, 3 leaves");
        assertThat(seen.head()).isEqualTo(TRUE.head(1));
    }

    @Test
    void passesOverProofsThatItDidNotAskForAndHeadsOfOthers() throws Exception {
        show(TRUE.head(3));
        take(StompFrame.of(StompCommand.MESSAGE).header(Headers.LOG_PROOF, "1/3"), FORK.proof(1, 3));
        assertNothingFound();

        take(StompFrame.of(StompCommand.MESSAGE), signed(headquarters, SiteId.of("XX-HQ"), TRUE.head(4)));
        SiteIdentity other = network.identity("XX-HQ");
        take(StompFrame.of(StompCommand.MESSAGE), signed(other, SiteId.of("XX-HQ"), TRUE.head(4)));
        take(StompFrame.of(StompCommand.MESSAGE), signed(network.identity("CA-RC"), TestNetwork.HQ, TRUE.head(4)));
        take(StompFrame.of(StompCommand.MESSAGE), "{}".getBytes(StandardCharsets.UTF_8));
        take(StompFrame.of(StompCommand.MESSAGE).header(Headers.LOG_PROOF, "3/4"), new byte[] {'x'});

        assertThat(log.from(Level.WARN)).hasSize(5).allMatch(line -> line.contains("does not hold"));
        assertThat(asked).isEmpty();
        assertThat(seen.head()).isEqualTo(TRUE.head(3));
    }

    @Test
    void doesNotTakeUpADamagedFile() throws Exception {
        show(TRUE.head(3));
        Files.writeString(home.resolve(SeenLog.HEAD), "{}");

        open();

        assertThat(seen.head()).isNull();
        assertThat(log.at(Level.WARN))
                .singleElement()
                .asString()
                .contains("is not taken up from " + home.resolve(SeenLog.HEAD));
    }
}
