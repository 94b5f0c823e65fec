package io.saddlebag.cli.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;

/**
 * What a run came to.
 *
 * @param files how many were dropped
 * @param bytes of one file
 * @param recipients of each
 * @param seconds from the first file's drop until the last one stood in the last outbox, with its standardized file
 * @param sites what each process used meanwhile
 * @param wrong files in outboxes that are missing, or not what was dropped
 */
public record FilesReport(
        @JsonProperty("files") int files,
        @JsonProperty("bytes") long bytes,
        @JsonProperty("recipients") int recipients,
        @JsonProperty("seconds") double seconds,
        @JsonProperty("files_s") double filesPerSecond,
        @JsonProperty("MBps") double megabytesPerSecond,
        @JsonProperty("sites") List<SiteUsage> sites,
        @JsonProperty("wrong") int wrong) {
    static FilesReport of(int files, long bytes, int recipients, double seconds, List<SiteUsage> sites, int wrong) {
        return new FilesReport(
                files,
                bytes,
                recipients,
                seconds,
                files / seconds,
                files * (double) bytes / seconds / 1e6,
                List.copyOf(sites),
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

    /** For people. */
    public String table() {
        StringBuilder table = new StringBuilder();
        table.append(String.format(
                Locale.ROOT,
                "%,d files of %,d bytes to %d recipients each: %.2f s, %,.0f files/s, %,.1f MB/s, %d wrong%n",
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
        return table.toString();
    }
}
