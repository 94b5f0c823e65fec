package io.saddlebag.cli.backup;

import io.saddlebag.cli.progress.Progress;
import io.saddlebag.cli.progress.ProgressOption;
import io.saddlebag.message.Printable;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code backup}: writes a back-up of a home; {@code backup verify} reads one. */
@Command(
        name = "backup",
        description = "Write a back-up of a home into one new file, while the site runs or not: settings, routes,"
                + " certificates, private keys, journal or database, and what is under way. The contents of drop folders"
                + " are left out, and those of sent/ and outboxes without --with-files. Whoever has the file has the site's keys: seal it with --recipient,"
                + " or keep it as you keep identity/.",
        exitCodeList = {
            "0:the back-up is written",
            "1:it is not, or sealed messages at headquarters are damaged",
            "2:wrong usage"
        })
public final class BackupCommand implements Callable<Integer> {
    @Option(names = "--home", paramLabel = "DIR", description = "The home of a site of any kind.")
    private Path home;

    @Option(names = "--to", paramLabel = "DIR", description = "The folder that gets the file, mode 0600.")
    private Path folder;

    @Option(
            names = "--recipient",
            paramLabel = "AGE_KEY",
            description = "Seal it for an age key, age1...; nothing is written in plain then. May be repeated.")
    private List<String> recipients = List.of();

    @Option(
            names = "--with-files",
            description = "Keep a laboratory's sent files, or what lies in a centre's outboxes within its home, too.")
    private boolean files;

    @Mixin
    private ProgressOption progress;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (home == null || folder == null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "Expected --home DIR and --to DIR, or verify FILE");
        }
        recipients.forEach(AgeIdentity::requireRecipient);
        if (!Files.isDirectory(folder)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), folder + ": expected a folder, found none. Mount or make it first");
        }
        HomeBackup backup = new HomeBackup(new SiteHome(home), files, Clock.systemUTC());
        HomeBackup.Written written;
        try (Progress told = progress.begin(
                "writing a back-up of " + Printable.whole(home.toString()),
                0,
                spec.commandLine().getErr())) {
            written = backup.write(folder, List.copyOf(recipients), told::counting);
        }
        spec.commandLine()
                .getOut()
                .println(written.file() + ": " + written.members() + " members, " + written.bytes() + " bytes, as of "
                        + written.time() + (recipients.isEmpty() ? "; in plain, with private keys" : "; sealed"));
        if (written.closed() > 0) {
            spec.commandLine()
                    .getErr()
                    .println("saddlebag: " + written.closed()
                            + (written.closed() == 1 ? " dropped file is" : " dropped files are")
                            + " closed to this user and not in the"
                            + " back-up, such as " + Printable.of(written.firstClosed()));
        }
        if (written.damaged() > 0) {
            spec.commandLine()
                    .getErr()
                    .println("saddlebag: " + written.damaged() + " sealed messages are missing or damaged in the spool"
                            + " and in the back-up; audit names them");
            return CommandLine.ExitCode.SOFTWARE;
        }
        return 0;
    }

    @Command(
            description = "Read a back-up to its end and prove that it is whole and unchanged since it was written.",
            exitCodeList = {"0:it is whole", "1:it is not, or does not open", "2:wrong usage"})
    void verify(@Mixin BackupSource source) throws IOException {
        Verified verified = new Verified();
        long members = source.read(verified, spec.commandLine().getErr());
        spec.commandLine()
                .getOut()
                .println(source.file() + ": whole; " + verified.facts.site() + " (" + verified.facts.kind()
                        + "), as of " + verified.facts.time() + ", " + members + " members");
    }

    private static final class Verified implements BackupReader.Visitor {
        private BackupFacts facts;

        @Override
        public void begin(BackupFacts begun) {
            facts = begun;
        }

        @Override
        public void member(String path, int mode, long size, InputStream content) {
            // The reader proves it.
        }
    }
}
