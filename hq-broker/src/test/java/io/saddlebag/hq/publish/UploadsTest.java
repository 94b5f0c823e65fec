package io.saddlebag.hq.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.files.Presence;
import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.spool.SpoolPayloadStore;
import io.saddlebag.hq.testing.StepFixture;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads in a real spool, of messages of two parts. */
class UploadsTest {
    private static final SiteId LAB = SiteId.of("FL-LAB");
    private static final SiteId PA = SiteId.of("PA-LAB");
    private static final byte[] ENVELOPE = {'{', '}'};
    private static final long SIZE = Manifest.PART_SIZE + 10L;
    private static final String X = "FL-LAB_DAT_20251008_001";
    private static final String Y = "FL-LAB_DAT_20251008_002";

    @TempDir
    Path folder;

    private PayloadStore payloads;
    private Uploads uploads;

    @BeforeEach
    void open() throws IOException {
        payloads = new SpoolPayloadStore(folder, Presence.ALWAYS);
        uploads = new Uploads(payloads, FreeSpace.UNWATCHED, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        payloads.close();
    }

    private static Session session() {
        return new StepFixture("FL-LAB").session;
    }

    /** Part 1 or 2, judged. */
    private static Submission submission(String id, int part) {
        return submission(LAB, id, part);
    }

    private static Submission submission(SiteId sender, String id, int part) {
        byte[] bytes = new byte[part == 1 ? ENVELOPE.length + Manifest.PART_SIZE : 10];
        System.arraycopy(ENVELOPE, 0, bytes, 0, part == 1 ? ENVELOPE.length : 0);
        Submission submission = new Submission(PublishFrame.of(StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, "/exchange/labs")
                .header(Headers.ROUTING_KEY, "ca_rc")
                .header(Headers.MESSAGE_ID, id)
                .header(Headers.PART, part + "/2")
                .header(Headers.MANIFEST_LENGTH, part == 1 ? Integer.toString(ENVELOPE.length) : null)
                .body(bytes)
                .build()));
        submission.signed(
                new Manifest(
                        Sha256.of(ENVELOPE),
                        MessageId.of(id),
                        Instant.EPOCH,
                        null,
                        null,
                        new Manifest.Sender(sender, Sha256.of(ENVELOPE)),
                        List.of(new Manifest.Recipient(SiteId.of("CA-RC"), "1", 1, null)),
                        new Manifest.Routing("labs", List.of("ca_rc")),
                        new Manifest.Body(Manifest.Body.AGE, SIZE, Sha256.of(new byte[(int) SIZE])),
                        2),
                Sha256.of(id.getBytes(StandardCharsets.UTF_8)));
        return submission;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("uploads"))) {
            return files.toList();
        }
    }

    @Test
    void keepsThePartThatItTookOnTheDiskAlone() throws IOException {
        Submission first = submission(X, 1);
        OpenUpload upload = uploads.open(session(), first);
        assertThat(upload.take(first.frame())).isEqualTo(2);
        assertThat(upload.first().frame().body()).isEqualTo(ENVELOPE);
        assertThat(upload.take(submission(X, 2).frame())).isEqualTo(3);
        assertThat(upload.isFull()).isTrue();
        upload.complete();
    }

    @Test
    void refusesWhatIsLargerThanTheRoomThatIsFreeAndLeavesNothingOfIt() throws IOException {
        uploads = new Uploads(payloads, new FreeSpace(1000, () -> SIZE + 999), Clock.systemUTC());
        assertThatThrownBy(() -> uploads.open(session(), submission(X, 1)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Code.STORAGE_LOW))
                .hasMessageContaining("found too little")
                .message()
                .doesNotContainPattern("[0-9]");
        assertThat(files()).isEmpty();
    }

    @Test
    void leavesOthersRoomThatOneSendersUnfinishedUploadsDoNotTake() throws IOException {
        AtomicLong free = new AtomicLong(4 * SIZE + 2000);
        uploads = new Uploads(payloads, new FreeSpace(0, free::get, Presence.ALWAYS, 50), Clock.systemUTC());
        List<Session> sessions = List.of(session(), session());
        take(uploads.open(sessions.get(0), submission(X, 1)), free);
        take(uploads.open(sessions.get(1), submission(Y, 1)), free);

        String third = "FL-LAB_DAT_20251008_003";
        assertThatThrownBy(() -> uploads.open(session(), submission(third, 1)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Code.STORAGE_LOW))
                .hasMessageContaining("in this site's share")
                .message()
                .doesNotContainPattern("[0-9]");
        // Unfinished they count too when no connection fills them.
        sessions.forEach(Session::close);
        assertThatThrownBy(() -> uploads.open(session(), submission(third, 1))).isInstanceOf(Refusal.class);

        uploads.open(new StepFixture("PA-LAB").session, submission(PA, "PA-LAB_RPT_20251008_125", 1));
        assertThat(uploads.open(session(), submission(X, 1)).received()).isEqualTo(Manifest.PART_SIZE);
    }

    private static void take(OpenUpload upload, AtomicLong free) throws IOException {
        upload.take(submission(X, 1).frame());
        free.addAndGet(-Manifest.PART_SIZE);
    }

    @Test
    void goesOnWithAnUploadWhoseRestHasRoom() throws IOException {
        Submission first = submission(X, 1);
        uploads.open(session(), first).take(first.frame());
        uploads = new Uploads(payloads, new FreeSpace(1000, () -> 1010), Clock.systemUTC());
        assertThat(uploads.open(session(), first).take(first.frame())).isEqualTo(2);
    }

    @Test
    void onlyTheMessageThatIsReadAgainWaitsForThat() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        PayloadStore slow = (PayloadStore) Proxy.newProxyInstance(
                PayloadStore.class.getClassLoader(),
                new Class<?>[] {PayloadStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("upload") && MessageId.of(X).equals(arguments[1])) {
                        asked.countDown();
                        assertThat(read.await(1, TimeUnit.MINUTES)).isTrue();
                    }
                    return method.invoke(payloads, arguments);
                });
        uploads = new Uploads(slow, FreeSpace.UNWATCHED, Clock.systemUTC());
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<OpenUpload> x = threads.submit(() -> uploads.open(session(), submission(X, 1)));
            assertThat(asked.await(1, TimeUnit.MINUTES)).isTrue();
            Session other = session();
            Future<?> y = threads.submit(() -> {
                OpenUpload opened = uploads.open(other, submission(Y, 1));
                opened.take(submission(Y, 1).frame());
                PublishFrame last = submission(Y, 2).frame();
                uploads.find(other, last).take(last);
                opened.complete();
                uploads.ended(opened);
                return null;
            });
            y.get(20, TimeUnit.SECONDS);
            assertThat(x).isNotDone();
            read.countDown();
            assertThat(x.get(1, TimeUnit.MINUTES).take(submission(X, 1).frame()))
                    .isEqualTo(2);
        } finally {
            read.countDown();
            threads.shutdownNow();
        }
    }

    @Test
    void whatIsTakenOverBeforeItIsBegunIsLostToItsConnection() {
        OpenUpload upload = new OpenUpload(submission(X, 1).judgement(), Clock.systemUTC());
        assertThatThrownBy(() -> upload.begin(() -> {
                    upload.close();
                    throw new ClosedChannelException();
                }))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Code.UPLOAD_LOST));
    }
}
