package io.saddlebag.console.pages;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import io.saddlebag.console.read.ConsoledHome;
import io.saddlebag.console.read.Homes;
import io.saddlebag.console.read.HqReader;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Values of a request, judged. */
final class Forms {
    private static final Pattern QUEUE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int LONGEST_REASON = 500;
    /** As many as a page lists. */
    private static final int MOST_IDS = 500;

    private Forms() {}

    /** Null when the request has none, or only blanks. */
    static String text(Context request, String name) {
        String value = request.queryParam(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    static ConsoledHome home(Homes homes, String site) {
        return homes.of(site).orElseThrow(() -> new NotFoundResponse("This console has no home of that site."));
    }

    /** The one that the request names, or the first; null when this console has none. */
    static HqReader headquarters(Homes homes, Context request) {
        return homes.headquarters(request.queryParam("hq"))
                .orElseGet(() -> homes.headquarters().isEmpty()
                        ? null
                        : homes.headquarters().get(0));
    }

    static HqReader postedHeadquarters(Homes homes, Context request) {
        return homes.headquarters(request.formParam("hq"))
                .orElseThrow(() -> new NotFoundResponse("This console has no home of that headquarters."));
    }

    /** The words of the person who acts. */
    static String reason(Context request) {
        String reason = request.formParam("reason");
        if (reason == null || reason.isBlank()) {
            throw new BadRequestResponse("Write the reason. It is kept with what you do.");
        }
        return Printable.whole(
                reason.strip().length() > LONGEST_REASON
                        ? reason.strip().substring(0, LONGEST_REASON)
                        : reason.strip());
    }

    static List<String> messageIds(Context request) {
        List<String> ids = request.formParams("id");
        if (ids.size() > MOST_IDS || !ids.stream().allMatch(MessageId::isOne)) {
            throw new BadRequestResponse("Expected at most " + MOST_IDS + " message ids.");
        }
        return ids;
    }

    /** The ticked dead letters, such as {@code ca_rc_queue/FL-LAB_DAT_20261130_001}: message_ids by queue. */
    static Map<String, List<String>> letters(Context request) {
        Map<String, List<String>> letters = new TreeMap<>();
        List<String> ticked = request.formParams("letter");
        for (String letter : ticked) {
            int slash = letter.indexOf('/');
            String queue = slash < 0 ? null : queue(letter.substring(0, slash));
            String id = letter.substring(slash + 1);
            if (queue == null || !MessageId.isOne(id) || ticked.size() > MOST_IDS) {
                throw new BadRequestResponse("Expected at most " + MOST_IDS + " message ids, each with its queue.");
            }
            letters.computeIfAbsent(queue, key -> new ArrayList<>()).add(id);
        }
        return letters;
    }

    /** Null when none is given. */
    static String queue(String value) {
        if (value == null || value.isEmpty()) {
            return null;
        }
        if (!QUEUE.matcher(value).matches()) {
            throw new BadRequestResponse("Expected a queue's name.");
        }
        return value;
    }
}
