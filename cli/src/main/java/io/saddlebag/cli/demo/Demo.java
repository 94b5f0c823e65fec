package io.saddlebag.cli.demo;

import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.cli.home.SiteProcesses;
import io.saddlebag.lab.LabApplication;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One run of the scenario with real processes, told on standard output. Run once. */
public final class Demo {
    private static final long LOOK_MILLISECONDS = 50;
    /** The one whose sealed form is kept and opened at the end. */
    private static final Sample SHOWN = Sample.ALL.get(0);

    private final ScenarioHomes homes;
    private final int port;
    private final Duration timeout;
    private final PrintWriter out;
    private final DemoFolder folder;
    private final SiteProcesses sites;
    private final SealedCopy sealed;
    private final DemoEnd end;

    /**
     * @param port where headquarters is to listen
     * @param timeout for start and deliveries together
     */
    public Demo(ScenarioHomes homes, int port, Duration timeout, PrintWriter out) {
        this.homes = homes;
        this.port = port;
        this.timeout = timeout;
        this.out = out;
        this.folder = new DemoFolder(homes);
        this.sites = new SiteProcesses(homes);
        this.end = new DemoEnd(out, this::stopAll);
        this.sealed = new SealedCopy(
                homes.home(ScenarioHomes.HEADQUARTERS).resolve("spool"), folder.sealed(SHOWN.messageId()));
    }

    /**
     * Runs the scenario; nothing that it started runs afterwards, however it ends.
     *
     * @param stay whether to leave all running after the deliveries, until a signal
     * @throws IOException when the deliveries did not all come to pass
     */
    public void run(boolean stay) throws IOException {
        folder.prepare();
        end.after(() -> deliver(stay));
        if (!stay) {
            showThatHeadquartersCannotRead();
            showWhoOpensASealedMessage();
            out.println("All stopped. Read on: " + homes.folder() + "/<site>/log");
        }
    }

    private void deliver(boolean stay) throws IOException, SQLException, SiteStartException, InterruptedException {
        long start = System.nanoTime();
        long deadline = start + timeout.toNanos();
        out.println("Making the CA, certificates and keys of eight sites in " + homes.folder());
        homes.make(port);
        for (SiteId lab : ScenarioHomes.LABS) {
            HomeMaker.set(homes.home(lab), Map.of("folder.settle-time", "300ms"));
        }
        out.println("Starting DC-HQ with its PostgreSQL, three centres and four labs");
        for (SiteId site : ScenarioHomes.SITES) {
            sites.start(site);
        }
        sites.awaitAtWork(
                ScenarioHomes.SITES,
                timeout,
                ready -> out.println("  " + ready + " of " + ScenarioHomes.SITES.size() + " sites at work"));
        String psqlUrl = sites.facts(ScenarioHomes.HEADQUARTERS).orElseThrow().get("psqlUrl");
        out.println("All eight are at work; HQ listens on 127.0.0.1:" + port);
        for (Sample sample : Sample.ALL) {
            Path dropped = sample.drop(homes.home(sample.sender()), LabApplication.ROUTE_FOLDERS);
            out.println("Dropped " + homes.folder().relativize(dropped));
        }
        List<HqRecords.Delivery> deliveries = awaitDeliveries(psqlUrl, deadline);
        show(deliveries);
        out.printf(
                "Took %.1f s. Delivered files: %s/<centre>/outbox; sent files: %s/<lab>/sent%n",
                (System.nanoTime() - start) / 1e9, homes.folder(), homes.folder());
        if (stay) {
            stay(psqlUrl);
        }
    }

    private List<HqRecords.Delivery> awaitDeliveries(String psqlUrl, long deadline)
            throws IOException, SQLException, InterruptedException {
        int expected = Sample.deliveries();
        int told = -1;
        try (HqRecords records = HqRecords.open(psqlUrl)) {
            while (true) {
                sites.requireAllRun();
                if (!sealed.isTaken()) {
                    Optional<HqRecords.SealedBody> body = records.sealedBody(SHOWN.messageId());
                    if (body.isPresent()) {
                        sealed.take(body.get());
                    }
                }
                List<HqRecords.Delivery> deliveries = records.deliveries();
                int acknowledged = (int) deliveries.stream()
                        .filter(HqRecords.Delivery::isAcknowledged)
                        .count();
                if (acknowledged > told) {
                    out.println("  " + acknowledged + " of " + expected + " deliveries acknowledged so far");
                    told = acknowledged;
                }
                if (acknowledged >= expected && allSent()) {
                    return deliveries;
                }
                if (System.nanoTime() > deadline) {
                    throw new IOException(whatIsMissing(deliveries));
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLISECONDS);
            }
        }
    }

    /** A lab moves a file to sent/ when the confirm has come back, which may be after its deliveries. */
    private boolean allSent() {
        return Sample.ALL.stream().allMatch(sample -> sample.isSent(homes.home(sample.sender())));
    }

