package io.saddlebag.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;

/** One run of the command in this JVM: its exit code and what it said. */
public record CommandLineRun(int exitCode, String out, String err) {
    public static CommandLineRun of(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] texts = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
        int exitCode = Saddlebag.execute(new PrintWriter(out, true), new PrintWriter(err, true), texts);
        return new CommandLineRun(exitCode, out.toString(), err.toString());
    }
}
