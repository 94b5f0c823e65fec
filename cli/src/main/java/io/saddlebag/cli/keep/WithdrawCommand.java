package io.saddlebag.cli.keep;

import io.saddlebag.journal.JournalException;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.lab.records.WithdrawRequests;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.oplog.Operator;
import io.saddlebag.oplog.OperatorJournal;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code withdraw}: takes a claimed file back before headquarters has it. */
@Command(
        name = "withdraw",
        description = "Take dropped files back, such as one that would go to wrong recipients, before headquarters has"
                + " them. A withdrawn file lies in failed/ with its reason, and nobody has received it. It does not matter"
                + " whether the laboratory runs.",
        exitCodeList = {"0:all are withdrawn", "1:one is not, or not yet; what to do is said", "2:wrong usage"})
public final class WithdrawCommand implements Callable<Integer> {
    private static final long LOOK_MILLIS = 100;
    private static final String FACTS =
            "SELECT message_id, state, envelope IS NOT NULL, settled_time, withdraw_reason, resent"
                    + " FROM message WHERE ";

    @Option(names = "--home", required = true, paramLabel = "DIR", description = "The laboratory's home.")
    private Path folder;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            defaultValue = "wrong recipients",
            description = "Why, for the file's reason in failed/; default: ${DEFAULT-VALUE}.")
    private String reason;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "How long to wait for a running laboratory; default ${DEFAULT-VALUE}.")
    private String wait;

    @Parameters(
            arity = "1..*",
            paramLabel = "MESSAGE",
            description = "A message_id, or the name under which the file was dropped.")
    private List<String> messages;

    @Spec
    private CommandSpec spec;

    /**
     * A row of the journal.
     *
     * @param isSigned whether parts of it may have left
     * @param settled when it was sent or failed; null before
     * @param withdrawn why somebody wants it back; null when nobody does
     * @param resent how often it was sent again
     */
    private record Facts(
            MessageId messageId, String state, boolean isSigned, String settled, String withdrawn, int resent) {
        static Facts of(ResultSet row) throws SQLException {
            return new Facts(
                    MessageId.of(row.getString(1)),
                    row.getString(2),
                    row.getBoolean(3),
                    row.getString(4),
                    row.getString(5),
                    row.getInt(6));
        }

        boolean isSettled() {
            return settled != null;
        }
    }

    @Override
    public Integer call() throws IOException, SiteStartException, InterruptedException {
        long patience = Settings.durationOf(wait).toNanos();
        boolean all = true;
        try (LabDesk desk = LabDesk.open(folder, Clock.systemUTC())) {
            OperatorJournal.append(desk.home(), "withdraw", messages, reason);
            for (String each : messages) {
                all &= withdraw(desk, each, System.nanoTime() + patience);
            }
        } catch (JournalException e) {
            throw new IOException(e.getMessage(), e);
        }
        return all ? 0 : CommandLine.ExitCode.SOFTWARE;
    }

    private boolean withdraw(LabDesk desk, String named, long until) throws InterruptedException {
        LabJournal journal = desk.journal();
        Facts found = find(journal, named);
        if (found == null) {
            return tell(
                    false,
                    Printable.of(named)
                            + ": expected a message_id or file name of the journal, found none. A file that is still in its drop"
                            + " folder can be taken out there");
        }
        String why = "Withdrawn by " + Operator.current() + ": " + Printable.reason(reason);
        if (!new WithdrawRequests(journal).ask(found.messageId(), why)) {
            return told(found.messageId(), find(journal, found.messageId().value()));
        }
        Facts now = find(journal, found.messageId().value());
        while (desk.isRunning() && now != null && !now.isSettled() && System.nanoTime() < until) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            now = find(journal, found.messageId().value());
        }
        if (now != null && !now.isSettled() && !desk.isRunning() && !now.isSigned()) {
            return tell(
                    true,
                    now.messageId() + ": withdrawn; the laboratory does not run and moves the file to failed/ at"
                            + " its next start");
        }
        return told(found.messageId(), now);
    }

    /** Null when there is none; of several files of one name the newest. */
    private static Facts find(LabJournal journal, String named) {
        return journal.value(
                FACTS + "message_id = ? OR file_name = ? ORDER BY message_id = ? DESC, number DESC LIMIT 1",
                Facts::of,
                named,
                named,
                named);
    }

    private boolean told(MessageId messageId, Facts now) {
        if (now == null) {
            return tell(
                    false,
                    messageId + ": a program still wrote to its file, which is back in its drop folder. Take it"
                            + " out there");
        }
        if (now.state().equals("FAILED")) {
            boolean isWithdrawn = now.withdrawn() != null;
            return tell(
                    isWithdrawn,
                    messageId + (isWithdrawn ? ": withdrawn" : ": failed before at " + now.settled())
                            + "; its file is in failed/ with the reason");
        }
        if (now.state().equals("SENT")) {
            return tell(
                    false,
                    messageId + ": too late, headquarters confirmed it at " + now.settled()
                            + ". Its operator can stop what still waits: saddlebag dead discard --waiting --reason TEXT --home HQ "
                            + messageId + ". sent/" + messageId + ".receipts.json says which centres have it");
        }
        return tell(false, messageId + undecided(now));
    }

    private static String undecided(Facts now) {
        if (now.resent() > 0) {
            return ": too late, headquarters confirmed it before and is sent it again. Centres may have it";
        }
        return now.isSigned()
                ? ": not decided yet. Headquarters may have all of it; if it has not, the file comes to failed/. Run this"
                        + " again once the laboratory is connected"
                : ": it will not be sent; its file comes to failed/ once the work on it ends. Run this again to see it";
    }

    private boolean tell(boolean done, String text) {
        (done ? spec.commandLine().getOut() : spec.commandLine().getErr()).println((done ? "" : "saddlebag: ") + text);
        return done;
    }
}
