package io.saddlebag.cli.proof;

import io.saddlebag.cli.progress.Progress;
import io.saddlebag.cli.progress.ProgressOption;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code digest}: size and SHA-256 that receipts and records have of a file or folder. */
@Command(
        name = "digest",
        description =
                "Print the size and SHA-256 that the message of a file or folder has. A folder travels as a tar that"
                        + " depends on names and contents alone; docs/formats.md says how to make it with the tar command.",
        exitCodeList = {"0:each is printed", "1:one cannot be read, or a laboratory would refuse it", "2:wrong usage"})
public final class DigestCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files and folders.")
    private List<Path> paths;

    @Mixin
    private IgnoredNames ignored;

    @Option(names = "--json", description = "A JSON list on standard output instead of lines.")
    private boolean json;

    @Mixin
    private ProgressOption progress;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        List<SentContent> found = new ArrayList<>();
        for (Path path : paths) {
            try (Progress told = progress.begin(
                    "reading " + Printable.whole(path.toString()),
                    ProgressOption.sizeOf(path.toString()),
                    spec.commandLine().getErr())) {
                found.add(SentContent.of(path, ignored.noData(), told::counting));
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.textForPeople(found));
        } else {
            found.forEach(each -> out.println(each.text()));
        }
        return 0;
    }
}
