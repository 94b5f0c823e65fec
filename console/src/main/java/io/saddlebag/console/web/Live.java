package io.saddlebag.console.web;

import io.javalin.http.TooManyRequestsResponse;
import io.javalin.http.sse.SseClient;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Tells open pages that something has changed, by server-sent events; a page then fetches itself anew.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">Server-sent events</a>
 */
final class Live implements AutoCloseable {
    private static final int MOST_PAGES = 32;
    /** A closed page is noticed when something is sent to it, also while no site writes. */
    private static final int QUIET_LOOKS = 5;

    private final Supplier<String> mark;
    private final Set<SseClient> pages = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "live");
        thread.setDaemon(true);
        return thread;
    });
    private String last = "";
    private int quiet;

    /** @param mark of the state of all homes, which changes when one of them writes */
    Live(Supplier<String> mark) {
        this.mark = mark;
        looks.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
    }

    void follow(SseClient page) {
        if (pages.size() >= MOST_PAGES) {
            throw new TooManyRequestsResponse("Too many pages are open");
        }
        page.keepAlive();
        page.onClose(() -> pages.remove(page));
        pages.add(page);
    }

    private void look() {
        String now = mark.get();
        if (!now.equals(last)) {
            last = now;
            quiet = 0;
            pages.forEach(page -> page.sendEvent("changed", "status"));
        } else if (++quiet >= QUIET_LOOKS) {
            quiet = 0;
            pages.forEach(page -> page.sendComment("still here"));
        }
    }

    @Override
    public void close() {
        looks.shutdownNow();
        pages.forEach(SseClient::close);
    }
}
