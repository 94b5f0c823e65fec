package io.saddlebag.cli.status;

import io.saddlebag.message.Json;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "status",
        description =
                "Show, one screen a home: the link, what waits and why, what is under way, the newest message of each"
                        + " route, disks, certificates, open alerts. It reads what the site writes every 15 seconds; of a"
                        + " site that does not run it shows the last, and says so.",
        exitCodeList = {"0:every site runs", "1:one does not run", "2:wrong usage", "10:no home there"})
public final class StatusCommand implements Callable<Integer> {
    private static final long BETWEEN_LOOKS_MILLIS = 2_000;
    /** Moves to the upper left corner of a terminal and clears what is below. */
    private static final String CLEAR = "\u001b[H\u001b[J";

    @Option(
            names = "--home",
            required = true,
            arity = "1..*",
            paramLabel = "DIR",
            description = "A site's home, of any kind; several, or repeated, for several sites.")
    private List<Path> homes;

    @Option(names = "--watch", description = "Look again every 2 seconds, until Ctrl-C.")
    private boolean watch;

    @Option(names = "--json", description = "One line of JSON a home: home, running, and status as in run/status.json.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    private final Clock clock = Clock.systemUTC();
    private boolean allRun;

    @Override
    public Integer call() throws SiteStartException {
        List<String> before = show(List.of());
        while (watch) {
            try {
                Thread.sleep(BETWEEN_LOOKS_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
            before = show(before);
        }
        return allRun ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    /** Prints what is not as it was before. */
    private List<String> show(List<String> before) throws SiteStartException {
        Instant now = clock.instant();
        List<String> lines = new ArrayList<>();
        allRun = true;
        for (Path home : homes) {
            SeenSite seen = SeenSite.look(new SiteHome(home), now);
            allRun &= seen.running();
            lines.addAll(json ? List.of(Json.text(seen)) : StatusScreen.of(seen, now));
        }
        if (!lines.equals(before)) {
            PrintWriter out = spec.commandLine().getOut();
            if (watch && !json && System.console() != null) {
                out.print(CLEAR);
            }
            lines.forEach(out::println);
            out.flush();
        }
        return lines;
    }
}
