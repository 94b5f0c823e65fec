package io.saddlebag.console.pages;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.http.NotFoundResponse;
import io.saddlebag.console.act.CommandRun;
import io.saddlebag.console.act.Commands;
import java.util.List;
import java.util.Set;

/** A command that the console ran, with its output. */
public final class OutcomePage {
    static final String PATH = "/outcome";

    private static final Set<String> PAGES =
            Set.of("/find", "/message", "/queues", "/dead", "/routes", "/topology", "/audit", "/health");

    private final Commands commands;
    private final View view;

    public OutcomePage(Commands commands, View view) {
        this.commands = commands;
        this.view = view;
    }

    /** @param back to the page that the command was begun on */
    public record Outcome(CommandRun run, String back) {}

    public void show(Context answer) {
        CommandRun run = commands.of(answer.queryParam("id"))
                .orElseThrow(() -> new NotFoundResponse("This console does not know such a command any more."));
        String back = answer.queryParam("back");
        String path = back != null && PAGES.contains(back.split("\\?", 2)[0]) ? back : "/";
        view.show(answer, "outcome", run.isOver() ? "Command ended" : "Command runs", path, new Outcome(run, path));
    }

    /** A form's fields, to be posted once more. */
    public record Confirm(String sentence, String action, List<Field> fields, String back) {}

    /** A field that is not shown. */
    public record Field(String name, String value) {}

    /**
     * Asks once more before something that cannot be taken back.
     *
     * @param sentence says what is about to happen
     * @return true when the person has said so already
     */
    boolean isConfirmed(Context request, String sentence, String back) {
        if ("yes".equals(request.formParam("confirm"))) {
            return true;
        }
        List<Field> fields = request.formParamMap().entrySet().stream()
                .flatMap(field -> field.getValue().stream().map(value -> new Field(field.getKey(), value)))
                .toList();
        view.show(
                request,
                "confirm",
                "Are you sure?",
                back.split("\\?", 2)[0],
                new Confirm(sentence, request.path(), fields, back));
        return false;
    }

    /** Runs a command for a form and leads to its page. */
    void run(Context answer, List<String> arguments, String back) {
        runEach(answer, List.of(arguments), back);
    }

    /** As {@link #run}, of several, one after the other. */
    void runEach(Context answer, List<List<String>> each, String back) {
        CommandRun run = commands.run(each);
        answer.redirect(Text.link(PATH, "id", run.id(), "back", back), HttpStatus.SEE_OTHER);
    }
}
