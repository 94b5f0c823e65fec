package io.saddlebag.console.pages;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.saddlebag.console.read.Figures;
import io.saddlebag.console.read.Homes;
import io.saddlebag.console.read.HqQueueQuestions;
import io.saddlebag.console.read.HqQueueQuestions.Held;
import io.saddlebag.console.read.HqReader;
import io.saddlebag.console.read.UnansweredException;
import io.saddlebag.hq.routing.QueueRules;
import io.saddlebag.hq.routing.Topology;
import io.saddlebag.observe.SiteStatus;
import io.saddlebag.observe.SiteStatus.Queue;
import io.saddlebag.site.SiteStartException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Headquarters' queues, and what waits on one of them. */
public final class QueuesPage {
    private final Homes homes;
    private final View view;
    private final OutcomePage outcome;

    public QueuesPage(Homes homes, View view, OutcomePage outcome) {
        this.homes = homes;
        this.view = view;
        this.outcome = outcome;
    }

    /**
     * A queue.
     *
     * @param load null when the status has none
     * @param delivered since headquarters' start
     */
    public record Line(String queue, String site, Queue load, QueueRules rules, long dead, long delivered) {
        public String limits() {
            List<String> limits = new ArrayList<>();
            if (rules.ordered()) {
                limits.add("in order of sending");
            }
            if (rules.ttl() != null) {
                limits.add("for " + Text.duration(rules.ttl()));
            }
            if (rules.deliveryLimit() > 0) {
                limits.add(rules.deliveryLimit() + " attempts");
            }
            if (rules.maxMessages() > 0) {
                limits.add(Text.count(rules.maxMessages()) + " messages");
            }
            if (rules.maxBytes() > 0) {
                limits.add(Text.bytes(rules.maxBytes()));
            }
            return String.join(", ", limits);
        }
    }

    /**
     * Messages that wait on a queue.
     *
     * @param next a link; null on the last page
     * @param problem in place of the list; null when there is none
     */
    public record Waiting(String queue, List<Held> held, String next, String problem) {}

    /**
     * The model of the template.
     *
     * @param waiting null when no queue is chosen
     */
    public record Queues(Instant now, String hq, Instant written, List<Line> lines, Waiting waiting, String problem) {}

    public void show(Context answer) {
        HqReader reader = Forms.headquarters(homes, answer);
        view.show(answer, "queues", "Queues", "/queues", reader == null ? none() : queues(reader, answer));
    }

    private Queues none() {
        return new Queues(view.now(), null, null, List.of(), null, null);
    }

    private Queues queues(HqReader reader, Context request) {
        String hq = reader.home().site().value();
        SiteStatus status = reader.home().status().orElse(null);
        String queue = Forms.queue(request.queryParam("queue"));
        try {
            return new Queues(
                    view.now(),
                    hq,
                    status == null ? null : status.written(),
                    lines(reader.topology(), status, Figures.of(reader.home())),
                    queue == null ? null : waiting(reader, queue, request),
                    null);
        } catch (SiteStartException e) {
            return new Queues(view.now(), hq, null, List.of(), null, e.getMessage());
        }
    }

    private static List<Line> lines(Topology topology, SiteStatus status, Figures figures) {
        return topology.queues().entrySet().stream()
                .map(queue -> new Line(
                        queue.getKey(),
                        queue.getValue().value(),
                        status == null
                                ? null
                                : status.queues().stream()
                                        .filter(load -> load.queue().equals(queue.getKey()))
                                        .findFirst()
                                        .orElse(null),
                        topology.rules().get(queue.getKey()),
                        status == null
                                ? 0
                                : status.deadLetters().stream()
                                        .filter(dead -> dead.queue().equals(queue.getKey()))
                                        .mapToLong(SiteStatus.DeadLetters::count)
                                        .sum(),
                        figures.sum(
                                "saddlebag_deliveries_total",
                                "receiver",
                                queue.getValue().value())))
                .toList();
    }

    private static Waiting waiting(HqReader reader, String queue, Context request) {
        int priority = request.queryParamAsClass("priority", Integer.class).getOrDefault(-1);
        long number = request.queryParamAsClass("number", Long.class).getOrDefault(0L);
        try {
            List<Held> held = new HqQueueQuestions(reader).waiting(queue, priority, number);
            boolean isMore = held.size() > HqQueueQuestions.PAGE;
            List<Held> shown = isMore ? held.subList(0, HqQueueQuestions.PAGE) : held;
            Held last = isMore ? shown.get(shown.size() - 1) : null;
            return new Waiting(
                    queue,
                    shown,
                    last == null
                            ? null
                            : Text.link(
                                            "/queues",
                                            "hq",
                                            reader.home().site(),
                                            "queue",
                                            queue,
                                            "priority",
                                            last.priority(),
                                            "number",
                                            last.number())
                                    + "#waiting",
                    null);
        } catch (UnansweredException e) {
            return new Waiting(queue, List.of(), null, e.getMessage());
        }
    }

    /** Gives waiting messages up. */
    public void discard(Context request) {
        HqReader reader = Forms.postedHeadquarters(homes, request);
        String queue = Forms.queue(request.formParam("queue"));
        List<String> words = new ArrayList<>(List.of(
                "dead",
                "discard",
                "--home=" + reader.home().home().folder(),
                "--waiting",
                "--reason=" + Forms.reason(request)));
        if (queue != null) {
            words.add("--queue=" + queue);
        }
        List<String> ids = Forms.messageIds(request);
        if (ids.isEmpty()) {
            throw new BadRequestResponse("Tick the messages that you mean.");
        }
        words.addAll(ids);
        String back = Text.link("/queues", "hq", reader.home().site(), "queue", queue);
        String which = Text.plural(ids.size(), "waiting message", "waiting messages");
        if (outcome.isConfirmed(request, which + " will be given up, with their sealed forms, for good.", back)) {
            outcome.run(request, words, back);
        }
    }
}
