package io.saddlebag.cli;

import io.saddlebag.audit.AuditReport;
import io.saddlebag.audit.NetworkAudit;
import io.saddlebag.message.Json;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "audit",
        description =
                "Prove that every file a site ever claimed is in exactly one place and that all digests agree. Over"
                        + " several homes, reconcile the network: each message a laboratory sent is, for each recipient,"
                        + " delivered with the same digest, queued, or given up with a reason. Reads only; sites may be at work.",
        exitCodeList = {"0:all agree", "1:something does not agree, or could not be read", "2:wrong usage"})
final class AuditCommand implements Callable<Integer> {
    @Option(
            names = "--home",
            required = true,
            arity = "1..*",
            paramLabel = "DIR",
            description = "A site's home, of any kind; several, or repeated, for several sites.")
    private List<Path> homes;

    @Option(
            names = "--readers-take",
            description = "What is gone from a centre's outbox was taken by its readers: count it, find no fault.")
    private boolean readersTake;

    @Option(names = "--json", description = "One JSON object on standard output instead of the table.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        AuditReport report = NetworkAudit.of(homes, readersTake).run();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.text(report));
        } else {
            report.print(out);
        }
        return report.agrees() ? 0 : 1;
    }
}
