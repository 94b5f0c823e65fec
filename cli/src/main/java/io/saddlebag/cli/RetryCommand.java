package io.saddlebag.cli;

import io.saddlebag.lab.records.RetryFailed;
import io.saddlebag.oplog.OperatorJournal;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "retry",
        description =
                "Put failed files of a laboratory back into the folders they were dropped in, to be sent under the"
                        + " same message_id. It does not matter whether the laboratory runs. The reasons are kept in"
                        + " failed/.retried/.")
final class RetryCommand implements Callable<Integer> {
    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Files in failed/ of a laboratory's home; with or without their .reason.json, so"
                    + " HOME/failed/* means all.")
    private List<Path> files;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the operator journal.")
    private String reason;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        boolean allWell = true;
        List<Path> failed =
                files.stream().map(RetryFailed::failedFile).distinct().toList();
        note(failed);
        for (Path file : failed) {
            try {
                out.println(file.getFileName() + ": put back as " + RetryFailed.retry(file));
            } catch (FileAlreadyExistsException e) {
                allWell = false;
                err.println("saddlebag: " + e.getFile()
                        + ": expected no file of that name in the drop folder, found one. Let it be taken first");
            } catch (IllegalArgumentException e) {
                allWell = false;
                err.println("saddlebag: " + e.getMessage());
            }
        }
        return allWell ? 0 : CommandLine.ExitCode.SOFTWARE;
    }

    /** In the operator journal of each home. */
    private void note(List<Path> failed) throws IOException {
        Map<Path, List<String>> names = new LinkedHashMap<>();
        for (Path file : failed) {
            if (RetryFailed.isInHome(file)) {
                names.computeIfAbsent(file.getParent().getParent(), home -> new ArrayList<>())
                        .add(file.getFileName().toString());
            }
        }
        for (Map.Entry<Path, List<String>> home : names.entrySet()) {
            OperatorJournal.append(new SiteHome(home.getKey()), "retry", home.getValue(), reason);
        }
    }
}
