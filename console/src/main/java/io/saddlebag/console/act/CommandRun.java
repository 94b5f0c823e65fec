package io.saddlebag.console.act;

import io.saddlebag.cli.Saddlebag;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Commands that the console runs one after the other, with their output until now. For any number of threads. */
public final class CommandRun {
    /** More than that is no page to read; the command says it all on a terminal. */
    private static final int MOST_TEXT = 256 << 10;

    private final String id;
    private final List<List<String>> commands;
    private final Instant started;
    private final StringWriter output = new StringWriter();
    private final CompletableFuture<Integer> end = new CompletableFuture<>();

    CommandRun(String id, List<List<String>> commands, Instant started) {
        this.id = id;
        this.commands = List.copyOf(commands);
        this.started = started;
    }

    void run() {
        try (PrintWriter writer = new PrintWriter(output, true)) {
            int worst = 0;
            for (List<String> command : commands) {
                worst = Math.max(worst, Saddlebag.execute(writer, writer, command.toArray(String[]::new)));
            }
            end.complete(worst);
        } catch (RuntimeException e) {
            end.completeExceptionally(e);
            throw e;
        }
    }

    public String id() {
        return id;
    }

    boolean is(String command) {
        return commands.get(0).get(0).equals(command);
    }

    boolean has(String option) {
        return commands.get(0).contains(option);
    }

    public Instant started() {
        return started;
    }

    CompletableFuture<Integer> end() {
        return end;
    }

    public boolean isOver() {
        return end.isDone();
    }

    /** True when it is over with exit code 0. */
    public boolean isDone() {
        return isOver() && !end.isCompletedExceptionally() && end.join() == 0;
    }

    /** Such as {@code exit code 1}. */
    public String ending() {
        if (!isOver()) {
            return "running";
        }
        return end.isCompletedExceptionally()
                ? "an internal fault; the console's log has its trace"
                : "exit code " + end.join();
    }

    /** As somebody types it, a line each. */
    public String typed() {
        return commands.stream()
                .map(command ->
                        "saddlebag " + command.stream().map(CommandRun::quoted).collect(Collectors.joining(" ")))
                .collect(Collectors.joining("\n"));
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./=:,+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    public String output() {
        StringBuffer text = output.getBuffer();
        return text.length() <= MOST_TEXT ? text.toString() : text.substring(0, MOST_TEXT) + "\n(cut)\n";
    }
}
