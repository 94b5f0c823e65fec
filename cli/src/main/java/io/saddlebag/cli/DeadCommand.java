package io.saddlebag.cli;

import io.saddlebag.hq.HqDatabase;
import io.saddlebag.hq.store.KeptPayloads;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.DeadLetters;
import io.saddlebag.hq.store.sql.DeadLetters.DeadLetter;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.oplog.Operator;
import io.saddlebag.oplog.OperatorJournal;
import io.saddlebag.site.SiteHome;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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
    private static final String EXPORTED = "SELECT payload_file, payload_offset, manifest_length, body_length"
            + " FROM delivery_held JOIN message USING (message_number) WHERE message_id = ?"
            + " AND dead_lettered_time IS NOT NULL AND discarded_time IS NULL AND payload_missing_time IS NULL LIMIT 1";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Expected list, export, requeue or discard");
    }

    @FunctionalInterface
    private interface Action {
        List<DeadLetter> apply(DeadLetters letters, DeadLetters.Choice choice) throws StoreException;
    }

    /**
     * An action as the operator journal names it.
     *
     * @param reason null when the operator gave none
     */
    private record Noted(String action, String reason) {}

    /** Which dead letters, and how they are shown. */
    static final class Chosen {
        private static final String DEAD_LETTER = "dead letter";

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

        /** @param noted null for one that changes nothing */
        private void act(boolean all, Noted noted, Action action, String done) throws Exception {
            if (queue == null && messageIds.isEmpty() && !all) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "Expected message ids, --queue QUEUE or --all, found none of them");
            }
            act(noted, action, DEAD_LETTER, done);
        }

        private void actOnWaiting(Noted noted, Action action) throws Exception {
            if (messageIds.isEmpty()) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "Expected message ids with --waiting, found none");
            }
            act(
                    noted,
                    action,
                    "waiting message or dead letter",
                    " discarded. One that is at its receiver now ends only if it comes back");
        }

        private void act(Noted noted, Action action, String kind, String done) throws Exception {
            SiteHome site = new SiteHome(home);
            try (HqDatabase database = HqDatabase.open(site)) {
                if (noted != null) {
                    OperatorJournal.append(site, noted.action(), targets(), noted.reason());
                }
                DeadLetters dead = new DeadLetters(
                        database.dataSource(), Operator.current().toString());
                List<DeadLetter> letters = action.apply(dead, new DeadLetters.Choice(queue, messageIds));
                print(letters, kind, done);
                requireAll(letters, kind);
            } catch (StoreException e) {
                throw new CommandFailure(home + ": " + e.getMessage(), e);
            }
        }

        private List<String> targets() {
            List<String> targets = new ArrayList<>(messageIds);
            if (queue != null) {
                targets.add("queue " + queue);
            }
            return targets.isEmpty() ? List.of("all") : targets;
        }

        private void requireAll(List<DeadLetter> found, String kind) throws CommandFailure {
            Set<String> absent = new LinkedHashSet<>(messageIds);
            found.forEach(letter -> absent.remove(letter.messageId()));
            if (!absent.isEmpty()) {
                throw new CommandFailure(home + ": expected a " + kind + " of each message id, found none of "
                        + Printable.of(String.join(", ", absent)) + (queue == null ? "" : " on " + queue)
                        + (kind.equals(DEAD_LETTER)
                                ? ". Those there are: saddlebag dead list --home " + home
                                : ". Where each is: saddlebag where MESSAGE_ID --home " + home));
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

    @Command(
            name = "export",
            description =
                    "Write the sealed message of a dead letter into a file, such as one that its receiver could not"
                            + " open and opens by hand with a key that was put aside (saddlebag open --unpack). Headquarters"
                            + " cannot read it. The dead letter stays.")
    void export(
            @Option(
                            names = "--home",
                            required = true,
                            paramLabel = "DIR",
                            description = "The home of the headquarters.")
                    Path home,
            @Parameters(paramLabel = "MESSAGE_ID", description = "The message.") MessageId messageId,
            @Mixin Output output)
            throws Exception {
        SiteHome site = new SiteHome(home);
        try (HqDatabase database = HqDatabase.openToRead(site);
                Connection snapshot = database.snapshot();
                PreparedStatement select = snapshot.prepareStatement(EXPORTED)) {
            select.setString(1, messageId.value());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new CommandFailure(home + ": expected a dead letter of " + messageId
                            + " whose sealed message is there, found none. Those there are: saddlebag dead list --home "
                            + home);
                }
                PayloadRef payload = new PayloadRef(row.getLong(1), row.getLong(2), row.getInt(3), row.getLong(4));
                KeptPayloads payloads = database.payloads(snapshot);
                output.writeWhole(out -> payloads.copy(payload, out));
            }
        }
    }

    @Command(description = "Show each: when and why it was given up, after how many attempts, the last error.")
    void list(@Mixin Chosen chosen) throws Exception {
        chosen.act(true, null, DeadLetters::list, "");
    }

    @Command(
            description =
                    "Put them back on their queues, in their old places, with no attempt counted. Those whose sealed"
                            + " message is missing or damaged stay.")
    void requeue(
            @Mixin Chosen chosen,
            @Option(names = "--all", description = "All of them.") boolean all,
            @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the operator journal.")
                    String reason)
            throws Exception {
        chosen.act(all, new Noted("dead-requeue", reason), DeadLetters::requeue, " requeued");
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
        Noted noted = new Noted(waiting ? "dead-discard-waiting" : "dead-discard", reason);
        if (waiting) {
            chosen.actOnWaiting(noted, (letters, choice) -> letters.discardWaiting(choice, reason));
        } else {
            chosen.act(all, noted, (letters, choice) -> letters.discard(choice, reason), " discarded");
        }
    }
}
