package io.saddlebag.hq;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.testing.RunningHq;
import io.saddlebag.hq.testing.SignedMessage;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RawStompClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The answers to a sender about its own messages, over real TLS and PostgreSQL. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HqChainTest {
    private static final String ID = "FL-LAB_DAT_20251008_";

    @TempDir
    static Path folder;

    private static RunningHq hq;
    private static SignedMessage toBoth;
    private static SignedMessage newestToCa;
    private static SignedMessage late;
    private static SignedMessage inParts;

    @BeforeAll
    static void publish() {
        hq = RunningHq.start(folder, Map.of());
        SiteIdentity lab = hq.network().identity("FL-LAB");
        toBoth = SignedMessage.inChain(lab, ID + "001", Map.of("CA-RC", 1L, "NY-RC", 1L));
        newestToCa = SignedMessage.inChain(lab, ID + "003", Map.of("CA-RC", 3L));
        late = SignedMessage.inChain(lab, ID + "002", Map.of("CA-RC", 2L));
        inParts = SignedMessage.of(lab, ID + "009", 2_500_000, null, "NY-RC");
        try (RawStompClient client = hq.connect("FL-LAB")) {
            for (SignedMessage each : List.of(toBoth, newestToCa, late)) {
                client.send(each.frame(1));
                assertThat(client.receive().header(Headers.STATUS)).isNull();
            }
        }
    }

    @AfterAll
    static void stop() {
        hq.close();
    }

    private static StompFrame subscription(String site) {
        return StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.DESTINATION, "/chain/" + site)
                .header(Headers.ID, "chain")
                .header(Headers.RECEIPT, "subscribed")
                .build();
    }

    private static StompFrame question(Object ids) {
        return StompFrame.of(StompCommand.SEND)
                .header(Headers.DESTINATION, "/chain")
                .header(Headers.RECEIPT, "asked")
                .body(Json.write(ids))
                .build();
    }

    /** The bodies of the messages before the receipt. */
    private static List<byte[]> ask(RawStompClient client, StompFrame question) {
        client.send(question);
        List<byte[]> bodies = new ArrayList<>();
        StompFrame frame = client.receive();
        while (frame.command() == StompCommand.MESSAGE) {
            assertThat(frame.header(Headers.SUBSCRIPTION)).isEqualTo("chain");
            assertThat(frame.header(Headers.DESTINATION)).isEqualTo("/chain/FL-LAB");
            bodies.add(frame.body());
            frame = client.receive();
        }
        assertThat(frame.header(Headers.RECEIPT_ID)).isEqualTo(question.header(Headers.RECEIPT));
        assertThat(frame.header(Headers.STATUS))
                .as(frame.header(Headers.REASON))
                .isNull();
        return bodies;
    }

    private static void assertRefused(RawStompClient client, StompFrame question, String code) {
        client.send(question);
        StompFrame answer = client.receive();
        assertThat(answer.command()).isEqualTo(StompCommand.RECEIPT);
        assertThat(answer.header(Headers.CODE)).isEqualTo(code);
    }

    @Test
    @Order(1)
    void tellsTheManifestWithTheHighestSeqToEachReceiverAsItWasSigned() {
        try (RawStompClient client = hq.connect("FL-LAB")) {
            assertThat(ask(client, subscription("FL-LAB")))
                    .containsExactlyInAnyOrder(newestToCa.envelope(), toBoth.envelope());
        }
    }

    @Test
    @Order(2)
    void tellsTheLastOfTheNamedMessagesThatItHas() {
        try (RawStompClient client = hq.connect("FL-LAB")) {
            ask(client, subscription("FL-LAB"));

            assertThat(ask(client, question(List.of(ID + "001", ID + "002", ID + "777"))))
                    .containsExactly(late.envelope());
            assertThat(ask(client, question(List.of(ID + "777")))).isEmpty();
        }
    }

    @Test
    @Order(3)
    void tellsNobodyOfAnothersMessages() {
        try (RawStompClient client = hq.connect("PA-LAB")) {
            assertRefused(client, subscription("FL-LAB"), "not-permitted");
            assertRefused(client, question(List.of("PA-LAB_DAT_20251008_001")), "not-permitted");
            assertThat(ask(client, subscription("PA-LAB"))).isEmpty();
            assertRefused(client, question(List.of(ID + "001")), "not-permitted");
        }
        try (RawStompClient client = hq.connect("CA-RC")) {
            assertRefused(client, subscription("FL-LAB"), "not-permitted");
        }
    }

    @Test
    @Order(4)
    void refusesWhatItCannotAnswer() {
        try (RawStompClient client = hq.connect("FL-LAB")) {
            ask(client, subscription("FL-LAB"));

            assertRefused(client, question(Map.of("a", 1)), "malformed");
            assertRefused(client, question(List.of()), "too-large");
            assertRefused(
                    client,
                    question(IntStream.range(100, 400)
                            .mapToObj(each -> ID + each)
                            .toList()),
                    "too-large");
            assertRefused(client, subscription("FL-LAB"), "malformed");
        }
    }

    @Test
    @Order(5)
    void knowsTheNewestAgainAfterARestart() {
        hq.stop();
        hq.start();
        hq.stop();
        hq.start();

        try (RawStompClient client = hq.connect("FL-LAB")) {
            assertThat(ask(client, subscription("FL-LAB")))
                    .containsExactlyInAnyOrder(newestToCa.envelope(), toBoth.envelope());
        }
        assertThat(hq.database().number("SELECT max(read_up_to) FROM sender_chain"))
                .isEqualTo(hq.database().number("SELECT max(message_number) FROM message"));
    }

    @Test
    @Order(6)
    void forgetsNoSubscriptionAndTakesAnotherOnceTheFirstHasEnded() {
        try (RawStompClient client = hq.connect("FL-LAB")) {
            ask(client, subscription("FL-LAB"));
            client.send(StompFrame.of(StompCommand.UNSUBSCRIBE)
                    .header(Headers.ID, "chain")
                    .header(Headers.RECEIPT, "ended")
                    .build());
            assertThat(client.receive().header(Headers.RECEIPT_ID)).isEqualTo("ended");

            assertThat(ask(client, subscription("FL-LAB"))).hasSize(2);
        }
    }

    @Test
    @Order(7)
    void countsAMessageInPartsOnceItIsWhole() {
        try (RawStompClient client = hq.connect("FL-LAB")) {
            ask(client, subscription("FL-LAB"));
            client.send(inParts.frame(1));
            client.receive();
            assertThat(ask(client, question(List.of(ID + "009")))).isEmpty();
            client.send(inParts.frame(2));
            client.send(inParts.frame(3));
            client.receive();
            client.receive();

            assertThat(ask(client, question(List.of(ID + "009")))).containsExactly(inParts.envelope());
        }
    }
}
