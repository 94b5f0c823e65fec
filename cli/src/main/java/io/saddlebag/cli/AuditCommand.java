package io.saddlebag.cli;

import io.saddlebag.audit.AuditReport;
import io.saddlebag.audit.LogDocuments;
import io.saddlebag.audit.LogExport;
import io.saddlebag.audit.LogProof;
import io.saddlebag.audit.NetworkAudit;
import io.saddlebag.identity.Trust;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.TreeHead;
import io.saddlebag.observe.LastAudit;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "audit",
        description =
                "Prove that every file a site ever claimed is in exactly one place and that all digests agree. Over"
                        + " several homes, reconcile the network: each message a laboratory sent is, for each recipient,"
                        + " delivered with the same digest, queued, or given up with a reason. Changes nothing but run/audit.json, and what --accept writes;"
                        + " sites may be at work.",
        exitCodeList = {
            "0:all agree, but for what an operator accepted",
            "1:something does not agree, or could not be read",
            "2:wrong usage"
        })
final class AuditCommand implements Callable<Integer> {
    @Option(
            names = "--home",
            arity = "1..*",
            paramLabel = "DIR",
            description = "A site's home, of any kind; several, or repeated, for several sites.")
    private List<Path> homes;

    @Option(
            names = "--readers-take",
            description = "What is gone from a centre's outbox was taken by its readers: count it, find no fault.")
    private boolean readersTake;

    @Option(
            names = "--accept",
            description =
                    "Write what is found now into the operator journals of the sites as accepted for good, such as"
                            + " after a restore. Later audits show it with name and reason, and agree. Needs --reason.")
    private boolean accepts;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why it is accepted.")
    private String reason;

    @Option(names = "--json", description = "One JSON object on standard output instead of the table.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (homes == null) {
            throw new ParameterException(spec.commandLine(), "Missing required option: '--home=DIR'");
        }
        if (accepts && (reason == null || reason.isBlank())) {
            throw new ParameterException(spec.commandLine(), "Expected --reason TEXT with --accept, found none");
        }
        NetworkAudit audit = NetworkAudit.of(homes, readersTake);
        AuditReport report = audit.run();
        if (accepts && !report.agrees()) {
            report = audit.accept(report, reason);
        }
        note(report);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.textForPeople(report));
        } else {
            report.print(out);
        }
        return report.agrees() ? 0 : 1;
    }

    /** For the alerts of the sites. An auditor may have no right to write there. */
    private void note(AuditReport report) {
        LastAudit audit = new LastAudit(Instant.now(), report.findings().size());
        for (Path home : homes) {
            try {
                LastAudit.write(new SiteHome(home), audit);
            } catch (IOException e) {
                spec.commandLine()
                        .getErr()
                        .println(home + ": the result is not noted there: " + Printable.reason(FaultText.of(e)));
            }
        }
    }

    @Command(
            description = "Write headquarters' whole proof log into a file: for \"audit verify\" away from"
                    + " headquarters. It names messages and sites; it has no content.")
    void export(
            @Option(
                            names = "--home",
                            required = true,
                            paramLabel = "DIR",
                            description = "The home of the headquarters.")
                    Path home,
            @Parameters(paramLabel = "FILE", description = "A new file.") Path file)
            throws Exception {
        long leaves = LogExport.write(new SiteHome(home), file);
        spec.commandLine().getOut().println(file + ": " + leaves + (leaves == 1 ? " leaf" : " leaves"));
    }

    @Command(
            description = "Prove, with the network's CA certificate alone, that headquarters' proof log has"
                    + " documents and continues every head that was seen before.",
            exitCodeList = {
                "0:the log is as its head says, has every FILE, and continues every --head",
                "1:it is not or does not, or a file cannot be read",
                "2:wrong usage"
            })
    int verify(
            @Option(
                            names = "--ca",
                            required = true,
                            paramLabel = "DIR",
                            description = "A folder with the network's ca.crt, such as a site's identity/.")
                    Path authority,
            @Option(
                            names = "--log",
                            required = true,
                            paramLabel = "FILE",
                            description = "The log as \"audit export\" wrote it.")
                    Path log,
            @Option(
                            names = "--head",
                            paramLabel = "FILE",
                            description =
                                    "A signed head from elsewhere: of another site, or the first line of an earlier"
                                            + " export; an export itself will do. Repeat for more.")
                    List<Path> headFiles,
            @Parameters(
                            arity = "0..*",
                            paramLabel = "FILE",
                            description = "A laboratory's .receipts.json, the envelope of a manifest, receipt or key"
                                    + " bundle; or any other file, such as topology.yaml or ca.crl, as it is.")
                    List<Path> files)
            throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Trust trust = Trust.load(authority, Clock.systemUTC());
        Map<Path, TreeHead> heads = new LinkedHashMap<>();
        for (Path file : headFiles == null ? List.<Path>of() : headFiles) {
            heads.put(file, LogDocuments.head(file, trust));
        }
        Map<String, Sha256> documents = new LinkedHashMap<>();
        for (Path file : files == null ? List.<Path>of() : files) {
            documents.putAll(LogDocuments.in(file));
        }
        LogProof proof = LogProof.read(log, trust, List.copyOf(heads.values()), List.copyOf(documents.values()));
        TreeHead head = proof.head();
        out.println(head.siteId() + "'s proof log has " + head.size() + (head.size() == 1 ? " leaf" : " leaves")
                + ", signed at " + head.timestamp() + ", root " + head.root());
        int exitCode = 0;
        for (Map.Entry<Path, TreeHead> each : heads.entrySet()) {
            String fault = proof.fault(each.getValue());
            out.println(each.getKey() + ": "
                    + (fault == null
                            ? "the log continues its " + each.getValue().size() + " leaves"
                            : fault));
            exitCode = fault == null ? exitCode : CommandLine.ExitCode.SOFTWARE;
        }
        for (Map.Entry<String, Sha256> each : documents.entrySet()) {
            LogProof.Place place = proof.place(each.getValue());
            out.println(each.getKey() + ": "
                    + (place == null
                            ? "not in the log"
                            : "in leaf " + place.leaf() + ", " + place.entry().type() + " of "
                                    + place.entry().time()));
            exitCode = place == null ? CommandLine.ExitCode.SOFTWARE : exitCode;
        }
        return exitCode;
    }
}
