package io.saddlebag.bench.chaos;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.saddlebag.bench.chaos.fault.FaultKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The result of a run.
 *
 * @param heldSeconds for how many of the seconds the machine held the whole run; recoveries do not count them
 * @param kills how many processes were killed
 * @param faults of every kind, in all
 * @param files that were dropped, and {@code deliveries} that they call for
 * @param kinds by kind how many, and the longest and median recovery in seconds
 * @param leftOut kinds that this machine does not allow, with the reason
 * @param restarts how often each site ended by itself and was started again
 * @param findings a line for each thing that is wrong
 */
@JsonPropertyOrder(alphabetic = false)
public record ChaosReport(
        @JsonProperty("seed") long seed,
        @JsonProperty("seconds") double seconds,
        @JsonProperty("held_seconds") double heldSeconds,
        @JsonProperty("kills") int kills,
        @JsonProperty("faults") int faults,
        @JsonProperty("files") int files,
        @JsonProperty("deliveries") int deliveries,
        @JsonProperty("lost") int lost,
        @JsonProperty("duplicated") int duplicated,
        @JsonProperty("corrupt") int corrupt,
        @JsonProperty("failed") int failed,
        @JsonProperty("other") int other,
        @JsonProperty("kinds") Map<String, Kind> kinds,
        @JsonProperty("left_out") Map<String, String> leftOut,
        @JsonProperty("restarts") Map<String, Integer> restarts,
        @JsonProperty("findings") List<String> findings) {
    private static final int MOST_FINDINGS = 200;

    /** Figures of one kind of fault: how many, how many met something, recovery in seconds. */
    public record Kind(
            @JsonProperty("count") int count,
            @JsonProperty("felt") int felt,
            @JsonProperty("longest_recovery_s") double longest,
            @JsonProperty("median_recovery_s") double median) {}

    static ChaosReport of(
            long seed,
            List<StruckFault> struck,
            List<DroppedFile> dropped,
            Consumers consumers,
            Map<FaultKind, String> leftOut,
            FolderCheck.Findings findings,
            Map<String, Integer> restarts,
            double seconds,
            double heldSeconds) {
        Map<String, String> notPossible = new TreeMap<>();
        leftOut.forEach((kind, why) -> notPossible.put(name(kind), why));
        return new ChaosReport(
                seed,
                rounded(seconds),
                rounded(heldSeconds),
                (int) struck.stream()
                        .filter(each -> each.fault().kind().isKill())
                        .count(),
                struck.size(),
                dropped.size(),
                dropped.stream().mapToInt(file -> file.recipients().size()).sum(),
                findings.lost().size(),
                findings.duplicated().size(),
                findings.corrupt().size(),
                findings.failed().size(),
                findings.others().size(),
                kinds(struck, consumers),
                notPossible,
                restarts,
                lines(findings));
    }

    private static Map<String, Kind> kinds(List<StruckFault> struck, Consumers consumers) {
        Map<FaultKind, List<StruckFault>> byKind = struck.stream()
                .collect(Collectors.groupingBy(
                        each -> each.fault().kind(), () -> new EnumMap<>(FaultKind.class), Collectors.toList()));
        Map<String, Kind> kinds = new LinkedHashMap<>();
        byKind.forEach((kind, faults) -> {
            int felt = (int) faults.stream().filter(StruckFault::wasFelt).count();
            double[] sorted = faults.stream()
                    .flatMapToLong(each -> each.recoveryNanos(consumers).stream())
                    .sorted()
                    .mapToDouble(nanos -> nanos / 1e9)
                    .toArray();
            double longest = sorted.length == 0 ? 0 : sorted[sorted.length - 1];
            double median = sorted.length == 0 ? 0 : sorted[sorted.length / 2];
            kinds.put(name(kind), new Kind(faults.size(), felt, rounded(longest), rounded(median)));
        });
        return kinds;
    }

    private static String name(FaultKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }

    /** A line for each thing that was found. */
    public static List<String> lines(FolderCheck.Findings findings) {
        List<String> lines = new ArrayList<>();
        add(lines, "lost", findings.lost());
        add(lines, "duplicated", findings.duplicated());
        add(lines, "corrupt", findings.corrupt());
        add(lines, "failed", findings.failed());
        add(lines, "other", findings.others());
        return lines;
    }

    private static void add(List<String> lines, String word, Collection<String> found) {
        found.stream().limit(MOST_FINDINGS).forEach(line -> lines.add(word + ": " + line));
    }

    /** True when every file arrived whole, once, at every recipient, and nothing else was found. */
    public boolean isClean() {
        return lost + duplicated + corrupt + failed + other == 0;
    }

    /** For people. */
    public String table() {
        StringBuilder text = new StringBuilder();
        text.append(String.format("%-36s %6s %6s %18s %16s%n", "fault", "times", "felt", "longest recovery", "median"));
        for (FaultKind kind : FaultKind.values()) {
            Kind found = kinds.get(name(kind));
            if (found != null) {
                text.append(String.format(
                        Locale.ROOT,
                        "%-36s %6d %6d %16.1f s %14.1f s%n",
                        kind.text(),
                        found.count(),
                        found.felt(),
                        found.longest(),
                        found.median()));
            }
        }
        leftOut.forEach((kind, why) -> text.append(String.format("%-36s   none: %s%n", kind, why)));
        restarts.forEach((site, times) ->
                text.append(String.format("%s ended by itself and was started again %d times%n", site, times)));
        text.append(String.format(
                Locale.ROOT,
                "%n%,d kills among %,d faults, %,d files, %,d deliveries, %.0f s (%.0f s of them held by the machine), seed %d%n"
                        + "lost %d, duplicated %d, corrupt %d, failed %d, otherwise wrong %d%n",
                kills,
                faults,
                files,
                deliveries,
                seconds,
                heldSeconds,
                seed,
                lost,
                duplicated,
                corrupt,
                failed,
                other));
        findings.forEach(line -> text.append(line).append(System.lineSeparator()));
        return text.toString();
    }
}
