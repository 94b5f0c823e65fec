package io.saddlebag.console.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests and answers byte for byte. The tests share a server that one browser has entered. */
class ConsoleServerTest {
    private static final AtomicInteger ACTED = new AtomicInteger();
    private static final AtomicReference<String> MARK = new AtomicReference<>("");

    private static ConsoleServer server;
    private static int port;
    private static String token;
    private static String cookie;

    @BeforeAll
    static void start() throws IOException {
        server = new ConsoleServer(
                Map.of("/", answer -> answer.result("the page")),
                Map.of("/act", answer -> answer.result("acted " + ACTED.incrementAndGet())),
                (answer, status, reason) -> answer.status(status).result("anna: " + reason),
                MARK::get);
        String link = server.start(0);
        port = Integer.parseInt(link.replaceFirst("http://127.0.0.1:([0-9]+)/enter[?]token=[0-9a-f]{64}", "$1"));
        token = link.substring(link.indexOf('=') + 1);
        cookie = ask("GET", "/enter?token=" + token, "Host: 127.0.0.1:" + port)
                .lines()
                .filter(line -> line.startsWith("Set-Cookie: "))
                .findFirst()
                .orElseThrow()
                .substring("Set-Cookie: ".length());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void reset() {
        ACTED.set(0);
    }

    private static String host() {
        return "Host: 127.0.0.1:" + port;
    }

    private static String session() {
        return "Cookie: " + cookie.split(";", 2)[0];
    }

    /** The whole answer to a request with these header lines. */
    private static String ask(String method, String target, String... headers) throws IOException {
        String body = method.equals("POST") ? "reason=because" : "";
        StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\nConnection: close\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        if (!body.isEmpty()) {
            request.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write((request + "\r\n" + body).getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String post(String... headers) throws IOException {
        return ask("POST", "/act", headers);
    }

    private static String form() {
        return "Content-Type: application/x-www-form-urlencoded";
    }

    @Test
    void letsTheBrowserInThatHasTheSession() throws Exception {
        assertThat(ask("GET", "/", host(), session()))
                .startsWith("HTTP/1.1 200")
                .endsWith("the page");
        assertThat(ask("GET", "/", "Host: localhost:" + port, session())).startsWith("HTTP/1.1 200");
    }

    @Test
    void letsNobodyInWithoutTheSession() throws Exception {
        assertThat(ask("GET", "/", host())).startsWith("HTTP/1.1 401").doesNotContain("the page");
        assertThat(ask("GET", "/live", host())).startsWith("HTTP/1.1 401");
        assertThat(ask("GET", "/", host(), session().replace("-" + port, ""))).startsWith("HTTP/1.1 401");
        assertThat(ask("GET", "/", host(), "Cookie: console-session-" + port + "=" + "0".repeat(64)))
                .startsWith("HTTP/1.1 401");
    }

    @Test
    void tellsNobodyOutsideWhoRunsIt() throws Exception {
        assertThat(ask("GET", "/", host())).contains("has not been let in").doesNotContain("anna");
        assertThat(ask("GET", "/", "Host: evil.example:" + port)).doesNotContain("anna");
        assertThat(ask("GET", "/enter?token=" + token, host())).doesNotContain("anna");
        assertThat(ask("GET", "/nothing", host(), session())).contains("anna");
    }

    @Test
    void noticesClosedPagesWhileNothingChanges() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET /live HTTP/1.1\r\n" + host() + "\r\n" + session()
                                    + "\r\nAccept: text/event-stream\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            BufferedReader answer =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertThat(answer.lines().anyMatch(": still here"::equals)).isTrue();
        }
    }

    @Test
    void takesItsTokenOnceAndNoOther() throws Exception {
        assertThat(ask("GET", "/enter?token=" + token, host()))
                .startsWith("HTTP/1.1 401")
                .doesNotContain("Set-Cookie");
        assertThat(ask("GET", "/enter?token=" + "0".repeat(64), host())).startsWith("HTTP/1.1 401");
        assertThat(ask("GET", "/enter", host())).startsWith("HTTP/1.1 401");
    }

    @Test
    void keepsTheSessionFromScriptsAndFromOtherSites() {
        assertThat(cookie).contains("HttpOnly", "SameSite=Strict", "Path=/").doesNotContain(token);
    }

    @Test
    void answersToItsOwnNamesAlone() throws Exception {
        assertThat(ask("GET", "/", "Host: evil.example:" + port, session())).startsWith("HTTP/1.1 421");
        assertThat(ask("GET", "/", "Host: 127.0.0.1", session())).startsWith("HTTP/1.1 421");
        assertThat(ask("GET", "/enter?token=" + token, "Host: evil.example:" + port))
                .startsWith("HTTP/1.1 421");
    }

    @Test
    void actsForItsOwnPagesAlone() throws Exception {
        String own = "Origin: http://127.0.0.1:" + port;
        assertThat(post(host(), session(), form(), own))
                .startsWith("HTTP/1.1 200")
                .endsWith("acted 1");
        assertThat(post(host(), session(), form())).startsWith("HTTP/1.1 403");
        assertThat(post(host(), session(), form(), "Origin: null")).startsWith("HTTP/1.1 403");
        assertThat(post(host(), session(), form(), "Origin: http://evil.example"))
                .startsWith("HTTP/1.1 403");
        assertThat(post(host(), session(), form(), "Origin: http://127.0.0.1:" + (port + 1)))
                .startsWith("HTTP/1.1 403");
        assertThat(post(host(), session(), form(), own, "Sec-Fetch-Site: cross-site"))
                .startsWith("HTTP/1.1 403");
        assertThat(post(host(), form(), own)).startsWith("HTTP/1.1 401");
        assertThat(ACTED).hasValue(1);
    }

    @Test
    void takesNoFile() throws Exception {
        String own = "Origin: http://127.0.0.1:" + port;
        assertThat(post(host(), session(), own, "Content-Type: multipart/form-data; boundary=x"))
                .startsWith("HTTP/1.1 415");
        assertThat(post(host(), session(), own)).startsWith("HTTP/1.1 415");
        assertThat(ask("PUT", "/act", host(), session(), own)).startsWith("HTTP/1.1 405");
        assertThat(ACTED).hasValue(0);
    }

    @Test
    void givesEachAnswerItsHeaders() throws Exception {
        for (String answer : new String[] {
            ask("GET", "/", host(), session()), ask("GET", "/", host()), ask("GET", "/no", host(), session())
        }) {
            assertThat(answer)
                    .contains(
                            "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';"
                                    + " connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
                                    + " frame-ancestors 'none'",
                            "X-Content-Type-Options: nosniff",
                            "Cross-Origin-Resource-Policy: same-origin",
                            "Cache-Control: no-store")
                    .doesNotContain("Jetty");
        }
    }

    @Test
    void sendsItsOwnFilesAlone() throws Exception {
        assertThat(ask("GET", "/assets/console.js", host()))
                .startsWith("HTTP/1.1 200")
                .contains("text/javascript");
        assertThat(ask("GET", "/assets/uplot.js", host())).startsWith("HTTP/1.1 200");
        assertThat(ask("GET", "/assets/..%2fconsole.js", host(), session())).doesNotStartWith("HTTP/1.1 200");
        assertThat(ask("GET", "/assets/../../etc/passwd", host(), session())).doesNotStartWith("HTTP/1.1 200");
        assertThat(ask("GET", "/nothing", host(), session())).startsWith("HTTP/1.1 404");
    }

    @Test
    void isOnTheLoopbackAddressAlone() {
        assertThat(server.address().isLoopbackAddress()).isTrue();
    }

    @Test
    void tellsAnOpenPageOfAChange() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET /live HTTP/1.1\r\n" + host() + "\r\n" + session()
                                    + "\r\nAccept: text/event-stream\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            BufferedReader answer =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String line = answer.readLine();
            assertThat(line).startsWith("HTTP/1.1 200");
            MARK.set("changed");
            while (line != null && !line.equals("event: changed")) {
                line = answer.readLine();
            }
            assertThat(line).isEqualTo("event: changed");
        }
    }
}
