package io.saddlebag.console.pages;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.saddlebag.cli.where.Step;
import io.saddlebag.cli.where.Timeline;
import io.saddlebag.cli.where.WhereFinder;
import io.saddlebag.cli.where.Whereabouts;
import io.saddlebag.console.read.ConsoledHome;
import io.saddlebag.console.read.FailedFiles;
import io.saddlebag.console.read.FailedFiles.Failed;
import io.saddlebag.console.read.Homes;
import io.saddlebag.console.read.HqReader;
import io.saddlebag.console.read.StoredRecord;
import io.saddlebag.console.read.UnansweredException;
import io.saddlebag.message.MessageId;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A message: its way to each recipient as {@code where} tells it, and headquarters' record of it. */
public final class MessagePage {
    private final Homes homes;
    private final View view;
    private final OutcomePage outcome;
    private final Clock clock;

    public MessagePage(Homes homes, View view, OutcomePage outcome, Clock clock) {
        this.homes = homes;
        this.view = view;
        this.outcome = outcome;
        this.clock = clock;
    }

    /** A file of the message that failed at a laboratory. */
    public record FailedHere(String site, Failed file) {}

    /**
     * The model of the template.
     *
     * @param found null when no home knows it
     * @param record of headquarters; null when none of these homes has one
     * @param hq whose record that is; null without one
     * @param failed its files in failed/ of these laboratories
     */
    public record Message(
            String messageId,
            Whereabouts.Found found,
            List<String> notes,
            StoredRecord record,
            String hq,
            List<FailedHere> failed) {
        public String tone(Timeline way) {
            return switch (way.state()) {
                case RECEIVED -> "ok";
                case UNDER_WAY -> "warn";
                case FAILED -> "bad";
            };
        }

        /** The class of a step in the list. */
        public String mark(Step step) {
            return switch (step.kind()) {
                case FAILED, REFUSED, DEAD_LETTERED, EXPIRED, DISCARDED, LOST -> "bad";
                default -> "ok";
            };
        }

        public String tone(Step step) {
            return switch (step.basis()) {
                case PROVED -> "ok";
                case RECORD -> "none";
                case WORD -> "warn";
            };
        }
    }

    public void show(Context answer) throws IOException {
        String id = Forms.text(answer, "id");
        if (id == null || !MessageId.isOne(id)) {
            throw new BadRequestResponse("Expected a message_id.");
        }
        List<String> notes = new ArrayList<>();
        Whereabouts.Found found = found(id, asked(notes), notes);
        StoredRecord record = null;
        String hq = null;
        for (HqReader reader : homes.headquarters()) {
            Optional<StoredRecord> stored = record(reader, id, notes);
            if (stored.isPresent()) {
                record = stored.get();
                hq = reader.home().site().value();
            }
        }
        view.show(answer, "message", id, "/find", new Message(id, found, notes, record, hq, failed(id)));
    }

    /** Null when no home knows it. A home that cannot answer is left out, and the others are asked without it. */
    private Whereabouts.Found found(String id, List<SiteHome> asked, List<String> notes) {
        try {
            Whereabouts whereabouts = new WhereFinder(asked, this::read, clock).find(id);
            notes.addAll(whereabouts.notes());
            return whereabouts.messages().stream().findFirst().orElse(null);
        } catch (SiteStartException | IOException | IllegalArgumentException e) {
            List<SiteHome> able =
                    asked.stream().filter(home -> canAnswer(home, id, notes)).toList();
            if (able.size() < asked.size()) {
                return found(id, able, notes);
            }
            notes.add(e.getMessage());
            return null;
        }
    }

    private boolean canAnswer(SiteHome home, String id, List<String> notes) {
        try {
            new WhereFinder(List.of(home), this::read, clock).find(id);
            return true;
        } catch (SiteStartException | IOException | IllegalArgumentException e) {
            notes.add(e.getMessage());
            return false;
        }
    }

    private List<FailedHere> failed(String id) {
        List<FailedHere> failed = new ArrayList<>();
        for (ConsoledHome home : homes.all()) {
            if (home.isLaboratory()) {
                FailedFiles.of(home).stream()
                        .filter(file -> id.equals(file.messageId()))
                        .forEach(file -> failed.add(new FailedHere(home.site().value(), file)));
            }
        }
        return failed;
    }

    private static Optional<StoredRecord> record(HqReader reader, String id, List<String> notes) {
        try {
            return StoredRecord.of(reader, MessageId.of(id));
        } catch (UnansweredException e) {
            notes.add(reader.home().site() + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Those that can tell something: a headquarters that answers, a site that was started. */
    private List<SiteHome> asked(List<String> notes) {
        List<SiteHome> asked = new ArrayList<>();
        for (ConsoledHome home : homes.all()) {
            boolean canTell = home.isHeadquarters()
                    ? homes.headquarters(home.site().value()).orElseThrow().isReachable()
                    : Files.exists(home.journal());
            if (canTell) {
                asked.add(home.home());
            } else {
                notes.add(home.site()
                        + (!home.home().exists()
                                ? ": its home is away."
                                : home.isHeadquarters() ? " does not answer." : " was never started."));
            }
        }
        return asked;
    }

    private void read(SiteHome home, WhereFinder.HqReading.Use use) throws IOException, SiteStartException {
        for (HqReader reader : homes.headquarters()) {
            if (reader.home().home().equals(home)) {
                reader.read(use::with);
            }
        }
    }

    /** Requeues or discards the message on a queue. */
    public void act(Context request) {
        HqReader reader = Forms.postedHeadquarters(homes, request);
        List<String> ids = Forms.messageIds(request);
        String queue = Forms.queue(request.formParam("queue"));
        String action = request.formParam("do");
        if (ids.size() != 1 || queue == null || !"requeue".equals(action) && !"discard".equals(action)) {
            throw new BadRequestResponse("Expected a message on a queue, to be requeued or discarded.");
        }
        List<String> words = new ArrayList<>(List.of(
                "dead",
                action,
                "--home=" + reader.home().home().folder(),
                "--queue=" + queue,
                "--reason=" + Forms.reason(request)));
        if (action.equals("discard")) {
            words.add("--waiting");
        }
        words.addAll(ids);
        String back = Text.link("/message", "id", ids.get(0));
        if (action.equals("requeue")
                || outcome.isConfirmed(
                        request,
                        ids.get(0) + " on " + queue + " will be given up, with its sealed form, for good.",
                        back)) {
            outcome.run(request, words, back);
        }
    }
}
