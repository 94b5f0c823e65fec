package io.saddlebag.console.pages;

import java.time.Instant;
import java.util.List;

/**
 * The frame that every page has around its content.
 *
 * @param path of the page, for the list of pages
 * @param now of this answer
 * @param footer who looks at which version
 */
public record Frame(String title, String path, Instant now, String footer) {
    /** A page of the list. */
    public record Entry(String path, String name) {}

    private static final List<Entry> PAGES = List.of(
            new Entry("/", "Now"),
            new Entry("/find", "Find"),
            new Entry("/queues", "Queues"),
            new Entry("/dead", "Dead letters"),
            new Entry("/sites", "Sites"),
            new Entry("/trust", "Trust"),
            new Entry("/routes", "Routes"),
            new Entry("/topology", "Topology"),
            new Entry("/audit", "Audit"),
            new Entry("/health", "Health"));

    public List<Entry> pages() {
        return PAGES;
    }

    /** {@code page} for the entry that is shown, so that the attribute is there; null for others. */
    public String current(Entry entry) {
        return entry.path().equals(path) ? "page" : null;
    }
}
