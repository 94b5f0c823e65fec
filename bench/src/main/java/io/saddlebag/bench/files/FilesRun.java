package io.saddlebag.bench.files;

import io.saddlebag.bench.load.ProcessUsage;
import io.saddlebag.bench.load.Workload;
import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.cli.home.SiteProcesses;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.outbox.OutboxNames;
import io.saddlebag.site.FreePort;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One laboratory, headquarters and one to three centres as processes of their own. All files are moved into the drop folder
 * together, and the clock stops when the last one is in the last outbox. Then every payload is compared by its digest. Run
 * once.
 */
public final class FilesRun {
    static final SiteId LAB = SiteId.of("PA-LAB");
    private static final String ENDING = ".bin";
    private static final long LOOK_MILLIS = 20;
    private static final Duration LONGEST_START = Duration.ofMinutes(5);
    private static final int BUFFER = 1 << 20;
    private static final long UNCUT = 64L << 20;
    /** The number of the first file that lies in the drop folder when the laboratory starts. */
    private static final int FIRST_WAITING = 100_000_000;

    private final ScenarioHomes homes;
    private final SiteProcesses sites;
    private final Load load;
    private final List<SiteId> centres;
    private final List<String> hqJava;
    private final List<String> siteJava;
    private final Map<String, Sha256> dropped = new HashMap<>();

    /**
     * @param folder new or empty; everything is made in it
     * @param hqJava options for headquarters' Java
     * @param siteJava options for the Java of the laboratory and the centres
     */
    public FilesRun(Path folder, Load load, List<String> hqJava, List<String> siteJava) {
        this.load = load;
        this.homes = new ScenarioHomes(folder);
        this.sites = new SiteProcesses(homes);
        this.centres = ScenarioHomes.CENTRES.subList(0, load.recipients());
        this.hqJava = List.copyOf(hqJava);
        this.siteJava = List.copyOf(siteJava);
    }

    /**
     * @param patience seconds without anything new after which the run has failed
     * @throws IOException when a site does not start, ends by itself, or nothing more arrives
     */
    public FilesReport run(long patience) throws Exception {
        int port = FreePort.any();
        List<CutLine> lines = load.cuts() > 0
                ? List.of(CutLine.sending(LAB, port), CutLine.receiving(centres.get(0), port))
                : List.of();
        try {
            start(port, lines.stream().collect(Collectors.toMap(CutLine::site, CutLine::port)));
            return load.waiting() > 0 ? measureWaiting(patience) : measure(lines, patience);
        } finally {
            stop();
            lines.forEach(CutLine::close);
        }
    }

    /**
     * Makes the homes and starts the sites.
     *
     * @param port where headquarters listens
     * @param through the port at which a site reaches headquarters, where that is another
     */
    void start(int port, Map<SiteId, Integer> through) throws Exception {
        homes.make(port);
        if (load.sent() > 0) {
            LabHistory.fill(homes.home(LAB), LAB, load.sent());
        }
        for (Map.Entry<SiteId, Integer> each : through.entrySet()) {
            HomeMaker.set(
                    homes.home(each.getKey()),
                    Map.of("hq.port", Integer.toString(each.getValue()), "hq.reconnect-max", "300ms"));
        }
        configureLab();
        dropWaiting();
        startSites();
    }

    void stop() {
        sites.stop();
    }

    private FilesReport measure(List<CutLine> lines, long patience) throws IOException, InterruptedException {
        warmUp(patience);
        if (!lines.isEmpty()) {
            lines.forEach(CutLine::begin);
            send(Load.of(1, List.of(UNCUT), load.recipients(), 0), lines, patience);
            lines.forEach(line -> line.carriedUncut(UNCUT));
            lines.forEach(line -> line.cut(load.cuts(), load.bytes()));
        }
        Map<SiteId, ProcessUsage> before = usage();
        double seconds = send(load, lines, patience);
        List<FilesReport.SiteUsage> used = used(before);
        return FilesReport.of(load, seconds, used, cuts(lines), wrong());
    }

    private void dropWaiting() throws IOException {
        Path drop = Files.createDirectories(homes.home(LAB).resolve("drop/files"));
        for (int number = 0; number < load.waiting(); number++) {
            int seed = FIRST_WAITING + number;
            write(drop.resolve(Workload.messageId(LAB, seed).value() + ENDING), seed, load.size(number));
        }
    }

    /** Measures files that waited at the start, after those of the warm-up. */
    private FilesReport measureWaiting(long patience) throws IOException, InterruptedException {
        long first = awaitArrived(load.warmUp(), patience);
        Map<SiteId, ProcessUsage> before = usage();
        long start = System.nanoTime();
        int measured = Math.toIntExact(awaitArrived(first + load.files(), patience) - first);
        double seconds = (System.nanoTime() - start) / 1e9;
        List<FilesReport.SiteUsage> used = used(before);
        sites.stop();
        return FilesReport.of(
                Load.of(measured, load.sizes(), load.recipients(), load.warmUp()),
                seconds,
                used,
                List.of(),
                wrongOfWaiting());
    }

