package io.saddlebag.cli.keep;

import io.saddlebag.journal.JournalException;
import io.saddlebag.lab.LabSettings;
import io.saddlebag.lab.records.FailedTidy;
import io.saddlebag.lab.records.TidyDecision;
import io.saddlebag.lab.tidy.SentTidy;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.oplog.OperatorJournal;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidy}: removes files from {@code sent/} or {@code failed/} so that no audit takes them for lost. */
@Command(
        name = "tidy",
        description =
                "Remove old files from sent/ of a laboratory, with the journal's knowledge, so that no audit takes"
                        + " them for lost. Only files go of which every recipient's receipt is kept; the receipts stay. Shows what"
                        + " would go until --delete is given. It does not matter whether the laboratory runs.")
public final class TidyCommand implements Callable<Integer> {
    @Option(names = "--home", required = true, paramLabel = "DIR", description = "The laboratory's home.")
    private Path folder;

    @Option(
            names = "--older-than",
            paramLabel = "TIME",
            description = "Files that headquarters confirmed, or that failed, longer ago, such as 90d. Default: the"
                    + " setting sent.delete-after.")
    private String olderThan;

    @Option(
            names = "--failed",
            description = "The files in failed/ with their reasons, in place of those in sent/. Nobody else has their"
                    + " content.")
    private boolean failed;

    @Option(names = "--delete", description = "Delete them. Without it nothing changes.")
    private boolean deletes;

    @Parameters(
            arity = "0..*",
            paramLabel = "MESSAGE_ID",
            description = "Only the files of these messages, whatever their age. One in sent/ may have expired at a"
                    + " recipient or been discarded for it.")
    private final Set<MessageId> named = new LinkedHashSet<>();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the operator journal.")
    private String reason;

    @Spec
    private CommandSpec spec;

    private long files;
    private long bytes;
    private long staying;

    @Override
    public Integer call() throws IOException, SiteStartException {
        Clock clock = Clock.systemUTC();
        Duration age = named.isEmpty() ? age() : null;
        try (LabDesk desk = LabDesk.open(folder, clock)) {
            if (deletes) {
                OperatorJournal.append(desk.home(), failed ? "tidy-failed" : "tidy-sent", targets(age), reason);
            }
            Consumer<TidyDecision> told = each -> tell(desk.home(), each);
            Predicate<Instant> isOver = since -> !since.plus(age).isAfter(clock.instant());
            if (failed) {
                FailedTidy tidy = new FailedTidy(desk.home().resolve("failed"), desk.journal(), clock);
                tidy.run(
                        (since, id) -> named.isEmpty() ? isOver.test(since) : id != null && named.contains(id),
                        deletes,
                        told);
            } else {
                SentTidy tidy = new SentTidy(desk.home().resolve("sent"), desk.journal(), clock);
                if (named.isEmpty()) {
                    tidy.run(isOver, deletes, told);
                }
                for (MessageId each : named) {
                    told.accept(tidy.named(each, deletes));
                }
            }
        } catch (JournalException e) {
            throw new IOException(e.getMessage(), e);
        }
        sum();
        return staying > 0 && (deletes || !named.isEmpty()) ? CommandLine.ExitCode.SOFTWARE : 0;
    }

    private List<String> targets(Duration age) {
        return named.isEmpty()
                ? List.of("older than " + age)
                : named.stream().map(MessageId::value).toList();
    }

    private Duration age() throws IOException {
        String setting = Settings.read(new SiteHome(folder)).getProperty(LabSettings.SENT_DELETE, "never");
        Duration age = olderThan == null ? LabSettings.retention(setting.strip()) : Settings.durationOf(olderThan);
        if (age == null || failed && olderThan == null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "Expected --older-than TIME, such as 90d, or message ids, found neither");
        }
        return age;
    }

    private void tell(SiteHome home, TidyDecision each) {
        String file = Printable.of(home.nameOf(each.file()));
        if (each.goes()) {
            files++;
            bytes += each.bytes();
            spec.commandLine()
                    .getOut()
                    .println((deletes ? "deleted  " : "goes  ") + file + "  " + each.bytes() + " bytes, of "
                            + each.since());
        } else {
            staying++;
            spec.commandLine().getOut().println("stays  " + file + ": " + Printable.of(each.stays()));
        }
    }

    private void sum() {
        String count = files + (files == 1 ? " file, " : " files, ") + bytes + " bytes, ";
        spec.commandLine()
                .getOut()
                .println(count + (deletes ? "deleted" : "would be deleted") + "; " + staying
                        + (staying == 1 ? " stays" : " stay")
                        + (deletes ? "" : ". Nothing was changed: add --delete to delete"));
    }
}
