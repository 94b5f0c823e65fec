package io.saddlebag.cli.resend;

import io.saddlebag.journal.JournalReader;
import io.saddlebag.lab.resend.ResendRequests;
import io.saddlebag.message.MessageId;
import io.saddlebag.oplog.OperatorJournal;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.io.PrintWriter;
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

/** {@code resend}: asks a laboratory to send messages again. */
@Command(
        name = "resend",
        description = "Have a laboratory send messages again that headquarters confirmed and lost, as after a restored"
                + " back-up. A laboratory does so by itself, at most three times a message. It asks headquarters first; a"
                + " message that headquarters has is not sent. It does not matter whether the laboratory runs.",
        exitCodeList = {
            "0:each is asked for",
            "1:one was never sent, or every recipient has it by a signed receipt",
            "2:wrong usage"
        })
public final class ResendCommand implements Callable<Integer> {
    @Option(names = "--home", required = true, paramLabel = "DIR", description = "The laboratory's home.")
    private Path folder;

    @Parameters(arity = "1..*", paramLabel = "ID", description = "The message_ids, as \"audit\" names them.")
    private List<MessageId> messages;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the operator journal.")
    private String reason;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        SiteHome home = new SiteHome(folder);
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        boolean allWell = true;
        try (JournalReader journal = JournalReader.open(home.journal().resolve("lab.db"))) {
            OperatorJournal.append(
                    home, "resend", messages.stream().map(MessageId::value).toList(), reason);
            for (MessageId each : messages) {
                String fault = fault(journal, each);
                if (fault == null) {
                    ResendRequests.leave(home, each);
                    out.println(each + ": asked for; sent again within seconds when the laboratory is connected and"
                            + " headquarters does not have it");
                } else {
                    allWell = false;
                    err.println("saddlebag: " + each + ": " + fault);
                }
            }
        }
        return allWell ? 0 : CommandLine.ExitCode.SOFTWARE;
    }

    /** Null when the message may be sent again. */
    private static String fault(JournalReader journal, MessageId messageId) throws IOException {
        List<String> found = new ArrayList<>();
        journal.forEach(
                "SELECT state, is_receipted FROM message WHERE message_id = ?",
                row -> found.add(row.getInt(2) == 0 ? row.getString(1) : "RECEIPTED"),
                messageId.value());
        if (found.isEmpty()) {
            return "expected a message of this laboratory, found none of that id in its journal. Check the id with audit";
        }
        return switch (found.get(0)) {
            case "SENT" -> null;
            case "RECEIPTED" ->
                "expected a message that lacks a receipt, found one that every recipient has by its signed"
                        + " receipt. Nothing is to be sent again";
            case "FAILED" ->
                "expected a message that was sent, found one that failed. See its reason in failed/, and use"
                        + " saddlebag retry";
            default -> "expected a message that was sent, found one on its way. It is sent by itself";
        };
    }
}
