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
import io.saddlebag.where.HeldDelivery;
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

    private static StompFrame where(StompCommand command, String destination) {
        return StompFrame.of(command)
                .header(Headers.DESTINATION, destination)
                .header(Headers.ID, "where")
                .header(Headers.RECEIPT, "asked")
                .build();
    }

    private static StompFrame where(String... ids) {
        StompFrame question = where(StompCommand.SEND, "/where");
        return new StompFrame(question.command(), question.headers(), Json.write(ids));
    }

    private static List<HeldDelivery> held(String site, String... ids) {
        List<HeldDelivery> held = new ArrayList<>();
        try (RawStompClient client = hq.connect(site)) {
            client.send(where(StompCommand.SUBSCRIBE, "/where/" + site));
            assertThat(client.receive().header(Headers.STATUS)).isNull();
            client.send(where(ids));
            StompFrame frame = client.receive();
            while (frame.command() == StompCommand.MESSAGE) {
                assertThat(frame.header(Headers.DESTINATION)).isEqualTo("/where/" + site);
                assertThat(frame.header(Headers.MORE)).isNull();
                held.addAll(List.of(Json.read(frame.body(), HeldDelivery[].class)));
                frame = client.receive();
            }
            assertThat(frame.header(Headers.STATUS)).isNull();
        }
        return held;
    }

    private static List<String> named(List<HeldDelivery> held) {
        return held.stream()
                .map(each -> each.messageId() + " " + each.receiverClientId() + " " + each.state())
                .toList();
    }

    @Test
    @Order(8)
    void tellsASenderWhereItsMessagesAre() {
        List<HeldDelivery> held = held("FL-LAB", ID + "*");

        assertThat(named(held))
                .containsExactlyInAnyOrder(
                        ID + "001 CA-RC waiting",
                        ID + "001 NY-RC waiting",
                        ID + "002 CA-RC waiting",
                        ID + "003 CA-RC waiting",
                        ID + "009 NY-RC waiting");
        assertThat(held).allSatisfy(each -> assertThat(each.queueName()).isNull());
        assertThat(named(held("FL-LAB", ID + "003", ID + "777"))).containsExactly(ID + "003 CA-RC waiting");
        assertThat(held("FL-LAB", "FL-LAB_DAT_2024*")).isEmpty();
    }

    @Test
    @Order(9)
    void tellsAReceiverWhereItsOwnDeliveriesAreAndNoOther() {
        assertThat(named(held("CA-RC", ID + "*")))
                .containsExactly(ID + "001 CA-RC waiting", ID + "002 CA-RC waiting", ID + "003 CA-RC waiting");
        assertThat(held("CA-RC", ID + "001")).singleElement().satisfies(each -> assertThat(each.queueName())
                .isEqualTo("ca_rc_queue"));
        assertThat(held("CA-RC", ID + "009")).isEmpty();
    }

    @Test
    @Order(10)
    void tellsNobodyWhereAnothersMessagesAre() {
        assertThat(held("PA-LAB", ID + "001")).isEmpty();
        assertThat(held("PA-LAB", ID + "*")).isEmpty();
        assertThat(held("PA-LAB", "FL-LAB_*")).isEmpty();
        try (RawStompClient client = hq.connect("PA-LAB")) {
            assertRefused(client, where(StompCommand.SUBSCRIBE, "/where/FL-LAB"), "not-permitted");
            assertRefused(client, where(ID + "001"), "not-permitted");
            client.send(where(StompCommand.SUBSCRIBE, "/where/PA-LAB"));
            client.receive();
            assertRefused(client, where("*"), "malformed");
            assertRefused(client, where("FL*"), "malformed");
            assertRefused(client, where("%_*"), "malformed");
            assertRefused(client, where(), "too-large");
            assertRefused(client, where("PA-LAB_*", "FL-LAB_*"), "too-large");
        }
    }
}
