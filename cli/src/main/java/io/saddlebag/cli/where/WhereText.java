package io.saddlebag.cli.where;

import io.saddlebag.message.Printable;
import java.io.PrintWriter;
import java.util.List;

/** Prints whereabouts for people: a line a message, a recipient and a step. Names come from outside. */
final class WhereText {
    private static final String LINE = "    %-13s  %-24s  %-18s  %s%n";

    private final PrintWriter out;

    WhereText(PrintWriter out) {
        this.out = out;
    }

    void print(Whereabouts whereabouts) {
        whereabouts.messages().forEach(this::print);
    }

    private void print(Whereabouts.Found message) {
        String id = message.messageId() == null ? "" : message.messageId() + " from " + message.senderId();
        String name = message.fileName() == null ? "" : Printable.of(message.fileName());
        String size = message.size() == null ? "" : message.size() + " bytes";
        String digest = message.sha256() == null ? "" : "SHA-256 " + message.sha256();
        out.println(String.join(
                ", ",
                List.of(id, name, size, digest).stream()
                        .filter(each -> !each.isEmpty())
                        .toList()));
        message.recipients().forEach(this::print);
    }

    private void print(Timeline timeline) {
        String recipient = timeline.recipient() == null ? "" : timeline.recipient() + ": ";
        String why = timeline.why() == null ? "" : "; " + Printable.reason(timeline.why());
        out.println("  " + recipient + timeline.state() + why);
        for (Step each : timeline.steps()) {
            String note = each.note() == null ? "" : "; " + Printable.reason(each.note());
            out.printf(
                    LINE,
                    each.kind(),
                    each.time() == null ? "-" : TimeText.of(each.time()),
                    each.basis(),
                    Printable.reason(each.place()) + note);
        }
    }
}