    /** Returns how many there are in each outbox. They come in the order of their folder, so that none is looked for by its name. */
    private long awaitArrived(long wanted, long patience) throws IOException, InterruptedException {
        long waited = System.nanoTime();
        long before = 0;
        while (true) {
            long arrived = Long.MAX_VALUE;
            for (SiteId centre : centres) {
                arrived = Math.min(arrived, arrivedAt(centre).size());
            }
            if (arrived >= wanted) {
                return arrived;
            }
            waited = arrived > before ? System.nanoTime() : waited;
            before = arrived;
            sites.requireAllRun();
            if (System.nanoTime() - waited > TimeUnit.SECONDS.toNanos(patience)) {
                throw new IOException("Expected " + wanted + " standardized files in each outbox, found " + arrived
                        + " and for " + patience + " s no more. Read the files 'log' in the sites' homes");
            }
            TimeUnit.MILLISECONDS.sleep(10L * LOOK_MILLIS);
        }
    }

    private List<String> arrivedAt(SiteId centre) throws IOException {
        if (!Files.exists(outbox(centre))) {
            return List.of();
        }
        try (Stream<Path> names = Files.list(outbox(centre))) {
            return names.map(each -> each.getFileName().toString())
                    .filter(each -> each.endsWith(OutboxNames.STANDARDIZED_SUFFIX))
                    .map(each -> each.substring(0, each.length() - OutboxNames.STANDARDIZED_SUFFIX.length()))
                    .toList();
        }
    }

    private int wrongOfWaiting() throws IOException {
        int wrong = 0;
        for (SiteId centre : centres) {
            for (String id : arrivedAt(centre)) {
                int seed = Integer.parseInt(id.substring(id.lastIndexOf('_') + 1));
                Sha256 expected = write(OutputStream.nullOutputStream(), seed, load.size(seed - FIRST_WAITING));
                wrong += digest(outbox(centre).resolve(id + ENDING)).equals(expected) ? 0 : 1;
            }
        }
        return wrong;
    }

    void warmUp(long patience) throws IOException, InterruptedException {
        List<Long> small =
                load.sizes().stream().map(size -> Math.min(size, BUFFER)).toList();
        send(Load.of(load.warmUp(), small, load.recipients(), 0), List.of(), patience);
    }

    private void configureLab() throws IOException {
        SiteHome lab = homes.home(LAB);
        HomeMaker.set(lab, Map.of("folder.settle-time", "100ms", "folder.poll-interval", "100ms"));
        String recipients = String.join(",", centres.stream().map(SiteId::value).toList());
        Files.writeString(lab.resolve("routes/drop-folders.camel.yaml"), """
                - templatedRoute:
                    routeTemplateRef: drop-folder
                    routeId: files
                    parameters:
                      - {name: directory, value: "drop/files"}
                      - {name: recipients, value: "%s"}
                """.formatted(recipients));
    }

    private void startSites() throws IOException, InterruptedException {
        sites.start(ScenarioHomes.HEADQUARTERS, hqJava.toArray(String[]::new));
        sites.awaitAtWork(List.of(ScenarioHomes.HEADQUARTERS), LONGEST_START, ready -> {});
        List<SiteId> clients = new ArrayList<>(centres);
        clients.add(LAB);
        for (SiteId client : clients) {
            sites.start(client, siteJava.toArray(String[]::new));
        }
        sites.awaitAtWork(clients, LONGEST_START, ready -> {});
    }

