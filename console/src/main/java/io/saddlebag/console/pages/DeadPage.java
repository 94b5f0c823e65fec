package io.saddlebag.console.pages;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.saddlebag.console.read.Homes;
import io.saddlebag.console.read.HqQueueQuestions;
import io.saddlebag.console.read.HqQueueQuestions.Held;
import io.saddlebag.console.read.HqQueueQuestions.Reason;
import io.saddlebag.console.read.HqReader;
import io.saddlebag.console.read.UnansweredException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Headquarters' dead letters by queue and reason: requeued or discarded, many at a time. */
public final class DeadPage {
    private final Homes homes;
    private final View view;
    private final OutcomePage outcome;

    public DeadPage(Homes homes, View view, OutcomePage outcome) {
        this.homes = homes;
        this.view = view;
        this.outcome = outcome;
    }

    /**
     * The model of the template.
     *
     * @param hq null when this console has no headquarters
     * @param queue that is chosen; null for all
     * @param reason that is chosen; null for all
     * @param next a link; null on the last page
     * @param problem in place of the lists; null when there is none
     */
    public record Dead(
            Instant now,
            String hq,
            List<Reason> reasons,
            String queue,
            String reason,
            List<Held> letters,
            String next,
            String problem) {
        public long total() {
            return reasons.stream().mapToLong(Reason::count).sum();
        }

        /** Those of one queue and reason. */
        public String link(Reason one) {
            return Text.link("/dead", "hq", hq, "queue", one.queue(), "why", one.reason());
        }
    }

    public void show(Context answer) {
        HqReader reader = Forms.headquarters(homes, answer);
        view.show(
                answer,
                "dead",
                "Dead letters",
                "/dead",
                reader == null
                        ? new Dead(view.now(), null, List.of(), null, null, List.of(), null, null)
                        : dead(reader, answer));
    }

    private Dead dead(HqReader reader, Context request) {
        String hq = reader.home().site().value();
        String queue = Forms.queue(request.queryParam("queue"));
        String reason = Forms.text(request, "why");
        try {
            HqQueueQuestions questions = new HqQueueQuestions(reader);
            List<Held> letters = questions.dead(
                    queue,
                    reason,
                    request.queryParam("after") == null ? "" : request.queryParam("after"),
                    request.queryParamAsClass("number", Long.class).getOrDefault(0L));
            boolean isMore = letters.size() > HqQueueQuestions.PAGE;
            List<Held> shown = isMore ? letters.subList(0, HqQueueQuestions.PAGE) : letters;
            Held last = isMore ? shown.get(shown.size() - 1) : null;
            return new Dead(
                    view.now(),
                    hq,
                    questions.reasons(),
                    queue,
                    reason,
                    shown,
                    last == null
                            ? null
                            : Text.link(
                                    "/dead",
                                    "hq",
                                    hq,
                                    "queue",
                                    queue,
                                    "why",
                                    reason,
                                    "after",
                                    last.queue(),
                                    "number",
                                    last.number()),
                    null);
        } catch (UnansweredException e) {
            return new Dead(view.now(), hq, List.of(), queue, reason, List.of(), null, e.getMessage());
        }
    }

    /** Requeues or discards those that are ticked, or all of a queue. */
    public void act(Context request) {
        HqReader reader = Forms.postedHeadquarters(homes, request);
        String action = request.formParam("do");
        if (!"requeue".equals(action) && !"discard".equals(action)) {
            throw new BadRequestResponse("Expected requeue or discard.");
        }
        String queue = Forms.queue(request.formParam("queue"));
        Map<String, List<String>> letters = Forms.letters(request);
        boolean isAll = "yes".equals(request.formParam("all"));
        if (letters.isEmpty() && !isAll) {
            throw new BadRequestResponse("Tick the dead letters that you mean.");
        }
        List<String> words =
                List.of("dead", action, "--home=" + reader.home().home().folder(), "--reason=" + Forms.reason(request));
        List<List<String>> commands = new ArrayList<>();
        if (isAll) {
            commands.add(with(words, List.of(queue == null ? "--all" : "--queue=" + queue)));
        } else {
            // A message may be a dead letter of several queues; those that are not ticked stay.
            letters.forEach((ticked, ids) -> commands.add(with(with(words, List.of("--queue=" + ticked)), ids)));
        }
        String back = Text.link("/dead", "hq", reader.home().site(), "queue", queue);
        String which = isAll
                ? queue == null ? "All dead letters of all queues" : "All dead letters of " + queue
                : Text.plural(letters.values().stream().mapToInt(List::size).sum(), "dead letter", "dead letters");
        if (action.equals("requeue")
                || outcome.isConfirmed(
                        request, which + " will be given up, with their sealed messages, for good.", back)) {
            outcome.runEach(request, commands, back);
        }
    }

    private static List<String> with(List<String> words, List<String> more) {
        return Stream.concat(words.stream(), more.stream()).toList();
    }
}
