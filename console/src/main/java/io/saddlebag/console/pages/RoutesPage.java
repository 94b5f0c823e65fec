package io.saddlebag.console.pages;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.saddlebag.console.read.ConsoledHome;
import io.saddlebag.console.read.FailedFiles;
import io.saddlebag.console.read.FailedFiles.Failed;
import io.saddlebag.console.read.Homes;
import io.saddlebag.observe.SiteStatus;
import io.saddlebag.observe.SiteStatus.Route;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Drop folders and outboxes, files that failed, and where a name would go. */
public final class RoutesPage {
    private static final String PATH = "/routes";
    private static final int LONGEST_NAME = 255;

    private final Homes homes;
    private final View view;
    private final OutcomePage outcome;

    public RoutesPage(Homes homes, View view, OutcomePage outcome) {
        this.homes = homes;
        this.view = view;
        this.outcome = outcome;
    }

    /**
     * A home's routes.
     *
     * @param written null when the site never wrote a status
     */
    public record Site(ConsoledHome home, Instant written, List<Route> routes, List<Failed> failed) {}

    /** The model of the template. */
    public record Routes(Instant now, List<Site> sites) {
        public boolean isSilent(Route route) {
            return route.expect() != null
                    && route.last() != null
                    && route.last().plusSeconds(route.expect()).isBefore(now);
        }
    }

    public void show(Context answer) {
        List<Site> sites = new ArrayList<>();
        for (ConsoledHome home : homes.all()) {
            SiteStatus status = home.status().orElse(null);
            sites.add(new Site(
                    home,
                    status == null ? null : status.written(),
                    status == null ? List.of() : status.routes(),
                    home.isLaboratory() ? FailedFiles.of(home) : List.of()));
        }
        view.show(answer, "routes", "Routes", PATH, new Routes(view.now(), sites));
    }

    /** Puts failed files back into their drop folders. */
    public void retry(Context request) {
        ConsoledHome home = Forms.home(homes, request.formParam("home"));
        List<String> entries = request.formParams("file");
        if (!home.isLaboratory() || entries.isEmpty()) {
            throw new BadRequestResponse("Tick the failed files that you mean.");
        }
        Path failed = home.home().resolve("failed");
        List<String> words = new ArrayList<>(List.of("retry", "--reason=" + Forms.reason(request)));
        for (String entry : entries) {
            if (entry.isEmpty() || entry.contains("/") || entry.contains("\0") || entry.equals("..")) {
                throw new BadRequestResponse("Expected names of files in failed/.");
            }
            words.add(failed.resolve(entry).toString());
        }
        outcome.run(request, words, PATH);
    }

    /** Asks where a file of a name would go. */
    public void tryName(Context request) {
        ConsoledHome home = Forms.home(homes, request.formParam("home"));
        String name = request.formParam("name");
        if (name == null || name.isBlank() || name.length() > LONGEST_NAME) {
            throw new BadRequestResponse("Expected the name of a file.");
        }
        outcome.run(request, List.of("check", "--home=" + home.home().folder(), "--try=" + name), PATH);
    }
}
