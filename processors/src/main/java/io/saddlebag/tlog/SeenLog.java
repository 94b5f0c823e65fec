package io.saddlebag.tlog;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.identity.Trust;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.TreeHead;
import io.saddlebag.message.TreeHead.LogHead;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.HqEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Headquarters' proof log as a site sees it. Each head must continue the one before, by a proof; so must the heads that
 * other sites say they have seen. Two that contradict each other are kept in a file, which is the evidence, and are logged.
 * Safe for any number of threads; {@link #takeHead} waits for a disk.
 */
public final class SeenLog {
    /** The last head that was verified and proved, in the home. */
    public static final String HEAD = "log-head.json";
    /** The first contradiction that was found, in the home, until somebody takes it away. */
    public static final String CONTRADICTION = "log-contradiction.json";

    private static final Logger LOG = LoggerFactory.getLogger(SeenLog.class);
    /** Heads of other sites that wait for their proof; more are passed over until then. */
    private static final int MOST_TOLD = 64;
    /** Sites get the same heads, so that most are compared without a proof. */
    private static final int MOST_PROVED = 256;
    /** Heads without a proof in between after which it is said. */
    private static final int UNPROVED = 6;

    private final Path home;
    private final Trust trust;
    private final SiteId headquarters;
    private final boolean hasNodes;
    private final Function<StompFrame, CompletableFuture<StompFrame>> link;
    private final EnvelopeVerifier verifier;
    private final Map<LogHead, String> told = new HashMap<>();
    /** By size, the last heads that were proved. */
    private final Map<Long, LogHead> proved = new LinkedHashMap<>();

    private Signed last;
    private Signed next;
    private int unproved;

    /** A head whose signature verified. */
    private record Signed(TreeHead head, byte[] envelope) {
        LogHead log() {
            return head.log();
        }
    }

    private record Contradiction(
            @JsonProperty("found") String found,
            @JsonProperty("first") JsonNode first,
            @JsonProperty("second") JsonNode second) {}

    /**
     * @param hasNodes true when headquarters has several nodes, of which one may show an earlier head after another's
     * @param link sends a frame to headquarters, and gives its receipt
     */
    public SeenLog(
            Path home,
            Trust trust,
            SiteId headquarters,
            boolean hasNodes,
            Function<StompFrame, CompletableFuture<StompFrame>> link) {
        this.hasNodes = hasNodes;
        this.home = home;
        this.trust = trust;
        this.headquarters = headquarters;
        this.link = link;
        this.verifier = new EnvelopeVerifier(trust);
    }

    /** Continues from the head that the last run saw. */
    public synchronized void open() throws IOException {
        AtomicFiles.removeUnfinished(home);
        try {
            byte[] envelope = Files.readAllBytes(home.resolve(HEAD));
            last = new Signed(verified(envelope), envelope);
            remember();
        } catch (NoSuchFileException e) {
            LOG.debug("no head of the proof log was seen before");
        } catch (Refusal e) {
            LOG.warn(
                    "the last head of the proof log is not taken up from {}: {}",
                    home.resolve(HEAD),
                    Printable.reason(e.reason()));
        }
        if (AtomicFiles.isThere(home.resolve(CONTRADICTION))) {
            LOG.warn("{} is still there: headquarters showed two histories", home.resolve(CONTRADICTION));
        }
    }

    private TreeHead verified(byte[] envelope) {
        EnvelopeVerifier.Verified verified = verifier.verify(envelope, TreeHead.TYPE);
        TreeHead head = Json.readOrRefuse(verified.payload(), TreeHead.class);
        if (!verified.signer().equals(headquarters)
                || !head.siteId().equals(headquarters)
                || !head.networkId().equals(trust.networkId())) {
            throw new Refusal(
                    Refusal.Code.WRONG_SENDER,
                    "Expected a head of the proof log of " + headquarters + ", found one of " + head.siteId()
                            + " signed by " + verified.signer());
        }
        return head;
    }

    /** The last head that continues all before it; null when there is none yet. */
    public synchronized LogHead head() {
        return last == null ? null : last.log();
    }

    /** Step {@code takeLogFrame}: a head, or the proof that was asked for. */
    public void takeHead(Exchange exchange) throws IOException {
        StompFrame frame = exchange.getMessage().getBody(StompFrame.class);
        String sizes = frame.header(Headers.LOG_PROOF);
        try {
            if (sizes == null) {
                take(frame.body());
            } else {
                prove(sizes, List.of(Json.readOrRefuse(frame.body(), Sha256[].class)));
            }
        } catch (Refusal e) {
            LOG.warn("headquarters sent a head of its proof log that does not hold: {}", Printable.reason(e.reason()));
        }
    }

    private synchronized void take(byte[] envelope) throws IOException {
        Signed head = new Signed(verified(envelope), envelope);
        if (last == null) {
            accept(head);
        } else if (head.head().size() < last.head().size() && hasNodes) {
            told("a node of " + headquarters, head.log());
        } else if (head.head().size() < last.head().size()) {
            contradict(head, "the proof log went back from " + last.log() + " to " + head.log());
        } else if (head.head().size() > last.head().size()) {
            boolean isShownAgain = hasNodes && next != null && head.log().equals(next.log());
            if (!isShownAgain) {
                unproved = next == null ? 0 : unproved + 1;
            }
            if (unproved == UNPROVED && !isShownAgain) {
                LOG.warn("headquarters does not prove that its proof log, {}, continues {}", head.log(), last.log());
            }
            next = head;
            ask(last.log(), head.log());
        } else if (!head.log().equals(last.log())) {
            contradict(head, "the proof log had " + last.log() + " and has " + head.log());
        }
    }

    private void ask(LogHead from, LogHead to) {
        StompFrame question = HqEndpoint.question(Headers.LOG, List.of(from.size(), to.size()));
        link.apply(question).whenComplete((receipt, failure) -> {
            if (failure != null) {
                LOG.debug("no proof from {} to {}: {}", from, to, Printable.reason(FaultText.of(failure)));
            }
        });
    }

    /** Only proofs between heads that are known here prove anything. */
    private synchronized void prove(String sizes, List<Sha256> proof) throws IOException {
        if (next != null && sizes.equals(last.head().size() + "/" + next.head().size())) {
            if (holds(last.log(), next.log(), proof)) {
                accept(next);
            } else {
                contradict(next, "the proof log, " + next.log() + ", does not continue " + last.log());
            }
            return;
        }
        for (LogHead each : List.copyOf(told.keySet())) {
            if (last != null && sizes.equals(each.size() + "/" + last.head().size())) {
                compare(each, holds(each, last.log(), proof));
            }
        }
    }

    private static boolean holds(LogHead from, LogHead to, List<Sha256> proof) {
        return Consistency.holds(from.size(), from.root(), to.size(), to.root(), proof);
    }

    private void accept(Signed head) throws IOException {
        AtomicFiles.replace(home.resolve(HEAD), head.envelope());
        last = head;
        next = null;
        unproved = 0;
        remember();
        for (LogHead each : List.copyOf(told.keySet())) {
            look(each);
        }
    }

    private void remember() {
        if (proved.size() == MOST_PROVED) {
            proved.remove(proved.keySet().iterator().next());
        }
        proved.put(last.head().size(), last.log());
    }

    /** Compares a head of another site with the own one, or asks for the proof, or waits for a longer own one. */
    private void look(LogHead other) throws IOException {
        if (last == null || other.size() > last.head().size()) {
            return;
        }
        LogHead own = proved.get(other.size());
        if (own != null) {
            compare(other, own.equals(other));
        } else {
            ask(other, last.log());
        }
    }

    private void compare(LogHead other, boolean isBeginning) throws IOException {
        String by = told.remove(other);
        if (!isBeginning) {
            contradict(
                    null,
                    by + " says that the proof log had " + other + ", which " + last.log() + " here do not continue");
        }
    }

    /**
     * Another site says, signed, that it has seen this head. When headquarters showed it another history than this one, that
     * is found as soon as headquarters is asked for a proof.
     *
     * @param by who says so, and where; for the log
     * @param seen null when it has seen none
     */
    public synchronized void told(String by, LogHead seen) throws IOException {
        if (seen == null || last != null && seen.equals(last.log()) || told.size() >= MOST_TOLD) {
            return;
        }
        if (told.putIfAbsent(seen, by) == null) {
            look(seen);
        }
    }

    /**
     * Keeps the evidence of the first contradiction and continues from the newer head, so that a further one is found.
     *
     * @param other the head that contradicts the last one; null when another site has it
     */
    private void contradict(Signed other, String found) throws IOException {
        Path evidence = home.resolve(CONTRADICTION);
        if (!AtomicFiles.isThere(evidence)) {
            Contradiction contradiction = new Contradiction(found, json(last), other == null ? null : json(other));
            AtomicFiles.create(evidence, Json.writeForPeople(contradiction));
            LOG.error("headquarters showed two histories: {}. Kept in {}", found, evidence);
        }
        if (other != null) {
            accept(other);
        }
    }

    private static JsonNode json(Signed head) {
        return Json.read(head.envelope(), JsonNode.class);
    }
}
