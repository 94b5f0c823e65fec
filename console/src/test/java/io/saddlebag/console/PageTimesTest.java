package io.saddlebag.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long each page takes over a headquarters with many messages: {@code mvn -pl console -am test
 * -Dtest=PageTimesTest -Dsurefire.failIfNoSpecifiedTests=false -Dsaddlebag.console.messages=2000000}. Writes {@code
 * target/page-times.md}.
 */
class PageTimesTest {
    private static final int LOOKS = 20;

    @TempDir
    private Path folder;

    @Test
    void everyPageAnswersOverManyMessages() throws Exception {
        String messages = System.getProperty("saddlebag.console.messages");
        assumeTrue(messages != null, "SKIPPED: without -Dsaddlebag.console.messages=2000000 there is nothing to time");
        List<String> lines = new ArrayList<>(
                List.of("| page | first, ms | median, ms | slowest of 20, ms |", "| --- | --- | --- | --- |"));
        try (SampleConsole console = SampleConsole.over(folder, Integer.parseInt(messages))) {
            for (Map.Entry<String, String> page :
                    pages(Integer.parseInt(messages)).entrySet()) {
                long first = time(console, page.getValue());
                long[] times = new long[LOOKS];
                for (int i = 0; i < LOOKS; i++) {
                    times[i] = time(console, page.getValue());
                }
                Arrays.sort(times);
                lines.add(String.format(
                        Locale.ROOT,
                        "| %s | %.0f | %.0f | %.0f |",
                        page.getKey(),
                        first / 1e6,
                        times[LOOKS / 2] / 1e6,
                        times[LOOKS - 1] / 1e6));
            }
        }
        Files.write(Path.of("target", "page-times.md"), lines);
    }

    private static Map<String, String> pages(int messages) {
        String newest = String.format("%07d", messages);
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("Now", "/");
        pages.put("Find, newest of all", "/find?home=DC-HQ");
        pages.put("Find, a sender", "/find?home=DC-HQ&sender=PA-LAB");
        pages.put("Find, a sender's page in the middle", "/find?home=DC-HQ&sender=PA-LAB&after=PA-LAB_DAT_20261115_0");
        pages.put("Find, by id with a star", "/find?home=DC-HQ&q=FL-LAB_DAT_2026*");
        pages.put("Find, by the end of an id", "/find?home=DC-HQ&q=FL-LAB_*" + newest);
        pages.put("Find, what waits", "/find?home=DC-HQ&state=waiting");
        pages.put("Find, what failed", "/find?home=DC-HQ&state=failed");
        pages.put("Find, a receiver that has none", "/find?home=DC-HQ&receiver=SF-RC");
        pages.put("Find, two days", "/find?home=DC-HQ&from=2026-11-10&to=2026-11-11");
        pages.put("Message", "/message?id=FL-LAB_DAT_20261129_007");
        pages.put("Queues", "/queues");
        pages.put("Queues, one with what waits", "/queues?queue=ny_rc_queue");
        pages.put("Dead letters", "/dead");
        pages.put("Dead letters of a reason", "/dead?queue=ny_rc_queue&why=no-space");
        pages.put("Sites", "/sites");
        pages.put("Trust", "/trust");
        pages.put("Routes", "/routes");
        pages.put("Topology", "/topology");
        pages.put("Audit", "/audit");
        pages.put("Health", "/health");
        return pages;
    }

    private static long time(SampleConsole console, String page) throws Exception {
        long began = System.nanoTime();
        String text = console.get(page);
        long nanos = System.nanoTime() - began;
        assertThat(text).contains("<h1>").doesNotContain("Not shown", "no answer", "out of reach");
        return nanos;
    }
}
