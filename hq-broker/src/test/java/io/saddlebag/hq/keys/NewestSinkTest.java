package io.saddlebag.hq.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.testing.NotingConnection;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewestSinkTest {
    private final Client client = new Client();
    private final NewestSink<Integer> sink = new NewestSink<>(client, state -> StompFrame.of(StompCommand.MESSAGE)
            .header(Headers.KEY_VERSION, state.toString())
            .build());

    @Test
    void sendsEachStateToAClientThatReads() {
        sink.accept(1);
        sink.accept(2);
        assertThat(client.versions()).containsExactly("1", "2");
    }

    @Test
    void keepsTheNewestAloneForAClientThatDoesNotRead() {
        client.writable = false;
        for (int version = 1; version <= 100; version++) {
            sink.accept(version);
        }
        assertThat(client.frames).isEmpty();
        assertThat(client.waiting).hasSize(1);
        client.takesFramesAgain();
        assertThat(client.versions()).containsExactly("100");
    }

    private static final class Client extends NotingConnection {
        List<String> versions() {
            return frames.stream().map(each -> each.header(Headers.KEY_VERSION)).toList();
        }
    }
}
