package io.saddlebag.cli.chaos;

import io.saddlebag.cli.demo.SiteCommandLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One run: sites up, a seeded series of faults while files are dropped, all faults undone, reconciliation. Run once. */
public final class ChaosRun {
    private static final long LOOK_MILLIS = 50;
    private static final long PATIENCE_SECONDS = 180;
    private static final int OTHERS_A_KILL = 3;

    private final Path folder;
    private final int kills;
    private final int files;
    private final long seed;
    private final SiteCommandLine commandLine;
    private final PrintWriter progress;

    /**
     * @param folder new or empty; everything is made in it
     * @param kills altogether, shared by the four kinds of kills; each other fault comes a third as often as each kill
     * @param files to drop
     * @param progress hears how far it is
     */
    public ChaosRun(Path folder, int kills, int files, long seed, SiteCommandLine commandLine, PrintWriter progress) {
        this.folder = folder;
        this.kills = kills;
        this.files = files;
        this.seed = seed;
        this.commandLine = commandLine;
        this.progress = progress;
    }

    /**
     * @return what happened; a run that could not be brought to its end says so among its findings
     * @throws IOException when the sites cannot be made or started at all
     */
    public ChaosReport run() throws IOException, InterruptedException {
        Map<FaultKind, String> leftOut = notPossible();
        int each = (kills + 3) / 4;
        List<Fault> plan = FaultPlan.of(seed, each, (each + OTHERS_A_KILL - 1) / OTHERS_A_KILL, files, leftOut);
        long start = System.nanoTime();
        try (ChaosNetwork network =
                        ChaosNetwork.make(folder, commandLine, !leftOut.containsKey(FaultKind.DISK_FULL), files);
                Supervisor supervisor = new Supervisor(network)) {
            Stream stream = new Stream(network, supervisor);
            List<String> findings = new ArrayList<>();
            try {
                supervisor.startAll();
                stream.awaitAllAtWork("at the beginning");
                stream.runAll(plan);
                stream.drain();
                findings.addAll(stream.reconciliation.ofHeadquarters());
            } catch (ChaosFailure e) {
                findings.add(e.getMessage());
            }
            network.stop().forEach(site -> findings.add(site + " did not stop when asked"));
            Reconciliation.Findings found = stream.reconciliation.run(stream.dropped, stream.consumers);
            return ChaosReport.of(
                    seed,
                    stream.struck,
                    stream.dropped,
                    stream.consumers,
                    leftOut,
                    found.with(findings),
                    supervisor.restarts(),
                    (System.nanoTime() - start) / 1e9);
        }
    }

    private static Map<FaultKind, String> notPossible() {
        Map<FaultKind, String> leftOut = new EnumMap<>(FaultKind.class);
        try {
            SyncErrors.requirePossible();
        } catch (IOException e) {
            leftOut.put(FaultKind.SYNC_ERROR, "strace cannot inject here: " + e.getMessage());
        }
        try {
            Path probe = Files.createTempDirectory("saddlebag-tmpfs");
            SmallDisk.over(probe, 1 << 20).close();
            Files.delete(probe);
        } catch (IOException e) {
            leftOut.put(FaultKind.DISK_FULL, "no tmpfs can be mounted here: " + e.getMessage());
        }
        return leftOut;
    }

    /** The part of a run in which files and faults go side by side. */
    private final class Stream {
        private final ChaosNetwork network;
        private final Supervisor supervisor;
        private final FaultPower power;
        private final FileDrops drops;
        private final Consumers consumers;
        private final Reconciliation reconciliation;
        private final List<DroppedFile> dropped = new ArrayList<>();
        private final List<StruckFault> struck = new ArrayList<>();

        Stream(ChaosNetwork network, Supervisor supervisor) {
            this.network = network;
            this.supervisor = supervisor;
            this.power = new FaultPower(network);
            this.drops = new FileDrops(network.homes(), seed);
            this.consumers = new Consumers(network.homes());
            this.reconciliation = new Reconciliation(network);
        }

        void runAll(List<Fault> plan) throws IOException, InterruptedException, ChaosFailure {
            int told = 0;
            for (Fault fault : plan) {
                drop(fault);
                awaitFree(fault);
                strike(fault);
                int tenth = 10 * struck.size() / plan.size();
                if (tenth > told) {
                    told = tenth;
                    progress.printf(
                            "%d of %d faults, %d files dropped, %d deliveries under way%n",
                            struck.size(), plan.size(), dropped.size(), consumers.stillWaiting());
                }
            }
        }

        /** Drops a fault's share of files over the time before it. */
        private void drop(Fault fault) throws IOException, InterruptedException {
            long start = System.nanoTime();
            for (int i = 0; i < fault.files(); i++) {
                dropOne();
                look();
            }
            long rest = fault.gapMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            while (rest > 0) {
                TimeUnit.MILLISECONDS.sleep(Math.min(rest, LOOK_MILLIS));
                look();
                rest -= LOOK_MILLIS;
            }
        }

        private void dropOne() throws IOException {
            DroppedFile file = DroppedFile.of(seed, dropped.size());
            if (drops.drop(file)) {
                dropped.add(file);
                consumers.expect(file);
                struck.forEach(fault -> fault.mayWitness(file));
            }
        }

        private void look() throws IOException {
            consumers.look();
            undoWhatIsOver(false);
            supervisor.look();
        }

        private void undoWhatIsOver(boolean now) throws IOException {
            for (StruckFault fault : struck) {
                fault.undoIfOver(now);
            }
        }

        /** Strikes nobody twice at once, and nobody who has not recovered from the blow before. */
        private void awaitFree(Fault fault) throws IOException, InterruptedException, ChaosFailure {
            await(fault.target() + " at work, to meet " + fault.kind().text(), () -> isFree(fault.target()));
        }

        private boolean isFree(Target target) {
            boolean busy = struck.stream()
                    .anyMatch(fault -> fault.isUnderWay() && fault.fault().target() == target);
            return !busy && network.isAtWork(target);
        }

        private void strike(Fault fault) throws IOException {
            struck.add(StruckFault.begin(fault, power));
        }

        void drain() throws IOException, InterruptedException, ChaosFailure {
            undoWhatIsOver(true);
            while (dropped.size() < files) {
                dropOne();
                look();
            }
            awaitAllAtWork("after the last fault");
            progress.printf(
                    "All faults are over; %d files dropped, %d deliveries under way%n",
                    dropped.size(), consumers.stillWaiting());
            int left = consumers.stillWaiting();
            while (left > 0) {
                int before = left;
                await("progress with " + before + " deliveries still to come", () -> consumers.stillWaiting() < before);
                left = consumers.stillWaiting();
            }
            await("all files of the labs settled", () -> reconciliation.isSettled());
        }

        void awaitAllAtWork(String when) throws IOException, InterruptedException, ChaosFailure {
            for (Target target : Target.values()) {
                await(target + " at work " + when, () -> network.isAtWork(target));
            }
        }

        private void await(String what, Condition condition) throws IOException, InterruptedException, ChaosFailure {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!condition.holds()) {
                if (System.nanoTime() > deadline) {
                    throw new ChaosFailure("Expected within " + PATIENCE_SECONDS + " s: " + what + "; found that not");
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                look();
            }
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }
}
