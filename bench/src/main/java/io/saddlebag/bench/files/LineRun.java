package io.saddlebag.bench.files;

import io.saddlebag.bench.load.ProcessUsage;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.FreePort;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Files from a laboratory to a centre, each at the end of a {@link LongLine} to headquarters. The same files go without a
 * delay and a rate first, as the measure of what the processor takes, and then with each round trip. Run once.
 */
public final class LineRun {
    private final Path folder;
    private final FilesRun.Load load;
    private final Line line;
    private final FilesRun run;
    private final List<LineReport.Row> rows = new ArrayList<>();

    /**
     * @param roundTrips measured one after the other
     * @param bitsPerSecond of each hop, in each direction
     * @param rounds how often all is measured
     */
    public record Line(List<Duration> roundTrips, long bitsPerSecond, int rounds) {
        public Line {
            roundTrips = List.copyOf(roundTrips);
        }
    }

    /**
     * @param folder new or empty; everything is made in it
     * @param load to one recipient, without cuts
     * @param hqJava options for headquarters' Java
     * @param siteJava options for the Java of the laboratory and the centre
     */
    public LineRun(Path folder, FilesRun.Load load, Line line, List<String> hqJava, List<String> siteJava) {
        this.folder = folder;
        this.load = load;
        this.line = line;
        this.run = new FilesRun(folder.resolve("sites"), load, hqJava, siteJava);
    }

    /**
     * @param patience seconds without anything new after which the run has failed
     * @throws IOException when a site does not start, ends by itself, or nothing more arrives
     */
    public LineReport run(long patience) throws Exception {
        int port = FreePort.any();
        SiteId centre = ScenarioHomes.CENTRES.get(0);
        int wrong;
        List<FilesReport.SiteUsage> used;
        try (LongLine first = LongLine.to(port);
                LongLine second = LongLine.to(port)) {
            run.start(port, Map.of(FilesRun.LAB, first.port(), centre, second.port()));
            run.warmUp(patience);
            Map<SiteId, ProcessUsage> before = run.usage();
            for (int round = 0; round < line.rounds(); round++) {
                measure(Duration.ZERO, 0, first, second, patience);
                for (Duration rtt : line.roundTrips()) {
                    measure(rtt, line.bitsPerSecond(), first, second, patience);
                }
            }
            used = run.used(before);
            wrong = run.wrong();
        } finally {
            run.stop();
        }
        List<String> lacking = SftpPeer.lacking();
        // With many files sftp would wait several round trips for each.
        if (lacking.isEmpty() && load.files() == 1) {
            bySftp();
        }
        return LineReport.of(load, line, rows, lacking, used, wrong);
    }

    private void measure(Duration rtt, long bits, LongLine first, LongLine second, long patience)
            throws IOException, InterruptedException {
        Map<SiteId, ProcessUsage> before = run.usage();
        first.set(rtt.toNanos(), bits);
        second.set(rtt.toNanos(), bits);
        first.up().count(load.bytes());
        second.down().count(load.bytes());
        double seconds = run.send(load, List.of(), patience);
        double cpu = run.used(before).stream()
                .mapToDouble(FilesReport.SiteUsage::cpuSeconds)
                .sum();
        rows.add(LineReport.Row.of(
                LineReport.SADDLEBAG,
                rtt,
                bits,
                seconds,
                load.bytes(),
                first.up().seconds(),
                second.down().seconds(),
                cpu));
    }

    /** A file of the same size over one hop. */
    private void bySftp() throws IOException, InterruptedException {
        Path file = folder.resolve("sftp-file");
        FilesRun.write(file, 0, load.size(0));
        try (SftpPeer peer = SftpPeer.start(folder.resolve("sftp"), FreePort.any());
                LongLine hop = LongLine.to(peer.port())) {
            List<Duration> all = Stream.concat(Stream.of(Duration.ZERO), line.roundTrips().stream())
                    .toList();
            for (Duration rtt : all) {
                long bits = rtt.isZero() ? 0 : line.bitsPerSecond();
                hop.set(rtt.toNanos(), bits);
                hop.up().count(load.bytes());
                double seconds = peer.put(file, hop.port());
                rows.add(LineReport.Row.of(
                        LineReport.SFTP,
                        rtt,
                        bits,
                        seconds,
                        load.bytes(),
                        hop.up().seconds(),
                        Double.NaN,
                        Double.NaN));
            }
        }
    }
}
