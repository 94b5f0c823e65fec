package io.saddlebag.cli;

import io.saddlebag.hq.HqDatabase;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.DeadLetters;
import io.saddlebag.hq.store.sql.DeadLetters.DeadLetter;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.site.SiteHome;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dead}: lists, requeues or discards messages that headquarters could not deliver. */
@Command(
        name = "dead",
        description = "Look at a headquarters' dead letters, send them out again or give them up. Works while"
                + " headquarters runs, which takes the change up within seconds, and while it does not.")
final class DeadCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Expected list, requeue or discard");
    }

    @FunctionalInterface
    private interface Action {
        List<DeadLetter> apply(DeadLetters letters, DeadLetters.Choice choice) throws StoreException;
    }

    /** Which dead letters, and how they are shown. */
    static final class Chosen {
        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        @Option(names = "--home", required = true, paramLabel = "DIR", description = "The home of the headquarters.")
        private Path home;

        @Option(names = "--queue", paramLabel = "QUEUE", description = "Only those of this queue.")
        private String queue;

        @Option(names = "--json", description = "One line of JSON for each, as it was before the command.")
        private boolean json;

        @Parameters(arity = "0..*", paramLabel = "MESSAGE_ID", description = "Only those of these messages.")
        private final List<String> messageIds = new ArrayList<>();

        private void act(boolean all, Action action, String done) throws Exception {
            if (queue == null && messageIds.isEmpty() && !all) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "Expected message ids, --queue QUEUE or --all, found none of them");
            }
            act(action, "dead letter", done);
        }

        private void actOnWaiting(Action action) throws Exception {
            if (messageIds.isEmpty()) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "Expected message ids with --waiting, found none");
            }
            act(
                    action,
                    "waiting message or dead letter",
                    " discarded. One that is at its receiver now ends only if it comes back");
        }

        private void act(Action action, String kind, String done) throws Exception {
            try (HqDatabase database = HqDatabase.open(new SiteHome(home))) {
                DeadLetters dead = new DeadLetters(database.dataSource(), System.getProperty("user.name"));
                List<DeadLetter> letters = action.apply(dead, new DeadLetters.Choice(queue, messageIds));
                print(letters, kind, done);
                requireAll(letters, kind);
            } catch (StoreException e) {
                throw new CommandFailure(home + ": " + e.getMessage(), e);
            }
        }

        private void requireAll(List<DeadLetter> found, String kind) throws CommandFailure {
            Set<String> absent = new LinkedHashSet<>(messageIds);
            found.forEach(letter -> absent.remove(letter.messageId()));
            if (!absent.isEmpty()) {
                throw new CommandFailure(home + ": expected a " + kind + " of each message id, found none of "
                        + Printable.of(String.join(", ", absent)) + (queue == null ? "" : " on " + queue)
                        + ". Those there are: saddlebag dead list --home " + home);
            }
        }

        private void print(List<DeadLetter> letters, String kind, String done) {
            PrintWriter out = spec.commandLine().getOut();
            for (DeadLetter letter : letters) {
                out.println(json ? Json.text(letter) : line(letter));
            }
            if (!json) {
                out.println(letters.size() + " " + (letters.size() == 1 ? kind : kind.replace(" or ", "s or ") + "s")
                        + done);
            }
            out.flush();
        }

        private static String line(DeadLetter letter) {
            String error = letter.lastError();
            return (letter.deadLetteredTime() == null ? "waiting" : letter.deadLetteredTime()) + "  "
                    + letter.queueName() + "  " + letter.messageId() + "  "
                    + letter.bodySize() + " bytes  attempts " + letter.attempts()
                    + (letter.reason() == null ? "" : "  " + letter.reason())
                    + (error == null || error.equals(letter.reason()) ? "" : "; last: " + error);
        }
    }

    @Command(description = "Show each: when and why it was given up, after how many attempts, the last error.")
    void list(@Mixin Chosen chosen) throws Exception {
        chosen.act(true, DeadLetters::list, "");
    }

    @Command(
            description =
                    "Put them back on their queues, in their old places, with no attempt counted. Those whose sealed"
                            + " message is missing or damaged stay.")
    void requeue(@Mixin Chosen chosen, @Option(names = "--all", description = "All of them.") boolean all)
            throws Exception {
        chosen.act(all, DeadLetters::requeue, " requeued");
    }

    @Command(
            description =
                    "Give their sealed messages up for good. What is known of them stays, and their sender learns the"
                            + " reason.")
    void discard(
            @Mixin Chosen chosen,
            @Option(names = "--all", description = "All of them.") boolean all,
            @Option(
                            names = "--waiting",
                            description =
                                    "Those too that are no dead letters and wait for their receiver, such as a file"
                                            + " that went to wrong recipients. Needs message ids.")
                    boolean waiting,
            @Option(
                            names = "--reason",
                            required = true,
                            paramLabel = "TEXT",
                            description = "Why, for the sender. Headquarters and the sender keep it.")
                    String reason)
            throws Exception {
        if (waiting) {
            chosen.actOnWaiting((letters, choice) -> letters.discardWaiting(choice, reason));
        } else {
            chosen.act(all, (letters, choice) -> letters.discard(choice, reason), " discarded");
        }
    }
}
