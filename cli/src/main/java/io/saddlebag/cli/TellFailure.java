package io.saddlebag.cli;

import io.saddlebag.message.Refusal;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says on standard error what failed: a sentence for what can happen to anybody, a trace for what must not happen. */
final class TellFailure implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        if (failure instanceof SiteStartException
                || failure instanceof Refusal
                || failure instanceof CommandFailure
                || failure instanceof IllegalArgumentException
                || failure instanceof IOException) {
            command.getErr().println("saddlebag: " + text(failure));
        } else {
            command.getErr().println("saddlebag: an internal fault; please report it with these lines");
            failure.printStackTrace(command.getErr());
        }
        command.getErr().flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String text(Exception failure) {
        if (failure instanceof FileSystemException fault && fault.getReason() == null) {
            if (failure instanceof NoSuchFileException) {
                return fault.getFile() + ": expected a file or folder, found none. Check the name";
            }
            if (failure instanceof AccessDeniedException) {
                return fault.getFile() + ": expected access, found it denied. Check owner and mode";
            }
            if (failure instanceof FileAlreadyExistsException) {
                return fault.getMessage()
                        + (fault.getMessage().contains(":") ? "" : ": exists already; nothing was overwritten");
            }
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
