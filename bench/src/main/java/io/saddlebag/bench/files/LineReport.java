package io.saddlebag.bench.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.saddlebag.clock.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The result of a run over long lines.
 *
 * @param files how many were dropped together
 * @param bytes of all together
 * @param bitsPerSecond of each hop, in each direction
 * @param sftpLacks programs that sftp was to be measured with; it was not measured when one is lacking
 * @param sites what each process used, over all rows
 * @param wrong files in the outbox that are missing, or not what was dropped
 */
public record LineReport(
        @JsonProperty("files") int files,
        @JsonProperty("bytes") long bytes,
        @JsonProperty("bits_s") long bitsPerSecond,
        @JsonProperty("rows") List<Row> rows,
        @JsonProperty("sftp_lacks") List<String> sftpLacks,
        @JsonProperty("sites") List<FilesReport.SiteUsage> sites,
        @JsonProperty("wrong") int wrong) {
    static final String SADDLEBAG = "Saddlebag, two hops, sealed, synced";
    static final String SFTP = "sftp, one hop";
    private static final double PERCENT = 100;
    private static final double BITS = 8;

    static LineReport of(
            FilesRun.Load load,
            LineRun.Line line,
            List<Row> rows,
            List<String> sftpLacks,
            List<FilesReport.SiteUsage> sites,
            int wrong) {
        return new LineReport(
                load.files(),
                load.bytes(),
                line.bitsPerSecond(),
                List.copyOf(rows),
                List.copyOf(sftpLacks),
                List.copyOf(sites),
                wrong);
    }

    /**
     * One measurement. A value that does not apply is null.
     *
     * @param rttMillis 0 without any line: no delay and no rate
     * @param seconds until the last file was there with its standardized file
     * @param upSeconds from the first bytes on the first hop to the last ones
     * @param downSeconds the same on the second hop
     * @param linePercent of the rate that was used while the files went over the first hop
     * @param cpuSeconds of all sites
     */
    public record Row(
            @JsonProperty("what") String what,
            @JsonProperty("rtt_ms") long rttMillis,
            @JsonProperty("seconds") double seconds,
            @JsonProperty("up_seconds") Double upSeconds,
            @JsonProperty("down_seconds") Double downSeconds,
            @JsonProperty("line_percent") Double linePercent,
            @JsonProperty("cpu_seconds") Double cpuSeconds) {
        static Row of(
                String what,
                Duration rtt,
                long bitsPerSecond,
                double seconds,
                long bytes,
                double upSeconds,
                double downSeconds,
                double cpuSeconds) {
            return new Row(
                    what,
                    rtt.toMillis(),
                    seconds,
                    known(upSeconds),
                    known(downSeconds),
                    known(bitsPerSecond == 0 ? Double.NaN : PERCENT * bytes * BITS / upSeconds / bitsPerSecond),
                    known(cpuSeconds));
        }

        private static Double known(double value) {
            return Double.isNaN(value) ? null : value;
        }
    }

    /** For people. */
    public String table() {
        StringBuilder table = new StringBuilder();
        table.append(String.format(
                Locale.ROOT,
                "%,d files of %,d bytes together, each hop %,d Mbit/s, %d wrong%n",
                files,
                bytes,
                bitsPerSecond / 1_000_000,
                wrong));
        table.append(String.format(
                Locale.ROOT,
                "%-36s %10s %9s %9s %9s %8s %8s%n",
                "",
                "round trip",
                "seconds",
                "hop 1",
                "hop 2",
                "line",
                "CPU s"));
        for (Row each : rows) {
            table.append(String.format(
                    Locale.ROOT,
                    "%-36s %10s %9.2f %9s %9s %8s %8s%n",
                    each.what(),
                    each.rttMillis() == 0 ? "no line" : Durations.text(Duration.ofMillis(each.rttMillis())),
                    each.seconds(),
                    text("%.2f", each.upSeconds()),
                    text("%.2f", each.downSeconds()),
                    text("%.0f%%", each.linePercent()),
                    text("%.1f", each.cpuSeconds())));
        }
        if (!sftpLacks.isEmpty()) {
            table.append("sftp skipped: this machine has no ")
                    .append(String.join(", ", sftpLacks))
                    .append(System.lineSeparator());
        }
        for (FilesReport.SiteUsage each : sites) {
            table.append(String.format(Locale.ROOT, "%-10s peak resident %.0f MB%n", each.site(), each.peakResident()));
        }
        return table.toString().stripTrailing();
    }

    private static String text(String format, Double value) {
        return value == null ? "" : String.format(Locale.ROOT, format, value);
    }
}
