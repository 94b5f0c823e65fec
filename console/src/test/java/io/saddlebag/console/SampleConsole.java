package io.saddlebag.console;

import static org.awaitility.Awaitility.await;

import io.saddlebag.files.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** A console over the {@link SampleNetwork}, one for all tests that name it, entered by a client of HTTP. */
final class SampleConsole implements AutoCloseable {
    private static final int MESSAGES = 2_000;

    private final Path folder;
    private final SampleNetwork network;
    private final Console console;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String origin;
    private final String cookie;

    private SampleConsole(Path folder, int messages) throws Exception {
        this.folder = folder;
        network = SampleNetwork.create(folder.resolve("net"), messages);
        console = Console.open(network.homes(), Clock.systemUTC(), "anna · saddlebag 1.0.0");
        String link = console.start(0);
        origin = link.substring(0, link.indexOf("/enter"));
        cookie = client.send(HttpRequest.newBuilder(URI.create(link)).build(), BodyHandlers.discarding())
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow()
                .split(";", 2)[0];
    }

    /** One of its own, over more messages. */
    static SampleConsole over(Path folder, int messages) throws Exception {
        return new SampleConsole(folder, messages);
    }

    /** Gives it to the constructors of tests. */
    static final class Shared implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
            return parameter.getParameter().getType() == SampleConsole.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
            return test.getRoot()
                    .getStore(Namespace.GLOBAL)
                    .getOrComputeIfAbsent(SampleConsole.class, key -> open(), SampleConsole.class);
        }

        private static SampleConsole open() {
            try {
                return new SampleConsole(Files.createTempDirectory("console"), MESSAGES);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    SampleNetwork network() {
        return network;
    }

    /** Such as {@code http://127.0.0.1:40000}. */
    String origin() {
        return origin;
    }

    /** Name and value. */
    String cookie() {
        return cookie;
    }

    String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request(path).build(), BodyHandlers.ofString());
        return answer.body();
    }

    InputStream download(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofInputStream()).body();
    }

    /**
     * Posts a form as the console's own page does, and follows to the page that it leads to, at the end of a command.
     *
     * @param fields names and values in turn
     */
    String post(String path, String... fields) throws IOException, InterruptedException {
        List<String> form = new ArrayList<>();
        for (int i = 0; i < fields.length; i += 2) {
            form.add(fields[i] + "=" + URLEncoder.encode(fields[i + 1], StandardCharsets.UTF_8));
        }
        HttpResponse<String> answer = client.send(
                request(path)
                        .header("Origin", origin)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(String.join("&", form)))
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() != 303) {
            return answer.body();
        }
        String outcome = answer.headers().firstValue("Location").orElseThrow();
        // A busy machine takes longer for a command than the console waits.
        return await().atMost(Duration.ofMinutes(1))
                .until(() -> get(outcome), page -> !page.contains("<title>Command runs"));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : origin + path))
                .header("Cookie", cookie);
    }

    @Override
    public void close() throws IOException {
        console.close();
        network.close();
        FileTree.delete(folder);
    }
}
