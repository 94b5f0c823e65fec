package io.saddlebag.cli.manual;

import io.saddlebag.files.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code man}: manual pages of all commands. */
@Command(
        name = "man",
        description = "Print the manual page of a command, for man -l -, or write those of all commands into a folder.")
public final class ManCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..*",
            paramLabel = "COMMAND",
            description = "The command with its subcommand, such as: dead list. Without it: saddlebag itself.")
    private List<String> command = List.of();

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Write every page into DIR/man/man1, and the completion for bash into"
                    + " DIR/bash-completion/completions, as below /usr/share.")
    private Path folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        CommandSpec root = spec.root();
        String version = root.version().length == 0 ? version(root) : root.version()[0];
        if (folder == null) {
            spec.commandLine().getOut().print(ManualPage.of(find(root), version));
            spec.commandLine().getOut().flush();
            return CommandLine.ExitCode.OK;
        }
        Path pages = folder.resolve("man/man1");
        Path completions = folder.resolve("bash-completion/completions");
        AtomicFiles.createFolders(pages);
        AtomicFiles.createFolders(completions);
        writeAll(root, version, pages);
        Files.writeString(completions.resolve(root.name()), CompletionCommand.script(root));
        return CommandLine.ExitCode.OK;
    }

    private static String version(CommandSpec root) {
        try {
            return root.versionProvider() == null
                    ? root.name()
                    : root.versionProvider().getVersion()[0];
        } catch (Exception e) {
            throw new IllegalStateException("The version cannot be told", e);
        }
    }

    private static void writeAll(CommandSpec command, String version, Path pages) throws IOException {
        Files.writeString(
                pages.resolve(ManualPage.fileName(command)), ManualPage.of(command, version), StandardCharsets.UTF_8);
        for (CommandSpec each : ManualPage.subcommands(command).toList()) {
            writeAll(each, version, pages);
        }
    }

    private CommandSpec find(CommandSpec root) {
        CommandSpec found = root;
        for (String name : command) {
            CommandLine next = found.subcommands().get(name);
            if (next == null) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "Expected a command of " + found.qualifiedName() + ", found " + name);
            }
            found = next.getCommandSpec();
        }
        return found;
    }
}