    private String whatIsMissing(List<HqRecords.Delivery> deliveries) {
        for (Sample sample : Sample.ALL) {
            for (SiteId recipient : sample.recipients()) {
                boolean arrived = deliveries.stream()
                        .anyMatch(delivery ->
                                delivery.messageId().equals(sample.messageId().value())
                                        && delivery.receiverId().equals(recipient.value())
                                        && delivery.isAcknowledged());
                if (!arrived) {
                    return sample.messageId() + " was not acknowledged by " + recipient + " within "
                            + timeout.toSeconds() + " s. Read " + sites.log(sample.sender()) + ", "
                            + sites.log(ScenarioHomes.HEADQUARTERS) + " and " + sites.log(recipient);
                }
            }
        }
        return "a lab did not move its file to sent/ within " + timeout.toSeconds() + " s";
    }

    private void show(List<HqRecords.Delivery> deliveries) throws IOException {
        DeliveryTable table = new DeliveryTable();
        HqRecords.Delivery different = null;
        for (HqRecords.Delivery delivery : deliveries) {
            boolean equal = Sample.isWhole(delivery, homes.home(SiteId.of(delivery.receiverId())));
            table.add(delivery, equal);
            different = equal ? different : delivery;
        }
        out.println();
        table.print(out);
        out.println();
        if (different != null) {
            throw new IOException(different.messageId() + " in " + different.receiverId()
                    + "'s outbox is not the file that was dropped. Read "
                    + sites.log(SiteId.of(different.receiverId())));
        }
        out.println(deliveries.size() + " of " + Sample.deliveries() + " deliveries acknowledged");
    }

    /** Its database has stopped, so that its files hold all that was committed. */
    private void showThatHeadquartersCannotRead() throws IOException {
        List<byte[]> contents = new ArrayList<>();
        Set<Path> senders = new TreeSet<>();
        for (Sample sample : Sample.ALL) {
            contents.add(sample.content());
            senders.add(homes.home(sample.sender()).resolve("sent"));
        }
        PlaintextSearch search = new PlaintextSearch(contents);
        Path headquarters = homes.home(ScenarioHomes.HEADQUARTERS).folder();
        List<Path> readable = search.filesWithPlaintext(headquarters);
        if (!readable.isEmpty()) {
            throw new IOException("headquarters has contents in clear, in " + readable.get(0));
        }
        int found = 0;
        for (Path sent : senders) {
            found += search.filesWithPlaintext(sent).size();
        }
        out.printf(
                "Headquarters keeps nothing in clear: no %d bytes in a row of the four%n  files are in its %s, database and log too."
                        + " The same search finds them in%n  %d files of the laboratories' sent folders.%n",
                PlaintextSearch.RUN, sizeOf(headquarters), found);
    }

    private void showWhoOpensASealedMessage() throws IOException {
        if (!sealed.isTaken()) {
            out.println("Headquarters had deleted its sealed messages before this process took one.");
            return;
        }
        SiteId recipient = SHOWN.recipients().get(0);
        SiteId other = ScenarioHomes.CENTRES.stream()
                .filter(centre -> !SHOWN.recipients().contains(centre))
                .findFirst()
                .orElseThrow();
        Path key = ageKey(recipient);
        if (!sealed.opensWith(key, SHOWN.content())) {
            throw new IOException(sealed.file() + ": expected it to open with " + key);
        }
        if (sealed.opensWith(ageKey(other), SHOWN.content())) {
            throw new IOException(sealed.file() + ": expected it to stay closed for " + ageKey(other));
        }
        out.printf(
                "One sealed message, as it was in headquarters' spool:%n  %s%n"
                        + "  with %s's key:  opens, and is the file that was dropped%n"
                        + "  with %s's key:  does not open; it is not for %s%n"
                        + "Try it: ./saddlebag open --identity %s \\%n  %s | tail -n +2%n"
                        + "  (the age command opens it too: age -d -i, from 1.3 on)%n",
                sealed.file(), recipient, other, other, key, sealed.file());
    }

    private Path ageKey(SiteId centre) {
        return homes.home(centre).identity().resolve("age.key");
    }

    private static String sizeOf(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            long bytes = 0;
            for (Path file : all) {
                bytes += Files.size(file);
            }
            return String.format(Locale.ROOT, "%d files (%d MB)", all.size(), bytes / 1_000_000);
        }
    }

    private void stay(String psqlUrl) throws IOException, InterruptedException {
        out.println();
        for (SiteId site : ScenarioHomes.SITES) {
            out.println(site + "  " + homes.home(site).folder());
        }
        out.println("HQ listens on 127.0.0.1:" + port);
        out.println(psqlUrl);
        out.println("All stay up. Drop files into a lab's drop/ folders; end with Ctrl-C.");
        end.stay(sites::requireAllRun);
    }

    private void stopAll() throws IOException {
        List<SiteId> killed = sites.stop();
        folder.stopDatabase();
        if (!killed.isEmpty()) {
            throw new IOException(
                    killed.get(0) + " did not stop when asked and was killed. Read " + sites.log(killed.get(0)));
        }
    }
}
