package io.saddlebag.cli.oplog;

import io.saddlebag.dsse.OperatorEntry;
import io.saddlebag.identity.Trust;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import io.saddlebag.oplog.Operator;
import io.saddlebag.oplog.OperatorJournalCheck;
import io.saddlebag.site.OwnIdentity;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "journal",
        description =
                "Show who acted on a home by a command, when, on what and why; and prove that each entry is signed"
                        + " by the site and that none was changed or removed. An entry says that somebody began the action.",
        exitCodeList = {"0:all entries hold", "1:one does not, or one is missing", "2:wrong usage"})
public final class JournalCommand implements Callable<Integer> {
    @Option(names = "--home", required = true, paramLabel = "DIR", description = "The home of a site of any kind.")
    private Path folder;

    @Option(names = "--json", description = "One line of JSON for each entry.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    private long faults;

    @Override
    public Integer call() throws IOException {
        SiteHome home = new SiteHome(folder);
        SiteId site = SiteId.of(
                Settings.read(home).getProperty(OwnIdentity.SITE_ID, "").strip());
        Trust trust = Trust.load(home.identity(), Clock.systemUTC());
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        OperatorJournalCheck.read(
                home, site, trust, (entry, isSigned) -> out.println(json ? Json.text(entry) : line(entry)), fault -> {
                    faults++;
                    err.println("saddlebag: " + fault);
                });
        return faults == 0 ? 0 : CommandLine.ExitCode.SOFTWARE;
    }

    private static String line(OperatorEntry entry) {
        return Printable.of(entry.number() + "  " + entry.time() + "  " + new Operator(entry.user(), entry.sudoUser())
                + "  " + entry.action() + "  " + String.join(", ", entry.targets())
                + (entry.reason() == null ? "" : "  " + entry.reason()));
    }
}
