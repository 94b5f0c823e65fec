package io.saddlebag.cli;

import io.saddlebag.lab.records.RetryFailed;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
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

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        boolean allWell = true;
        for (Path file : files.stream().map(RetryFailed::failedFile).distinct().toList()) {
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
}
