package io.saddlebag.cli.where;

import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.where.IdPattern;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code where}: what became of a file. */
@Command(
        name = "where",
        description =
                "Say where a file is: each step on its way to each recipient with time and place, and why it waits"
                        + " or does not come. \"proved\" is a signature that was checked just now. A laboratory and a centre know"
                        + " names and digests; headquarters knows message_ids alone. A site that runs asks headquarters for its"
                        + " own messages; one that does not run answers from its journal. Reads only.",
        exitCodeList = {
            "0:every recipient has it",
            "1:it is under way, or it failed",
            "2:wrong usage",
            "4:nothing of it is known here"
        })
public final class WhereCommand implements Callable<Integer> {
    private static final long PAUSE_SECONDS = 2;

    @Option(
            names = "--home",
            arity = "1..*",
            paramLabel = "DIR",
            description = "A site's home, of any kind; several give one timeline. The present folder without it.")
    private List<Path> homes = List.of(Path.of(""));

    @Option(names = "--json", description = "One JSON object on standard output.")
    private boolean json;

    @Option(
            names = "--watch",
            description = "Look again every 2 seconds, print what changed, and end when nothing is under way any more.")
    private boolean watch;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME|MESSAGE_ID|SHA256",
            description = "The name of a file or folder as it was dropped or as it lies in an outbox; a message_id, or"
                    + " its beginning with a star such as 'FL-LAB_DAT_2025*'; or the SHA-256 of the content.")
    private String what;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, SiteStartException, InterruptedException {
        takeLastOfHomes();
        requirePattern();
        WhereFinder finder = new WhereFinder(
                homes.stream().map(SiteHome::new).distinct().toList(),
                WhereFinder.HqReading.OF_COMMANDS,
                Clock.systemUTC());
        PrintWriter out = spec.commandLine().getOut();
        String before = "";
        while (true) {
            Whereabouts found = finder.find(what);
            String text = json ? Json.text(found) + System.lineSeparator() : text(found);
            if (!text.equals(before)) {
                out.print(before.isEmpty() || json ? text : System.lineSeparator() + text);
                out.flush();
                before = text;
            }
            if (!watch || found.isOver()) {
                tellNotes(found);
                return found.exitCode();
            }
            TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
        }
    }

    /** A name behind the homes is parsed as one of them. */
    private void takeLastOfHomes() {
        if (what == null && homes.size() > 1) {
            what = homes.get(homes.size() - 1).toString();
            homes = homes.subList(0, homes.size() - 1);
        }
        if (what == null) {
            throw new ParameterException(spec.commandLine(), "Expected a name, message_id or SHA-256, found none");
        }
    }

    private void requirePattern() {
        if (what.endsWith("*")) {
            try {
                IdPattern.of(what.substring(what.lastIndexOf('/') + 1));
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), e.getMessage(), e);
            }
        }
    }

    private static String text(Whereabouts found) {
        StringWriter text = new StringWriter();
        new WhereText(new PrintWriter(text, true)).print(found);
        return text.toString();
    }

    /** Data on standard output, the rest on standard error. */
    private void tellNotes(Whereabouts found) {
        PrintWriter err = spec.commandLine().getErr();
        found.notes().forEach(note -> err.println("saddlebag: " + Printable.reason(note)));
        if (found.more()) {
            err.println(
                    "saddlebag: more than " + Records.MOST + " match; these are the last of them. Give more of the id");
        }
        if (found.messages().isEmpty()) {
            err.println("saddlebag: " + Printable.of(what) + ": nothing of it is known here");
        }
        err.flush();
    }
}
