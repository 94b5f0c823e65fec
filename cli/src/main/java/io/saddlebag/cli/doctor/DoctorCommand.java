package io.saddlebag.cli.doctor;

import io.saddlebag.cli.home.SiteKind;
import io.saddlebag.message.Json;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.log.LogSetup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: a line a finding about a site and the machine that it is on. */
@Command(
        name = "doctor",
        description =
                "Examine a site, whether it runs or not: its files, disk and syncs, certificates and revocation list,"
                        + " locale, folders, and the way to headquarters with its clock. A line each: ok, warn or fail,"
                        + " with the remedy. Run it as the site's user. It connects to headquarters as the site.",
        exitCodeList = {"0:no fail; there may be warnings", "1:a fail", "2:wrong usage", "10:no home there"})
public final class DoctorCommand implements Callable<Integer> {
    private static final int PATIENCE_SECONDS = 5;

    @Option(names = "--home", required = true, paramLabel = "DIR", description = "The site's home.")
    private Path home;

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "hq, lab or rc, for a site whose id does not end in -HQ, -LAB or -RC and that has no"
                    + " certificates yet.")
    private SiteKind kind;

    @Option(names = "--json", description = "The findings as a JSON array.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws SiteStartException, IOException {
        // Its own connection is a finding.
        System.setProperty(LogSetup.LEVEL, "warn");
        PrintWriter out = spec.commandLine().getOut();
        List<Finding> findings =
                new Doctor(new SiteHome(home), Duration.ofSeconds(PATIENCE_SECONDS), Clock.systemUTC()).examine(kind);
        if (json) {
            out.println(Json.textForPeople(findings));
        } else {
            findings.forEach(finding -> out.println(finding.line()));
        }
        return findings.stream().anyMatch(finding -> finding.level() == Finding.Level.FAIL)
                ? CommandLine.ExitCode.SOFTWARE
                : CommandLine.ExitCode.OK;
    }
}
