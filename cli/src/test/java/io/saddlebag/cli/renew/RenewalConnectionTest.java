package io.saddlebag.cli.renew;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.stomp.HostName;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenewalConnectionTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    private Path folder;

    @Test
    void saysWhyThereIsNoConnection() {
        TestNetwork network = TestNetwork.create(folder);
        int nobody = ScriptedServer.freePort();
        LinkOptions options = LinkOptions.to(TestNetwork.HQ, HostName.of("127.0.0.1"), nobody);

        assertThatThrownBy(() -> RenewalConnection.open(network.identity("FL-LAB"), options, SHORT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Expected a connection to headquarters");
    }
}
