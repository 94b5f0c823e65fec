package io.saddlebag.console.pages;

import io.javalin.http.Context;
import io.saddlebag.cli.Saddlebag;
import io.saddlebag.console.act.CommandRun;
import io.saddlebag.console.act.Commands;
import io.saddlebag.console.read.ConsoledHome;
import io.saddlebag.console.read.HomeState;
import io.saddlebag.console.read.Homes;
import io.saddlebag.console.read.SupportBundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** Each home's life, what {@code doctor} and {@code check} say of it, and a bundle for whoever helps. */
public final class HealthPage {
    private static final String PATH = "/health";

    private final Homes homes;
    private final View view;
    private final Commands commands;
    private final OutcomePage outcome;

    public HealthPage(Homes homes, View view, Commands commands, OutcomePage outcome) {
        this.homes = homes;
        this.view = view;
        this.commands = commands;
        this.outcome = outcome;
    }

    /** @param doctor its last run in this console; null before the first */
    public record Site(HomeState state, CommandRun doctor) {
        public String id() {
            return state.home().site().value();
        }
    }

    /** The model of the template. */
    public record Health(Instant now, List<Site> sites) {}

    public void show(Context answer) {
        Instant now = view.now();
        view.show(
                answer,
                "health",
                "Health",
                PATH,
                new Health(
                        now,
                        homes.all().stream()
                                .map(home -> new Site(
                                        HomeState.of(home, now),
                                        commands.last("doctor", option(home)).orElse(null)))
                                .toList()));
    }

    private static String option(ConsoledHome home) {
        return "--home=" + home.home().folder();
    }

    /** Examines a home. */
    public void doctor(Context request) {
        outcome.run(request, List.of("doctor", option(Forms.home(homes, request.formParam("home")))), PATH);
    }

    /** Judges a home's settings and routes. */
    public void check(Context request) {
        outcome.run(request, List.of("check", option(Forms.home(homes, request.formParam("home")))), PATH);
    }

    /** A zip for whoever helps. */
    public void bundle(Context answer) throws IOException {
        ConsoledHome home = Forms.home(homes, answer.queryParam("home"));
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        SupportBundle.write(home, Saddlebag.version(), view.now(), zip);
        answer.contentType("application/zip")
                .header("Content-Disposition", "attachment; filename=\"" + home.site() + "-support.zip\"")
                .result(zip.toByteArray());
    }
}
