package io.saddlebag.cli;

import io.saddlebag.hq.HqDatabase;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.DeadLetters;
import io.saddlebag.hq.store.sql.DeadLetters.DeadLetter;
import io.saddlebag.message.Json;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.log.LogSetup;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dead}: lists, requeues or discards messages that headquarters could not deliver. */
@Command(
        name = "dead",
        description = "Look at a headquarters' dead letters, send them out again or give them up. Works while"
                + " headquarters runs, which takes the change up within seconds, and while it does not.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {DeadCommand.ListThem.class, DeadCommand.Requeue.class, DeadCommand.Discard.class})
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

    private abstract static class OnDeadLetters implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Option(names = "--home", required = true, paramLabel = "DIR", description = "The home of the headquarters.")
        private Path home;

        @Option(names = "--queue", paramLabel = "QUEUE", description = "Only those of this queue.")
        private String queue;

        @Option(names = "--json", description = "One line of JSON for each, as it was before the command.")
        private boolean json;

        @Parameters(arity = "0..*", paramLabel = "MESSAGE_ID", description = "Only those of these messages.")
        private final List<String> messageIds = new ArrayList<>();

        private final Action action;
        private final String done;

        private OnDeadLetters(Action action, String done) {
            this.action = action;
            this.done = done;
        }

        boolean isForAll() {
            return true;
        }

        @Override
        public Integer call() throws Exception {
            System.setProperty(LogSetup.TARGET, "err");
            if (queue == null && messageIds.isEmpty() && !isForAll()) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "Expected message ids, --queue QUEUE or --all, found none of them");
            }
            try (HqDatabase database = HqDatabase.open(new SiteHome(home))) {
                List<DeadLetter> letters =
                        action.apply(new DeadLetters(database.dataSource()), new DeadLetters.Choice(queue, messageIds));
                print(spec.commandLine().getOut(), letters);
                return 0;
            } catch (StoreException e) {
                throw new CommandFailure(home + ": " + e.getMessage(), e);
            }
        }

        private void print(PrintWriter out, List<DeadLetter> letters) {
            for (DeadLetter letter : letters) {
                out.println(json ? new String(Json.write(letter), StandardCharsets.UTF_8) : line(letter));
            }
            if (!json) {
                out.println(letters.size() + (letters.size() == 1 ? " dead letter" : " dead letters") + done);
            }
            out.flush();
        }

        private static String line(DeadLetter letter) {
            String error = letter.lastError();
            return letter.deadLetteredTime() + "  " + letter.queueName() + "  " + letter.messageId() + "  "
                    + letter.bodySize() + " bytes  attempts " + letter.attempts() + "  " + letter.reason()
                    + (error == null || error.equals(letter.reason()) ? "" : "; last: " + error);
        }
    }

    private abstract static class OnChosen extends OnDeadLetters {
        @Option(names = "--all", description = "All of them.")
        private boolean all;

        private OnChosen(Action action, String done) {
            super(action, done);
        }

        @Override
        boolean isForAll() {
            return all;
        }
    }

    @Command(
            name = "list",
            description = "Show each: when and why it was given up, after how many attempts, the last error.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    static final class ListThem extends OnDeadLetters {
        ListThem() {
            super(DeadLetters::list, "");
        }
    }

    @Command(
            name = "requeue",
            description =
                    "Put them back on their queues, in their old places, with no attempt counted. Those whose sealed"
                            + " message is missing or damaged stay.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    static final class Requeue extends OnChosen {
        Requeue() {
            super(DeadLetters::requeue, " requeued");
        }
    }

    @Command(
            name = "discard",
            description = "Give their sealed messages up for good. What is known of them stays, with the reason.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    static final class Discard extends OnChosen {
        Discard() {
            super(DeadLetters::discard, " discarded");
        }
    }
}
