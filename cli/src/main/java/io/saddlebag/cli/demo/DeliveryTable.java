package io.saddlebag.cli.demo;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** The deliveries as a table for people; times are UTC. */
final class DeliveryTable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);
    private static final List<String> HEADINGS =
            List.of("message", "from", "to", "sent", "delivered", "acknowledged", "digest equal");

    private final List<List<String>> rows = new ArrayList<>();

    DeliveryTable() {
        rows.add(HEADINGS);
    }

    void add(HqRecords.Delivery delivery, boolean digestEqual) {
        rows.add(List.of(
                delivery.messageId(),
                delivery.senderId(),
                delivery.receiverId(),
                text(delivery.sent()),
                text(delivery.delivered()),
                text(delivery.acknowledged()),
                digestEqual ? "yes" : "NO"));
    }

    private static String text(Instant time) {
        return time == null ? "-" : TIME.format(time);
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
