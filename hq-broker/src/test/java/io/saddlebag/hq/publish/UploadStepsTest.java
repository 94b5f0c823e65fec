package io.saddlebag.hq.publish;

import static io.saddlebag.hq.testing.StepFixture.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.files.Presence;
import io.saddlebag.hq.receipts.SenderChains;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.store.ConfirmedMessages;
import io.saddlebag.hq.store.MemoryMessageStore;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.Publication.Target;
import io.saddlebag.hq.store.spool.SpoolPayloadStore;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.hq.testing.StepFixture;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.testing.RunningTimes;
import io.saddlebag.testing.SettableClock;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message of two parts, in a real spool. */
class UploadStepsTest {
    private static final String ID = "FL-LAB_DAT_20251008_001";

    @TempDir
    static Path network;

    private static SiteIdentity identity;
    private static SignedMessage message;

    @TempDir
    Path folder;

    private final StepFixture lab = new StepFixture("FL-LAB");
    private final MemoryMessageStore messages = new MemoryMessageStore();
    private final AtomicLong confirmedUpTo = new AtomicLong(Long.MAX_VALUE);
    private final SettableClock clock = new SettableClock(Clock.systemUTC());
    private PayloadStore payloads;
    private UploadSteps steps;

    @BeforeAll
    static void sign() {
        identity = TestNetwork.create(network).identity("FL-LAB");
        message = SignedMessage.of(identity, ID, Manifest.PART_SIZE + 9, null, "CA-RC");
    }

    @BeforeEach
    void open() throws IOException {
        payloads = new SpoolPayloadStore(folder, Presence.ALWAYS);
        steps = new UploadSteps(
                new ConfirmedMessages(messages, confirmedUpTo::get),
                new Uploads(payloads, FreeSpace.UNWATCHED, clock),
                new SenderChains(),
                payloads,
                Duration.ofDays(7),
                RunningTimes.sinceEver(clock));
    }

    @AfterEach
    void close() {
        payloads.close();
    }

    /** A part, judged; of the first part all that a manifest tells. */
    private Exchange judged(SignedMessage of, int part) {
        Exchange exchange = lab.exchange(of.frame(part));
        Submission submission = new Submission(PublishFrame.of(of.frame(part)));
        if (part == 1) {
            submission.signed(of.manifest(), Sha256.of(Json.write(of.manifest())));
            submission.routed(List.of(new Target(SiteId.of("CA-RC"), "ca_rc_queue", "ca_rc")));
        }
        exchange.setProperty(Submission.PROPERTY, submission);
        return exchange;
    }

    private Exchange first(SignedMessage of) throws Exception {
        Exchange exchange = judged(of, 1);
        steps.openUpload(exchange);
        steps.takePart(exchange);
        return exchange;
    }

    private Exchange second(SignedMessage of) throws Exception {
        Exchange exchange = judged(of, 2);
        steps.findUpload(exchange);
        steps.takePart(exchange);
        return exchange;
    }

    private void store(SignedMessage stored) {
        Submission submission = Submission.of(judged(stored, 1));
        messages.publish(
                List.of(new StoredPublication(1, submission.publication(Instant.EPOCH), new PayloadRef(1, 1, 10, 100))),
                1);
    }

    private long uploads() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("uploads"))) {
            return files.count();
        }
    }

    private static Object nextPart(Exchange exchange) {
        return exchange.getProperty(HqProperties.NEXT_PART);
    }

    @Test
    void takesTheMessagePartByPart() throws Exception {
        Exchange first = first(message);
        assertThat(nextPart(first)).isEqualTo(2);
        assertThat(Submission.of(first).isWhole()).isFalse();

        Exchange second = second(message);
        assertThat(nextPart(second)).isEqualTo(3);
        assertThat(Submission.of(second).isWhole()).isTrue();
        assertThat(Submission.of(second).payload().bodyLength()).isEqualTo(message.body().length);
    }

    @Test
    void wantsNoPartOfAConfirmedMessage() throws Exception {
        store(message);
        Exchange repeat = first(message);
        assertThat(nextPart(repeat)).isEqualTo(3);
        assertThat(Submission.of(repeat).upload()).isNull();
    }

    @Test
    void takesAMessageOnceMoreWhoseCommitIsUnderWay() throws Exception {
        store(message);
        confirmedUpTo.set(0);
        assertThat(nextPart(first(message))).isEqualTo(2);
    }

    @Test
    void refusesAnotherManifestUnderTheSameMessageId() {
        store(SignedMessage.of(identity, ID, 10, null, "CA-RC"));
        assertRefused(Code.CONFLICT, () -> first(message));
    }

    @Test
    void refusesAPartWithoutTheFirst() {
        assertRefused(Code.UPLOAD_LOST, () -> second(message));
    }

    @Test
    void forgetsAnUploadWhoseDigestIsWrong() throws Exception {
        byte[] other = message.body().clone();
        other[0] ^= 1;
        Exchange exchange = lab.exchange(
                message.headers(message.part(1, message.envelope(), other)).build());
        Submission submission = new Submission(PublishFrame.of(HqProperties.frame(exchange)));
        submission.signed(message.manifest(), Sha256.of(Json.write(message.manifest())));
        exchange.setProperty(Submission.PROPERTY, submission);
        steps.openUpload(exchange);
        steps.takePart(exchange);

        assertRefused(Code.BAD_DIGEST, () -> second(message));
        assertRefused(Code.UPLOAD_LOST, () -> second(message));
        assertThat(uploads()).isZero();
    }

    /** A laboratory that keeps its connection and sends nothing more. */
    @Test
    void discardsPartsWithoutProgressOnAnOpenConnectionToo() throws Exception {
        first(message);
        steps.forgetUploads(null);
        assertThat(uploads()).isEqualTo(1);

        clock.advance(Duration.ofDays(8));
        steps.forgetUploads(null);

        assertThat(uploads()).isZero();
        assertRefused(Code.UPLOAD_LOST, () -> second(message));
        first(message);
        second(message);
    }

    @Test
    void discardsPartsThatAreOlderThanTheirAge() throws Exception {
        first(message);
        lab.session.close();
        steps.forgetUploads(null);
        assertThat(uploads()).isEqualTo(1);

        clock.advance(Duration.ofDays(8));
        steps.forgetUploads(null);
        assertThat(uploads()).isZero();
    }
}
