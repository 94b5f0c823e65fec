package io.saddlebag.cli.check;

import io.saddlebag.cli.home.SiteKind;
import io.saddlebag.site.NameTrial;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code check}: what a start would refuse, all of it, without a start. */
@Command(
        name = "check",
        description =
                "Judge the home of a site as its start does, and start nothing: settings, routes, topology, libraries,"
                        + " keys, owners and modes. A line each fault, with file, line and remedy. The site may run.",
        exitCodeList = {
            "0:no fault; with --try: the file would be taken",
            "1:faults, on standard output; with --try: the file would not be taken",
            "2:wrong usage",
            "10:no home there"
        })
public final class CheckCommand implements Callable<Integer> {
    @Option(names = "--home", required = true, paramLabel = "DIR", description = "The site's home.")
    private Path home;

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "hq, lab or rc, for a site whose id does not end in -HQ, -LAB or -RC and that has no"
                    + " certificates yet.")
    private SiteKind kind;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "A setting that counts before application.properties; may be repeated.")
    private final Map<String, String> overrides = new LinkedHashMap<>();

    @Option(
            names = "--try",
            paramLabel = "NAME",
            description = "Say where a file of this name would go, or why it would be refused: at a laboratory for each"
                    + " drop folder, at a centre for each outbox, at headquarters for each exchange of its sender. When"
                    + " a file or folder is there, the checks of these routes judge its content too.")
    private String name;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws SiteStartException, IOException {
        PrintWriter out = spec.commandLine().getOut();
        JudgedHome judged = JudgedHome.of(new SiteHome(home), kind, overrides);
        judged.faults().forEach(out::println);
        if (name == null || judged.trial().isEmpty()) {
            if (judged.faults().isEmpty()) {
                out.println(judged.site() + ": no fault found");
            }
            return judged.faults().isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        }
        NameTrial trial = judged.trial().get();
        List<NameTrial.Answer> answers =
                Files.exists(Path.of(name)) ? trial.answers(Path.of(name)) : trial.answers(name);
        answers.forEach(answer -> out.println(answer.text()));
        return answers.stream().anyMatch(NameTrial.Answer::isTaken)
                        && judged.faults().isEmpty()
                ? CommandLine.ExitCode.OK
                : CommandLine.ExitCode.SOFTWARE;
    }
}
