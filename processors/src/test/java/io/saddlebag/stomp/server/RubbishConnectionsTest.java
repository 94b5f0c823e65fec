package io.saddlebag.stomp.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.saddlebag.stomp.ConnectionFault;
import io.saddlebag.stomp.ConnectionFault.Kind;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.testing.LoggedLines;
import io.saddlebag.testing.RawStompClient;
import io.saddlebag.testing.ScriptedServer;
import io.saddlebag.testing.TestNetwork;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that bring rubbish, by the hundred, and the lines that they leave in the log. */
class RubbishConnectionsTest {
    private static final int MANY = 60;

    private final LoggedLines lines = LoggedLines.of(StompServerEnd.class);
    private final LoggedLines strangers = LoggedLines.of(FailedConnections.class);
    private TestNetwork network;
    private ScriptedServer server;

    @BeforeEach
    void start(@TempDir Path folder) {
        network = TestNetwork.create(folder);
        server = ScriptedServer.start(network.identity(TestNetwork.HQ), (connection, frame) -> null);
    }

    @AfterEach
    void close() {
        server.close();
        lines.close();
        strangers.close();
    }

    @Test
    void logsRubbishOfAnybodyOnceHoweverItDiffers() throws Exception {
        for (int i = 0; i < MANY; i++) {
            try (Socket socket = new Socket("127.0.0.1", server.port())) {
                socket.getOutputStream()
                        .write((Character.toString('a' + i % 26) + "GET / HTTP/1.1\r\n" + i + "\r\n\r\n")
                                .getBytes(StandardCharsets.UTF_8));
                readToTheEnd(socket);
            }
        }

        assertThat(strangers.from(Level.INFO))
                .hasSize(1)
                .first()
                .asString()
                .contains("connection from 127.0.0.1:", " failed: expected TLS, found another protocol");
        assertThat(lines.from(Level.INFO)).isEmpty();
    }

    /** A scan from everywhere, and certificates that anybody can make. */
    @Test
    void boundsTheLinesOfAllAddressesTogether() throws Exception {
        FailedConnections failed = new FailedConnections();
        for (int i = 0; i < MANY; i++) {
            InetSocketAddress from = new InetSocketAddress(InetAddress.getByName("192.0.2." + i), 40_000);
            failed.failed(from, new ConnectionFault(Kind.NO_TLS, "no TLS"));
            failed.failed(from, new ConnectionFault(Kind.CERTIFICATE_REFUSED, "AA-" + i, "not issued here"));
        }
        failed.failed(
                new InetSocketAddress(InetAddress.getByName("198.51.100.1"), 1),
                new ConnectionFault(Kind.OLD_TLS, "an older version"));

        assertThat(strangers.at(Level.INFO)).hasSize(21).last().asString().contains("198.51.100.1:1 failed: an older");
        assertThat(strangers.at(Level.WARN))
                .hasSize(20)
                .first()
                .isEqualTo("connection from 192.0.2.0:40000 failed, its certificate names AA-0: not issued here");
    }

    @Test
    void namesAnIpv6AddressWithItsPortAndOneThatIsGone() throws Exception {
        FailedConnections failed = new FailedConnections();
        failed.failed(
                new InetSocketAddress(InetAddress.getByName("2001:db8::7"), 40_000),
                new ConnectionFault(Kind.OLD_TLS, "an older version"));
        failed.failed(null, new ConnectionFault(Kind.OLD_TLS, "an older version"));

        assertThat(strangers.at(Level.INFO))
                .containsExactly(
                        "connection from [2001:db8:0:0:0:0:0:7]:40000 failed: an older version",
                        "connection from an address that is not known any more failed: an older version");
    }

    private static void readToTheEnd(Socket socket) {
        try (InputStream in = socket.getInputStream()) {
            in.readAllBytes();
        } catch (IOException reset) {
            // The server closed it, which is what the test waits for.
        }
    }

    @Test
    void logsABoundedNumberOfRefusalsOfASiteAndAllOfAnother() {
        List<String> commands = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            commands.add("RUBBISH" + Character.toString('A' + i % 26) + i);
        }
        commands.forEach(command -> rubbish("FL-LAB", command));
        rubbish("PA-LAB", "OTHER");

        assertThat(lines.at(Level.WARN).stream().filter(line -> line.contains("site=FL-LAB")))
                .hasSize(20);
        assertThat(lines.at(Level.WARN)).hasSize(21).last().asString().contains("site=PA-LAB", "OTHER");
        assertThat(lines.at(Level.INFO)).hasSizeLessThanOrEqualTo(2 * 21);
    }

    private void rubbish(String site, String command) {
        try (RawStompClient client = RawStompClient.connect(server.port(), network.identity(site))) {
            client.sendBytes((command + "\n\n\0").getBytes(StandardCharsets.UTF_8));
            assertThat(client.receive().command()).isEqualTo(StompCommand.ERROR);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }
}
