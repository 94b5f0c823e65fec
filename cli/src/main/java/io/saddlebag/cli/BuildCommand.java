package io.saddlebag.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The launcher does it before any Java runs; here it has its place in the help. */
@Command(
        name = "build",
        description = "Builds the sources again after a change, with Maven. Stop the sites that run from here first: a"
                + " build replaces their classes. An installation without sources does not build.")
final class BuildCommand implements Callable<Integer> {
    @Override
    public Integer call() throws CommandFailure {
        throw new CommandFailure(
                "expected the launcher to build, found that Java was started without it. Run: ./saddlebag build");
    }
}
