package io.saddlebag.cli.proof;

import io.saddlebag.files.SystemFiles;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option by which a folder is read as its laboratory sent it. */
final class IgnoredNames {
    @Option(
            names = "--ignore",
            split = ",",
            paramLabel = "PATTERN",
            description = "The laboratory's own folder.ignore, such as *.bak,scratch, where it has one.")
    private List<String> patterns = List.of();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    SystemFiles noData() {
        try {
            return SystemFiles.with(patterns);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--ignore: " + e.getMessage());
        }
    }
}
