package io.saddlebag.cli.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The deliveries as a table for people, at most 60 columns wide; times are UTC. */
final class DeliveryTable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final List<String> HEADINGS = List.of("message", "to", "sent", "ACK after", "digest");

    private final List<List<String>> rows = new ArrayList<>();

    DeliveryTable() {
        rows.add(HEADINGS);
    }

    void add(HqRecords.Delivery delivery, boolean digestEqual) {
        rows.add(List.of(
                delivery.messageId(),
                delivery.receiverId(),
                delivery.sent() == null ? "-" : TIME.format(delivery.sent()),
                delivery.acknowledged() == null ? "-" : after(delivery),
                digestEqual ? "equal" : "OTHER"));
    }

    private static String after(HqRecords.Delivery delivery) {
        long millis = Duration.between(delivery.sent(), delivery.acknowledged()).toMillis();
        return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }

    void print(PrintWriter out) {
        int[] widths = new int[HEADINGS.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
