package io.saddlebag.console.pages;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.ServiceUnavailableResponse;
import io.saddlebag.console.find.Finder;
import io.saddlebag.console.find.FoundPage;
import io.saddlebag.console.find.FoundPage.Found;
import io.saddlebag.console.find.FoundPage.Way;
import io.saddlebag.console.find.HqFinder;
import io.saddlebag.console.find.LabFinder;
import io.saddlebag.console.find.Query;
import io.saddlebag.console.find.RcFinder;
import io.saddlebag.console.read.ConsoledHome;
import io.saddlebag.console.read.Homes;
import io.saddlebag.console.read.UnansweredException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds messages in each home, as a page or as CSV. */
public final class FindPage {
    private static final int SIZE = 25;
    private static final int CSV_PAGE = 500;
    private static final int MOST_CSV = 10_000;
    private static final int LAST_YEAR = 9999;
    private static final Set<String> STATES = Set.of("waiting", "done", "failed");

    private final Homes homes;
    private final View view;

    public FindPage(Homes homes, View view) {
        this.homes = homes;
        this.view = view;
    }

    /** The answer of one home. */
    public record Answer(ConsoledHome home, FoundPage page, String next, String csv, String problem) {}

    /**
     * The model of the template.
     *
     * @param home the only one that is asked; null for all
     */
    public record Find(Query query, String home, List<String> homes, List<Answer> answers) {}

    public void show(Context answer) {
        Query query = query(answer);
        String only = Forms.text(answer, "home");
        List<ConsoledHome> asked = only == null ? homes.all() : List.of(Forms.home(homes, only));
        String after = only == null ? null : Forms.text(answer, "after");
        List<Answer> answers =
                asked.stream().map(home -> answer(home, query, after)).toList();
        view.show(
                answer,
                "find",
                "Find",
                "/find",
                new Find(
                        query,
                        only,
                        homes.all().stream().map(home -> home.site().value()).toList(),
                        answers));
    }

    private Answer answer(ConsoledHome home, Query query, String after) {
        String csv = link("/find.csv", query, home, null);
        try {
            FoundPage page = finder(home).find(query, after, SIZE);
            return new Answer(
                    home, page, page.next() == null ? null : link("/find", query, home, page.next()), csv, null);
        } catch (UnansweredException e) {
            return new Answer(home, new FoundPage(List.of(), null, null), null, csv, e.getMessage());
        } catch (NumberFormatException e) {
            throw new BadRequestResponse("Expected a page of this list.");
        }
    }

    private Finder finder(ConsoledHome home) {
        return switch (home.kind()) {
            case HQ -> new HqFinder(homes.headquarters(home.site().value()).orElseThrow());
            case LAB -> new LabFinder(home);
            case CENTRE -> new RcFinder(home);
        };
    }

    private static String link(String path, Query query, ConsoledHome home, String after) {
        return Text.link(
                path,
                "q",
                query.text(),
                "sender",
                query.sender(),
                "receiver",
                query.receiver(),
                "state",
                query.state(),
                "from",
                query.from(),
                "to",
                query.to(),
                "home",
                home.site(),
                "after",
                after);
    }

    private static Query query(Context request) {
        String state = Forms.text(request, "state");
        return new Query(
                Forms.text(request, "q"),
                Forms.text(request, "sender"),
                Forms.text(request, "receiver"),
                state != null && STATES.contains(state) ? state : null,
                day(Forms.text(request, "from")),
                day(Forms.text(request, "to")));
    }

    private static LocalDate day(String text) {
        try {
            LocalDate day = text == null ? null : LocalDate.parse(text);
            if (day != null && (day.getYear() < 1 || day.getYear() > LAST_YEAR)) {
                throw new DateTimeException("far away");
            }
            return day;
        } catch (DateTimeException e) {
            throw new BadRequestResponse("Expected a day such as 2026-11-30.");
        }
    }

    /** As {@link #show}, of one home, up to {@value #MOST_CSV} messages, a line for each recipient. */
    public void csv(Context answer) {
        Query query = query(answer);
        ConsoledHome home = Forms.home(homes, answer.queryParam("home"));
        Finder finder = finder(home);
        List<Found> messages = new ArrayList<>();
        String after = null;
        try {
            do {
                FoundPage page = finder.find(query, after, CSV_PAGE);
                messages.addAll(page.messages());
                after = page.next();
            } while (after != null && messages.size() < MOST_CSV);
        } catch (UnansweredException e) {
            throw new ServiceUnavailableResponse(e.getMessage());
        }
        String lines = messages.stream().flatMap(FindPage::lines).collect(Collectors.joining());
        answer.contentType("text/csv; charset=utf-8")
                .header("Content-Disposition", "attachment; filename=\"" + home.site() + "-messages.csv\"")
                .result("message_id,sender,file_name,bytes,time,receiver,state,reason\r\n" + lines);
    }

    private static Stream<String> lines(Found found) {
        Stream<Way> ways = found.ways().isEmpty() ? Stream.of(new Way("", "", "", null)) : found.ways().stream();
        return ways.map(way -> Stream.of(
                        found.messageId(),
                        found.sender(),
                        found.name(),
                        Long.toString(found.size()),
                        found.time().toString(),
                        way.receiver(),
                        way.state(),
                        way.reason())
                .map(FindPage::cell)
                .collect(Collectors.joining(",", "", "\r\n")));
    }

    /** A spreadsheet takes a cell that begins with one of these for a formula. */
    private static String cell(String value) {
        if (value == null) {
            return "";
        }
        String harmless = value.matches("(?s)[=+@\\-\\t\\r].*") ? "'" + value : value;
        return harmless.matches("[A-Za-z0-9_.:/ -]*") ? harmless : '"' + harmless.replace("\"", "\"\"") + '"';
    }
}
