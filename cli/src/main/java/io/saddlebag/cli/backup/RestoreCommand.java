package io.saddlebag.cli.backup;

import io.saddlebag.oplog.OperatorJournal;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code restore}: makes a home from a back-up. */
@Command(
        name = "restore",
        description =
                "Make a home from a back-up. The home is absent or an empty folder, and appears once the back-up was"
                        + " proved whole. Headquarters' database is filled, the embedded one or that of hq.database.url, which is"
                        + " empty. Never run a restored home together with the one that it was copied from.",
        exitCodeList = {"0:the home is restored", "1:it is not; nothing was left", "2:wrong usage"})
public final class RestoreCommand implements Callable<Integer> {
    @Mixin
    private BackupSource source;

    @Option(names = "--home", required = true, paramLabel = "DIR", description = "The home to make.")
    private Path home;

    @Option(names = "--check", description = "Read the back-up, look for room, and write nothing.")
    private boolean check;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description =
                    "A setting in place of that of the back-up, such as hq.database.url; without a value its default"
                            + " counts. May be repeated.")
    private final Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the operator journal.")
    private String reason;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        SiteHome target = new SiteHome(home);
        try (HomeRestore restore = new HomeRestore(target, settings)) {
            restore.requireRoom();
            if (check) {
                return check(target);
            }
            source.read(restore, spec.commandLine().getErr());
            restore.finish();
            note(target, restore.facts());
            spec.commandLine()
                    .getOut()
                    .println(target.folder() + ": " + restore.facts().site() + " as of "
                            + restore.facts().time() + ". Compare before it starts: saddlebag audit --home "
                            + target.folder());
        }
        return 0;
    }

    /** A restored certificate may have ended, so that nothing can be signed. */
    private void note(SiteHome target, BackupFacts facts) {
        try {
            OperatorJournal.append(
                    target,
                    "restore",
                    List.of(source.file().getFileName().toString(), "as of " + facts.time()),
                    reason);
        } catch (IOException e) {
            spec.commandLine()
                    .getErr()
                    .println("saddlebag: restored, and not in the operator journal: " + e.getMessage());
        }
    }

    private int check(SiteHome target) throws IOException {
        long[] bytes = new long[1];
        BackupFacts[] facts = new BackupFacts[1];
        BackupReader.Visitor sizes = new BackupReader.Visitor() {
            @Override
            public void begin(BackupFacts begun) {
                facts[0] = begun;
            }

            @Override
            public void member(String path, int mode, long size, InputStream content) {
                bytes[0] += size;
            }
        };
        source.read(sizes, spec.commandLine().getErr());
        Path place = target.folder();
        while (!place.toFile().exists()) {
            place = place.getParent();
        }
        long free = place.toFile().getUsableSpace();
        boolean fits = free > bytes[0];
        (fits ? spec.commandLine().getOut() : spec.commandLine().getErr())
                .println(target.folder() + ": " + facts[0].site() + " as of " + facts[0].time() + ", " + bytes[0]
                        + " bytes or more, " + free + " are free. Nothing was written");
        return fits ? 0 : CommandLine.ExitCode.SOFTWARE;
    }
}
