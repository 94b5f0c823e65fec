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
    private final List<List<String>> rows = new ArrayList<>();

    DeliveryTable() {
        rows.add(List.of("message", "to", "sent", "ACK after", "digest"));
    }

    void add(HqRecords.Delivery delivery, boolean digestEqual) {
        rows.add(List.of(
                delivery.messageId(),
                delivery.receiverId(),
                delivery.sent() == null ? "-" : TIME.format(delivery.sent()),
                delivery.acknowledged() == null ? "-" : after(delivery),
                digestEqual ? "equal" : "OTHER"));
    }

    /**
     * A row of a demo with nodes; all rows of a table are of one kind.
     *
     * @param taken the node that took the message in
     * @param handed the node that handed it out
     */
    void add(HqRecords.Delivery delivery, String taken, String handed, boolean digestEqual) {
        rows.set(0, List.of("message", "to", "taken by", "delivered by", "digest"));
        rows.add(List.of(delivery.messageId(), delivery.receiverId(), taken, handed, digestEqual ? "equal" : "OTHER"));
    }

    private static String after(HqRecords.Delivery delivery) {
        long millis = Duration.between(delivery.sent(), delivery.acknowledged()).toMillis();
        return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }

    void print(PrintWriter out) {
        int[] widths = new int[rows.get(0).size()];
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
