package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.TreeHead;
import io.saddlebag.message.TreeHead.LogHead;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.tlog.Consistency;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The heads of the proof log and the proofs between them, over real TLS. */
class HqLogTest {
    @TempDir
    static Path folder;

    private static RunningHq hq;
    private static SiteIdentity lab;
    private static int published;

    @BeforeAll
    static void start() {
        hq = RunningHq.start(folder, Map.of("hq.proof-log-interval", "100ms"));
        lab = hq.network().identity("FL-LAB");
    }

    @AfterAll
    static void stop() {
        hq.close();
    }

    private static void follow(RawStompClient client, String destination) {
        client.send(StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.DESTINATION, destination)
                .header(Headers.ID, "log")
                .build());
    }

    private static LogHead head(RawStompClient client) {
        StompFrame frame = client.receive();
        assertThat(frame.command()).isEqualTo(StompCommand.MESSAGE);
        assertThat(frame.header(Headers.SUBSCRIPTION)).isEqualTo("log");
        assertThat(frame.header(Headers.DESTINATION)).isEqualTo("/log/FL-LAB");
        assertThat(frame.header(Headers.LOG_PROOF)).isNull();
        EnvelopeVerifier.Verified verified = new EnvelopeVerifier(lab.trust()).verify(frame.body(), TreeHead.TYPE);
        assertThat(verified.signer().value()).isEqualTo("DC-HQ");
        return Json.read(verified.payload(), TreeHead.class).log();
    }

    private static LogHead longerThan(LogHead before, RawStompClient client) {
        LogHead head = head(client);
        while (head.size() == before.size()) {
            head = head(client);
        }
        return head;
    }

    /** The next frame that is no head: headquarters may sign one at any time. */
    private static StompFrame noHead(RawStompClient client) {
        StompFrame frame = client.receive();
        while (frame.command() == StompCommand.MESSAGE && frame.header(Headers.LOG_PROOF) == null) {
            frame = client.receive();
        }
        return frame;
    }

    private static void publish() {
        try (RawStompClient sender = hq.connect("FL-LAB")) {
            sender.send(SignedMessage.of(lab, String.format("FL-LAB_DAT_20251008_%03d", ++published), "CA-RC")
                    .frame(1));
            assertThat(sender.receive().header(Headers.STATUS)).isNull();
        }
    }

    private static void ask(RawStompClient client, Object body) {
        byte[] json = Json.write(body);
        client.send(StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, "/log")
                .header(Headers.RECEIPT, "q")
                .header(Headers.CONTENT_LENGTH, json.length)
                .body(json)
                .build());
    }

    @Test
    void tellsASiteOfEachHeadAndProvesThatItContinuesTheOneBefore() {
        publish();
        try (RawStompClient client = hq.connect("FL-LAB")) {
            follow(client, "/log/FL-LAB");
            LogHead first = head(client);
            publish();
            LogHead second = longerThan(first, client);

            ask(client, List.of(first.size(), second.size()));

            StompFrame answer = noHead(client);
            assertThat(answer.header(Headers.LOG_PROOF)).isEqualTo(first.size() + "/" + second.size());
            List<Sha256> proof = List.of(Json.read(answer.body(), Sha256[].class));
            assertThat(Consistency.holds(first.size(), first.root(), second.size(), second.root(), proof))
                    .isTrue();
            assertThat(noHead(client).command()).isEqualTo(StompCommand.RECEIPT);
        }
    }

    @Test
    void logsAKeyBundleThatItTakes() {
        try (RawStompClient owner = hq.connect("CA-RC")) {
            byte[] bundle = Json.write(SignedMessage.keyBundle(lab.trust().networkId(), "CA-RC", 1));
            owner.send(StompFrame.of(StompCommand.SEND)
                    .header(Headers.DESTINATION, "/keys")
                    .header(Headers.RECEIPT, "k")
                    .body(SignedMessage.sign(hq.network().identity("CA-RC"), KeyBundle.TYPE, bundle))
                    .build());
            assertThat(owner.receive().header(Headers.STATUS)).isNull();

            await().until(() -> hq.database()
                            .number("SELECT count(*) FROM log_entry WHERE convert_from(entry, 'UTF8') LIKE"
                                    + " '{\"type\":\"key-bundle\",%\"site_id\":\"CA-RC\",%\"sha256\":\""
                                    + Sha256.of(bundle)
                                    + "\"}'")
                    == 1);
        }
    }

    @Test
    void refusesAnothersDestinationAndAQuestionThatHasNoAnswer() {
        publish();
        try (RawStompClient client = hq.connect("FL-LAB")) {
            ask(client, List.of(1, 1));
            assertThat(client.receive().header(Headers.CODE)).isEqualTo("not-permitted");
            client.send(StompFrame.of(StompCommand.SUBSCRIBE)
                    .header(Headers.DESTINATION, "/log/PA-LAB")
                    .header(Headers.ID, "other")
                    .header(Headers.RECEIPT, "s")
                    .build());
            assertThat(client.receive().header(Headers.CODE)).isEqualTo("not-permitted");
            follow(client, "/log/FL-LAB");
            LogHead head = head(client);
            for (Object question :
                    List.of(List.of(2, 1), List.of(0, 1), List.of(1, head.size() + 1000), List.of(1), "x")) {
                ask(client, question);
                StompFrame answer = noHead(client);
                assertThat(answer.header(Headers.CODE)).as("%s", question).isEqualTo("malformed");
            }
        }
    }
}
