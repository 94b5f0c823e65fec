package io.saddlebag.console.pages;

import io.javalin.http.Context;
import io.saddlebag.console.act.CommandRun;
import io.saddlebag.console.act.Commands;
import io.saddlebag.console.read.ConsoledHome;
import io.saddlebag.console.read.Homes;
import io.saddlebag.console.read.OperatorLines;
import io.saddlebag.dsse.OperatorEntry;
import io.saddlebag.observe.LastAudit;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Audits of these homes, and who acted on them. */
public final class AuditPage {
    private final Homes homes;
    private final View view;
    private final Commands commands;
    private final OutcomePage outcome;

    public AuditPage(Homes homes, View view, Commands commands, OutcomePage outcome) {
        this.homes = homes;
        this.view = view;
        this.commands = commands;
        this.outcome = outcome;
    }

    /**
     * A home's operator journal.
     *
     * @param audited the last audit of the home, by whomever; null when there was none
     * @param problem null when it can be read
     */
    public record Journal(String site, LastAudit audited, List<OperatorEntry> entries, String problem) {}

    /**
     * The model of the template.
     *
     * @param last the last audit of this console; null before the first
     */
    public record Audit(Instant now, List<String> sites, CommandRun last, String link, List<Journal> journals) {}

    public void show(Context answer) {
        List<Journal> journals = new ArrayList<>();
        for (ConsoledHome home : homes.all()) {
            LastAudit audited = LastAudit.read(home.home()).orElse(null);
            try {
                journals.add(new Journal(home.site().value(), audited, OperatorLines.newest(home), null));
            } catch (IOException e) {
                journals.add(
                        new Journal(home.site().value(), audited, List.of(), "It cannot be read: " + e.getMessage()));
            }
        }
        CommandRun last = commands.last("audit", "").orElse(null);
        view.show(
                answer,
                "audit",
                "Audit",
                "/audit",
                new Audit(
                        view.now(),
                        homes.all().stream().map(home -> home.site().value()).toList(),
                        last,
                        last == null ? null : Text.link(OutcomePage.PATH, "id", last.id(), "back", "/audit"),
                        journals));
    }

    /** Begins an audit over all homes, or over one. */
    public void run(Context request) {
        String only = request.formParam("home");
        List<ConsoledHome> audited = only == null || only.isEmpty() ? homes.all() : List.of(Forms.home(homes, only));
        List<String> words = new ArrayList<>(List.of("audit"));
        audited.forEach(home -> words.add("--home=" + home.home().folder()));
        if ("yes".equals(request.formParam("readers"))) {
            words.add("--readers-take");
        }
        outcome.run(request, words, "/audit");
    }
}
