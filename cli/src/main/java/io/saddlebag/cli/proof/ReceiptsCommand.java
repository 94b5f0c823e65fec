package io.saddlebag.cli.proof;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.audit.ReceiptProof;
import io.saddlebag.files.SystemFiles;
import io.saddlebag.identity.Trust;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code receipts}: who has which file, by signatures alone. */
@Command(
        name = "receipts",
        description = "Check signed delivery receipts away from any site, with the network's CA certificate alone: who"
                + " has which file, since when.",
        exitCodeList = {
            "0:the receipt of every recipient holds, or the recipient signs none; every --file has its receipts",
            "1:one is lacking, does not hold or is for another file, or a file cannot be read",
            "2:wrong usage"
        })
public final class ReceiptsCommand implements Callable<Integer> {
    @Option(
            names = "--ca",
            required = true,
            paramLabel = "DIR",
            description =
                    "A folder with the network's ca.crt, and ca.crl where there is one, such as a site's identity/.")
    private Path authority;

    @Option(
            names = "--file",
            paramLabel = "PATH",
            description =
                    "The file or folder that was sent: also check that the receipts are for its very bytes. Repeat"
                            + " for more; each FILE must be for one of them, and each of them must have a FILE.")
    private List<Path> sent = List.of();

    @Mixin
    private IgnoredNames ignored;

    @Option(
            names = "--at",
            paramLabel = "DATE",
            description = "Judge certificates as of that day (2026-01-31, its beginning in UTC) or time"
                    + " (2026-01-31T12:00:00Z) instead of now.")
    private String at;

    @Option(names = "--json", description = "One JSON object on standard output instead of the table.")
    private boolean json;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Files as a laboratory keeps them, sent/<message_id>.receipts.json.")
    private List<Path> files;

    @Spec
    private CommandSpec spec;

    /**
     * @param asOf null for now
     * @param proved whether the exit code is 0
     * @param receipts how many there are that hold
     * @param messages in the order of the files
     */
    @JsonPropertyOrder({"as_of", "proved", "receipts", "messages", "without_receipts"})
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Result(
            @JsonProperty("as_of") Instant asOf,
            @JsonProperty("proved") boolean proved,
            @JsonProperty("receipts") long receipts,
            @JsonProperty("messages") List<CheckedReceipts> messages,
            @JsonProperty("without_receipts") List<SentContent> withoutReceipts) {}

    @Override
    public Integer call() throws Exception {
        Instant asOf = at == null ? null : asOf();
        Map<Sha256, SentContent> contents = contents();
        ReceiptProof proof = new ReceiptProof(Trust.load(authority, Clock.systemUTC()), asOf);
        List<CheckedReceipts> checked = new ArrayList<>();
        List<SentContent> without = new ArrayList<>(contents.values());
        for (Path file : files) {
            SentReceipts receipts = ReceiptProof.read(file);
            SentContent same = contents.get(receipts.sha256());
            without.remove(same);
            checked.add(CheckedReceipts.of(file.toString(), receipts, same, proof));
        }
        boolean proved = without.isEmpty()
                && checked.stream().allMatch(each -> each.isProof() && (sent.isEmpty() || each.compared() != null));
        long held = checked.stream()
                .flatMap(each -> each.recipients().stream())
                .filter(CheckedReceipts.Recipient::holds)
                .count();
        Result result = new Result(asOf, proved, held, checked, without);
        if (json) {
            spec.commandLine().getOut().println(Json.textForPeople(result));
        } else {
            print(result, contents);
        }
        return proved ? 0 : 1;
    }

    private void print(Result result, Map<Sha256, SentContent> contents) {
        PrintWriter out = spec.commandLine().getOut();
        for (CheckedReceipts each : result.messages()) {
            each.print(out);
            if (!contents.isEmpty() && each.compared() == null) {
                out.println("  not for this file: expected SHA-256 " + each.sha256() + ", found none such among "
                        + Printable.whole(contents.values().stream()
                                .map(SentContent::file)
                                .toList()
                                .toString()));
            }
        }
        result.withoutReceipts().forEach(each -> out.println("no receipts for " + each.text()));
        if (result.asOf() != null) {
            out.println("Certificates are judged as of " + result.asOf() + ", not as of now.");
        }
    }

    private Instant asOf() {
        Instant found;
        try {
            found = at.indexOf('T') < 0
                    ? LocalDate.parse(at).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : Instant.parse(at);
        } catch (DateTimeException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Expected --at as 2026-01-31 or 2026-01-31T12:00:00Z, found " + Printable.of(at));
        }
        if (found.isAfter(Instant.now())) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Expected --at in the past, found " + found + ": nobody knows yet which certificates count then");
        }
        return found;
    }

    private Map<Sha256, SentContent> contents() throws IOException {
        SystemFiles noData = ignored.noData();
        Map<Sha256, SentContent> found = new LinkedHashMap<>();
        for (Path path : sent) {
            SentContent content;
            try {
                content = SentContent.of(path, noData);
            } catch (Refusal e) {
                throw new IOException(path + ": " + e.getMessage(), e);
            }
            found.put(content.sha256(), content);
        }
        return found;
    }
}
