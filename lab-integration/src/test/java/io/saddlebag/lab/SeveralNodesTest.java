package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.site.SiteClocks;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole laboratory and two nodes of headquarters that have the same records. */
class SeveralNodesTest extends LabFixture {
    private static final String ID = "FL-LAB_DAT_20251008_001";

    private ScriptedServer one;
    private ScriptedServer two;

    @BeforeEach
    void startBoth() throws Exception {
        one = ScriptedServer.start(network.identity(TestNetwork.HQ), hq::answer);
        two = ScriptedServer.start(network.identity(TestNetwork.HQ), hq::answer);
        String settings = Files.readString(home.home().settingsFile())
                .replace(
                        "hq.host=127.0.0.1\nhq.port=1\n",
                        "hq.addresses=127.0.0.1:" + one.port() + ",127.0.0.1:" + two.port() + "\n");
        Files.writeString(home.home().settingsFile(), settings);
        lab = new LabApplication(home.home(), Map.of(), Set.of(), SiteClocks.ofSystem());
        lab.start();
    }

    @AfterEach
    void closeBoth() {
        one.close();
        two.close();
    }

    private static List<String> parts(ScriptedServer node) {
        return node.frames().stream()
                .filter(frame -> frame.command() == StompCommand.SEND
                        && frame.header(Headers.DESTINATION).startsWith(Headers.EXCHANGE_PREFIX))
                .map(frame -> frame.header(Headers.PART))
                .toList();
    }

    private Stream<StompFrame> subscriptions(ScriptedServer node) {
        return node.frames().stream().filter(frame -> frame.command() == StompCommand.SUBSCRIBE);
    }

    @Test
    void anUploadGoesOnAtTheOtherNodeAndTheReceiptIsAskedForThere() throws Exception {
        byte[] content = new byte[5 * Manifest.PART_SIZE];
        new Random(1).nextBytes(content);
        hq.breakAtPart(4);
        home.drop(ID + ".bin", content);

        await().until(() -> home.sent().contains(ID + ".bin"));

        ScriptedServer first = parts(one).contains("2/6") ? one : two;
        ScriptedServer next = first == one ? two : one;
        assertThat(parts(next)).containsExactly("1/6", "4/6", "5/6", "6/6");
        assertThat(hq.confirmed()).singleElement();
        assertThat(subscriptions(next).map(frame -> frame.header(Headers.DESTINATION)))
                .contains("/receipts/FL-LAB", "/chain/FL-LAB", "/keys/CA-RC", "/log/FL-LAB");

        // Back to the first, which may settle what the other confirmed: each open message is asked for.
        int asked = hq.questions().size();
        next.close();
        await().until(() -> hq.questions().stream().skip(asked).anyMatch(ids -> ids.contains(MessageId.of(ID))));
    }
}
