package io.saddlebag.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code .ci/advisories} against a feed that answers as OSV does. */
class AdvisoriesTest {
    @TempDir
    private Path folder;

    private final AtomicReference<String> asked = new AtomicReference<>();
    private String answer = "{\"results\":[{},{\"vulns\":[{\"id\":\"GHSA-1\"},{\"id\":\"GHSA-2\"}]}]}";
    private HttpServer feed;

    @BeforeEach
    void listen() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "SKIPPED: no python3 to ask an advisory feed with");
        feed = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        feed.createContext("/", exchange -> {
            asked.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        feed.start();
    }

    @AfterEach
    void close() {
        if (feed != null) {
            feed.stop(0);
        }
    }

    @Test
    void listsWhatIsKnownToBeVulnerable() throws Exception {
        assertThat(run(feed.getAddress().getPort()))
                .startsWith("exit 1\n")
                .contains("b:bb 2 is vulnerable: GHSA-1", "b:bb 2 is vulnerable: GHSA-2", "2 in 2 libraries");
        assertThat(asked.get()).contains("\"name\": \"a:aa\"", "\"version\": \"1.0\"", "\"ecosystem\": \"Maven\"");
    }

    @Test
    void saysThatNothingIsKnown() throws Exception {
        answer = "{\"results\":[{},{}]}";

        assertThat(run(feed.getAddress().getPort())).startsWith("exit 0\n").contains("0 in 2 libraries");
    }

    @Test
    void saysThatTheFeedCannotBeReached() throws Exception {
        int port = feed.getAddress().getPort();
        feed.stop(0);

        assertThat(run(port)).startsWith("exit 3\n").contains("could not be reached");
    }

    @Test
    void takesAnotherAnswerForNone() throws Exception {
        answer = "<html>";

        assertThat(run(feed.getAddress().getPort())).startsWith("exit 3\n").contains("could not be reached");
    }

    private String run(int port) throws IOException, InterruptedException {
        Path libraries = Files.writeString(folder.resolve("libraries"), "a:aa:1.0\nb:bb:2\n");
        ProcessBuilder builder = new ProcessBuilder(
                        "bash", Path.of("../.ci/advisories").toAbsolutePath().toString(), libraries.toString())
                .redirectErrorStream(true);
        builder.environment().put("ADVISORY_FEED", "http://127.0.0.1:" + port + "/");
        builder.environment().put("no_proxy", "127.0.0.1");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return "exit " + process.waitFor() + "\n" + output;
    }
}
