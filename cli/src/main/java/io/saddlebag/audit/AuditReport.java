package io.saddlebag.audit;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The result of an audit.
 *
 * @param deliveries how many messages times recipients there are of each state, over all homes
 * @param inFlight how many differences a second look found to be on their way
 */
@JsonPropertyOrder({"agrees", "sites", "deliveries", "in_flight", "findings"})
public record AuditReport(
        @JsonProperty("sites") List<SiteAccount> sites,
        @JsonProperty("deliveries") Map<String, Long> deliveries,
        @JsonProperty("findings") List<Finding> findings,
        @JsonProperty("accepted") List<Acceptance> accepted,
        @JsonProperty("in_flight") int inFlight) {
    public AuditReport {
        sites = List.copyOf(sites);
        findings = List.copyOf(findings);
        accepted = List.copyOf(accepted);
    }

    /** This look with those findings alone that the earlier one had too. */
    AuditReport confirming(AuditReport earlier) {
        Set<Finding> before = new HashSet<>(earlier.findings);
        List<Finding> confirmed = new ArrayList<>(findings);
        confirmed.removeIf(finding -> !before.contains(finding));
        return new AuditReport(
                sites,
                deliveries,
                confirmed,
                accepted,
                Math.max(findings.size(), earlier.findings.size()) - confirmed.size());
    }

    /** This report once its findings are accepted. */
    AuditReport accepting(String by, Instant time, String reason) {
        List<Acceptance> all = new ArrayList<>(accepted);
        findings.forEach(finding -> all.add(new Acceptance(finding, by, time, reason)));
        return new AuditReport(sites, deliveries, List.of(), all, inFlight);
    }

    /** True when nothing was found that is not accepted. */
    @JsonProperty
    public boolean agrees() {
        return findings.isEmpty();
    }

    /** For people: a line a site, a line for the network, a line a finding. */
    public void print(PrintWriter out) {
        int width = sites.stream()
                .mapToInt(site -> site.site().value().length())
                .max()
                .orElse(0);
        String line = "%-" + Math.max(width, "network".length()) + "s  %s%n";
        for (SiteAccount site : sites) {
            out.printf(line, site.site(), text(site.counts()));
        }
        if (sites.size() > 1) {
            out.printf(line, "network", text(deliveries));
        }
        if (inFlight > 0) {
            out.printf("In flight: %d differences that a second look no longer found%n", inFlight);
        }
        for (Finding finding : findings) {
            out.printf(line, finding.site(), finding.subject() + ": " + finding.text());
        }
        for (Acceptance each : accepted) {
            out.printf(line, each.finding().site(), each.text());
        }
        out.println(agrees() ? agreement() : findings.size() + (findings.size() == 1 ? " finding." : " findings."));
    }

    private String agreement() {
        return accepted.isEmpty() ? "All agree." : "All agree but for what was accepted, " + accepted.size() + ".";
    }

    private static String text(Map<String, Long> counts) {
        String text = counts.entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey())
                .collect(Collectors.joining(", "));
        return text.isEmpty() ? "nothing yet" : text;
    }

    /**
     * Something that does not agree. Equal in a second look when it is still so.
     *
     * @param site whose books or folders it is about
     * @param subject the message_id, or the path within the home when no message can be named; made printable
     * @param text what was expected and what was found, printable
     */
    @JsonPropertyOrder({"site", "subject", "text"})
    public record Finding(
            @JsonProperty("site") SiteId site,
            @JsonProperty("subject") String subject,
            @JsonProperty("text") String text) {
        public Finding {
            Objects.requireNonNull(site, "site");
            subject = Printable.of(Objects.requireNonNull(subject, "subject"));
            Objects.requireNonNull(text, "text");
        }
    }
}