    /** Returns the seconds from the first drop to the last arrival. */
    double send(Load sent, List<CutLine> lines, long patience) throws IOException, InterruptedException {
        Path beside = Files.createDirectories(homes.home(LAB).resolve("files-to-drop"));
        Path drop = Files.createDirectories(homes.home(LAB).resolve("drop/files"));
        List<String> sentIds = new ArrayList<>();
        for (int number = 0; number < sent.files(); number++) {
            String id = Workload.messageId(LAB, dropped.size()).value();
            sentIds.add(id);
            dropped.put(id, write(beside.resolve(id + ENDING), dropped.size(), sent.size(number)));
        }
        List<Path> expected = new ArrayList<>();
        for (String id : sentIds) {
            centres.forEach(centre -> expected.add(outbox(centre).resolve(id + OutboxNames.STANDARDIZED_SUFFIX)));
        }
        long start = System.nanoTime();
        for (String id : sentIds) {
            Files.move(beside.resolve(id + ENDING), drop.resolve(id + ENDING), StandardCopyOption.ATOMIC_MOVE);
        }
        long waited = start;
        int arrived = 0;
        while (true) {
            lines.forEach(CutLine::goOn);
            // Looks for each file by its name, in the order of the drops. To list an outbox of ten thousand files again
            // and again takes processor time from the sites that are measured.
            int before = arrived;
            while (arrived < expected.size() && Files.exists(expected.get(arrived))) {
                arrived++;
            }
            if (arrived == expected.size()) {
                return (System.nanoTime() - start) / 1e9;
            }
            if (arrived > before) {
                waited = System.nanoTime();
            }
            sites.requireAllRun();
            if (System.nanoTime() - waited > TimeUnit.SECONDS.toNanos(patience)) {
                throw new IOException("Expected " + expected.size() + " standardized files, found "
                        + arrived + " and for " + patience + " s no " + expected.get(arrived)
                        + ". Read the files 'log' in the sites' homes");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    static Sha256 write(Path file, int seed, long size) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            return write(out, seed, size);
        }
    }

    private static Sha256 write(OutputStream out, int seed, long size) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        MessageDigest digest = Sha256.newDigest(size);
        byte[] buffer = new byte[(int) Math.min(size, BUFFER)];
        for (long left = size; left > 0; left -= buffer.length) {
            random.nextBytes(buffer);
            int length = (int) Math.min(left, buffer.length);
            out.write(buffer, 0, length);
            digest.update(buffer, 0, length);
        }
        return Sha256.ofDigest(digest.digest());
    }

    private Path outbox(SiteId centre) {
        return homes.home(centre).resolve("outbox").resolve(LAB.value());
    }

    /** Compares all files that were sent; those in the outboxes that are missing or differ. */
    int wrong() throws IOException {
        int wrong = 0;
        for (SiteId centre : centres) {
            for (Map.Entry<String, Sha256> file : dropped.entrySet()) {
                Path payload = outbox(centre).resolve(file.getKey() + ENDING);
                wrong += Files.exists(payload) && digest(payload).equals(file.getValue()) ? 0 : 1;
            }
        }
        return wrong;
    }

    private static Sha256 digest(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Sha256.of(in, Files.size(file));
        }
    }

    private List<FilesReport.Line> cuts(List<CutLine> lines) {
        return lines.stream()
                .map(line ->
                        new FilesReport.Line(line.site().value(), load.cuts() - line.cutsLeft(), line.partsAgain()))
                .toList();
    }

    private List<SiteId> all() {
        List<SiteId> all = new ArrayList<>(List.of(LAB, ScenarioHomes.HEADQUARTERS));
        all.addAll(centres);
        return all;
    }

    Map<SiteId, ProcessUsage> usage() {
        Map<SiteId, ProcessUsage> usage = new HashMap<>();
        for (SiteId site : all()) {
            sites.process(site).ifPresent(process -> usage.put(site, ProcessUsage.ofTree(process.toHandle())));
        }
        return usage;
    }

    List<FilesReport.SiteUsage> used(Map<SiteId, ProcessUsage> before) {
        Map<SiteId, ProcessUsage> after = usage();
        List<FilesReport.SiteUsage> used = new ArrayList<>();
        for (SiteId site : all()) {
            double cpu = after.get(site).cpuSeconds() - before.get(site).cpuSeconds();
            long peak = sites.process(site)
                    .map(process -> ProcessUsage.peakResident(process.pid()))
                    .orElse(0L);
            used.add(new FilesReport.SiteUsage(site.value(), cpu, peak / 1e6));
        }
        return used;
    }

    /**
     * The files of a run.
     *
     * @param files how many are measured
     * @param sizes in bytes; the files have them in turn
     * @param recipients of each file, 1 to 3
     * @param warmUp files that go before the clock runs, of the same sizes but at most 1 MiB
     * @param cuts how often the laboratory's connection is cut, and then the first centre's; only where one file is measured
     * @param sent messages in the laboratory's journal that it sent before
     * @param waiting files in the drop folder when the laboratory starts; the warm-up and what is measured are of them then
     */
    public record Load(int files, List<Long> sizes, int recipients, int warmUp, int cuts, long sent, int waiting) {
        public Load {
            sizes = List.copyOf(sizes);
        }

        /** Files without cuts, at a laboratory that is new. */
        public static Load of(int files, List<Long> sizes, int recipients, int warmUp) {
            return new Load(files, sizes, recipients, warmUp, 0, 0, 0);
        }

        long size(int number) {
            return sizes.get(number % sizes.size());
        }

        /** The sum of all measured files. */
        long bytes() {
            long bytes = 0;
            for (int number = 0; number < files; number++) {
                bytes += size(number);
            }
            return bytes;
        }
    }
}
