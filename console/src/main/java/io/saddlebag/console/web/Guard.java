package io.saddlebag.console.web;

import io.javalin.http.Context;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Judges each request before a page sees it, and gives each answer its headers. A page of another origin, a name that an
 * attacker's name server leads to this address, and a browser without the session get nothing.
 */
final class Guard {
    private static final String COOKIE = "console-session-";
    static final String ENTRANCE = "/enter";

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST");

    /** Scripts and styles are files of the jar alone, so that a text that escaped its escaping still does nothing. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private final Door door;

    Guard(Door door) {
        this.door = door;
    }

    /** Browsers send a cookie to every port of a name, so that each console has a cookie of its own. */
    static String cookie(Context request) {
        return COOKIE + request.req().getLocalPort();
    }

    /** An answer that refuses; null when the request may go on. */
    Refused judge(Context request) {
        headers(request);
        if (!METHODS.contains(request.method().name())) {
            return new Refused(405, "This method does nothing here.");
        }
        String host = request.header("Host");
        if (host == null || !hosts(request.req().getLocalPort()).contains(host)) {
            return new Refused(421, "The console answers to 127.0.0.1 and localhost alone.");
        }
        String origin = request.header("Origin");
        boolean isPost = request.method().name().equals("POST");
        if (origin == null ? isPost : !origin.equals("http://" + host)) {
            return new Refused(403, "The request comes from another page than the console's.");
        }
        String site = request.header("Sec-Fetch-Site");
        boolean isOpening = request.path().equals(ENTRANCE);
        if (site != null && !isOpening && !site.equals("same-origin") && !site.equals("none")) {
            return new Refused(403, "The request comes from another page than the console's.");
        }
        if (isPost && !isForm(request.contentType())) {
            return new Refused(415, "The console takes forms alone, and no file.");
        }
        if (!isOpening && !Assets.isOne(request.path()) && !door.knows(request.cookie(cookie(request)))) {
            return new Refused(401, "This browser has not been let in. Open the link that the command printed.");
        }
        return null;
    }

    /** @param status of HTTP */
    record Refused(int status, String reason) {}

    private static List<String> hosts(int port) {
        return Stream.of("127.0.0.1", "localhost")
                .map(name -> name + ":" + port)
                .toList();
    }

    private static boolean isForm(String type) {
        return type != null && type.split(";", 2)[0].strip().equalsIgnoreCase(FORM);
    }

    private static void headers(Context answer) {
        answer.header("Content-Security-Policy", POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("X-Frame-Options", "DENY")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                // With no-referrer a form's Origin would be null.
                .header("Referrer-Policy", "same-origin")
                .header("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
                .header("Cache-Control", "no-store");
    }
}
