package io.saddlebag.bench.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.saddlebag.seal.CryptoProviders;
import java.util.List;
import java.util.Locale;

/**
 * The result of a run.
 *
 * @param files how many were dropped
 * @param bytes of all together
 * @param recipients of each
 * @param crypto which provider did the cryptography of the files
 * @param seconds from the first file's drop until the last one was in the last outbox, with its standardized file
 * @param sites what each process used meanwhile
 * @param lines those that were cut, first the laboratory's, then a centre's; none when nothing was
 * @param wrong files in outboxes that are missing, or not what was dropped
 */
public record FilesReport(
        @JsonProperty("files") int files,
        @JsonProperty("bytes") long bytes,
        @JsonProperty("recipients") int recipients,
        @JsonProperty("crypto") String crypto,
        @JsonProperty("seconds") double seconds,
        @JsonProperty("files_s") double filesPerSecond,
        @JsonProperty("MBps") double megabytesPerSecond,
        @JsonProperty("sites") List<SiteUsage> sites,
        @JsonProperty("lines") List<Line> lines,
        @JsonProperty("wrong") int wrong) {
    static FilesReport of(FilesRun.Load load, double seconds, List<SiteUsage> sites, List<Line> lines, int wrong) {
        return new FilesReport(
                load.files(),
                load.bytes(),
                load.recipients(),
                CryptoProviders.choose().cipher().getName(),
                seconds,
                load.files() / seconds,
                load.bytes() / seconds / 1e6,
                List.copyOf(sites),
                List.copyOf(lines),
                wrong);
    }

    /**
     * @param cpuSeconds user and system time of the process and its children
     * @param peakResident the most memory that the process itself ever had resident, in MB
     */
    public record SiteUsage(
            @JsonProperty("site") String site,
            @JsonProperty("cpu_seconds") double cpuSeconds,
            @JsonProperty("peak_resident_MB") double peakResident) {}

    /**
     * @param cuts how often it was cut
     * @param partsTwice what it carried beyond what an uncut line does, handshakes included, in parts of 1 MiB
     */
    public record Line(
            @JsonProperty("site") String site,
            @JsonProperty("cuts") int cuts,
            @JsonProperty("parts_twice") double partsTwice) {}

    /** For people. */
    public String table() {
        StringBuilder table = new StringBuilder();
        table.append(String.format(
                Locale.ROOT,
                "%,d files of %,d bytes together to %d recipients each: %.2f s, %,.0f files/s, %,.1f MB/s, %d wrong%n",
                files,
                bytes,
                recipients,
                seconds,
                filesPerSecond,
                megabytesPerSecond,
                wrong));
        table.append(String.format(Locale.ROOT, "%-10s %14s %18s%n", "site", "CPU seconds", "peak resident MB"));
        for (SiteUsage each : sites) {
            table.append(String.format(
                    Locale.ROOT, "%-10s %14.1f %18.0f%n", each.site(), each.cpuSeconds(), each.peakResident()));
        }
        for (Line each : lines) {
            table.append(String.format(
                    Locale.ROOT,
                    "%s cut %d times, %.1f parts sent twice%n",
                    each.site(),
                    each.cuts(),
                    each.partsTwice()));
        }
        table.append("cryptography by ").append(crypto);
        return table.toString();
    }
}
