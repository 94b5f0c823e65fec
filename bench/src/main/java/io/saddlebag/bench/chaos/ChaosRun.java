package io.saddlebag.bench.chaos;

import io.saddlebag.audit.NetworkAudit;
import io.saddlebag.bench.chaos.fault.FaultKind;
import io.saddlebag.bench.chaos.fault.FaultPlan;
import io.saddlebag.bench.chaos.fault.FaultPlan.Fault;
import io.saddlebag.bench.chaos.fault.MachineLimits;
import io.saddlebag.bench.chaos.fault.MachineLimits.Means;
import io.saddlebag.bench.chaos.fault.RunClock;
import io.saddlebag.bench.chaos.fault.Target;
import io.saddlebag.cli.demo.HqRecords;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One run: starts the sites, does a seeded series of faults while files are dropped, undoes all, checks. Run once. */
public final class ChaosRun {
    private static final long LOOK_MILLIS = 50;
    private static final long PATIENCE_SECONDS = 180;
    private static final long DAMAGED_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** The pause between two looks at the outboxes, in times of the first one. */
    private static final int REST = 10;

    private final Path folder;
    private final FaultPlan.Order order;
    private final PrintWriter progress;

    /**
     * @param folder new or empty; everything is made in it
     * @param progress hears how far it is
     */
    public ChaosRun(Path folder, FaultPlan.Order order, PrintWriter progress) {
        this.folder = folder;
        this.order = order;
        this.progress = progress;
    }

    /**
     * @return what happened; a run that could not be brought to its end says so among its findings
     * @throws IOException when the sites cannot be made or started at all
     */
    public ChaosReport run() throws IOException, InterruptedException {
        Map<FaultKind, String> leftOut = MachineLimits.of(order.kinds());
        List<Fault> plan = FaultPlan.of(order, leftOut);
        Means means = MachineLimits.means(plan);
        long start = System.nanoTime();
        try (ChaosNetwork network = ChaosNetwork.make(folder, means, order.files())) {
            Supervisor supervisor = new Supervisor(network);
            Stream stream = new Stream(network, supervisor);
            FolderCheck.Findings findings = new FolderCheck.Findings();
            try {
                supervisor.startAll();
                stream.awaitAllAtWork("at the beginning");
                stream.runAll(plan);
                stream.drain();
                new HqCheck(network.log(Target.HQ), stream.excuses)
                        .run(network.psqlUrl(), stream.drops.dropped(), findings);
            } catch (IOException e) {
                findings.others().add(String.valueOf(e.getMessage()));
            }
            network.stop().forEach(site -> findings.others().add(site + " did not stop when asked"));
            network.putDisksBack();
            findings.others().addAll(stream.power.oddities());
            stream.check.run(stream.drops.dropped(), stream.consumers, findings);
            audit(network, stream.excuses, findings);
            return ChaosReport.of(
                    order.seed(),
                    stream.struck,
                    stream.drops.dropped(),
                    stream.consumers,
                    leftOut,
                    findings,
                    supervisor.restarts(),
                    (System.nanoTime() - start) / 1e9,
                    stream.clock.heldSeconds());
        }
    }

    /** Runs the audit that operators have, as a second checker that shares no code with the first. */
    private static void audit(ChaosNetwork network, Excuses excuses, FolderCheck.Findings findings)
            throws InterruptedException {
        List<Path> homes = Target.SITES.stream()
                .map(target -> network.homes().home(target.site()).folder())
                .toList();
        try {
            NetworkAudit.of(homes, true).run().findings().stream()
                    .filter(found -> !excuses.isExcused(found))
                    .forEach(found -> findings.others()
                            .add("audit: " + found.site() + " " + found.subject() + ": " + found.text()));
        } catch (IOException | SiteStartException e) {
            // After a run that was broken off; what broke it is worth more than this.
            findings.others().add("audit: " + e.getMessage());
        }
    }

    /** The part of a run in which files and faults go side by side. */
    private final class Stream {
        private final ChaosNetwork network;
        private final Supervisor supervisor;
        private final FaultPower power;
        private final FileDrops drops;
        private final Consumers consumers;
        private final FolderCheck check;
        private final Excuses excuses = new Excuses();
        private final List<StruckFault> struck = new ArrayList<>();
        private final RunClock clock = new RunClock();
        private long nextLookNanos;
        private long nextDamagedNanos;

        Stream(ChaosNetwork network, Supervisor supervisor) {
            this.network = network;
            this.supervisor = supervisor;
            this.drops = new FileDrops(network, order.seed());
            this.power = new FaultPower(network, drops, clock, excuses);
            this.consumers = new Consumers(network.homes(), clock);
            this.check = new FolderCheck(network.homes(), excuses);
        }

        void runAll(List<Fault> plan) throws IOException, InterruptedException {
            int told = 0;
            for (Fault fault : plan) {
                drop(fault);
                awaitFree(fault);
                strike(fault);
                int tenth = 10 * struck.size() / plan.size();
                if (tenth > told) {
                    told = tenth;
                    tell(struck.size() + " of " + plan.size() + " faults");
                }
            }
        }

        private void tell(String what) {
            progress.printf(
                    "%4d s: %s, %d files dropped, %d deliveries under way%n",
                    TimeUnit.NANOSECONDS.toSeconds(clock.nanos()),
                    what,
                    drops.dropped().size(),
                    consumers.stillWaiting());
        }

        /** Drops a fault's share of files over the time before it. */
        private void drop(Fault fault) throws IOException, InterruptedException {
            long start = clock.nanos();
            for (int i = 0; i < fault.files(); i++) {
                dropOne();
                look();
            }
            long rest = fault.gapMillis() - TimeUnit.NANOSECONDS.toMillis(clock.nanos() - start);
            while (rest > 0) {
                TimeUnit.MILLISECONDS.sleep(Math.min(rest, LOOK_MILLIS));
                look();
                rest -= LOOK_MILLIS;
            }
        }

        private void dropOne() throws IOException {
            DroppedFile file = drops.next();
            if (drops.dropNext()) {
                consumers.expect(file);
                struck.forEach(fault -> fault.mayWitness(file));
            }
        }

        private void look() throws IOException {
            long begun = clock.nanos();
            if (begun >= nextLookNanos) {
                consumers.look();
                long ended = clock.nanos();
                // With thousands under way a look takes its time, which the sites need more.
                nextLookNanos = ended + Math.max(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS), REST * (ended - begun));
                for (StruckFault fault : struck) {
                    fault.lookWhetherAtWork(network, consumers);
                }
            }
            undoWhatIsOver();
            power.finish();
            giveUpDamaged();
            supervisor.look();
        }

        private void undoWhatIsOver() throws IOException {
            for (StruckFault fault : struck) {
                fault.undoIfOver();
            }
        }

        /**
         * Asks headquarters once in a while for the messages that lost a bit: a dead letter does not come, nor does a doubtful
         * one that was confirmed.
         */
        private void giveUpDamaged() {
            if (!excuses.isAnyDamaged() || clock.nanos() < nextDamagedNanos || !network.isAtWork(Target.HQ)) {
                return;
            }
            nextDamagedNanos = clock.nanos() + DAMAGED_NANOS;
            List<HqRecords.Delivery> deliveries;
            try (HqRecords records = DiskFaults.records(network.psqlUrl())) {
                deliveries = records.deliveries();
            } catch (IOException | SQLException e) {
                // PostgreSQL has a fault of its own, or its disk is away; the next look is soon.
                return;
            }
            for (DroppedFile file : drops.dropped()) {
                if (excuses.isDamaged(file)) {
                    deliveries.stream()
                            .filter(delivery -> delivery.messageId().equals(file.messageId()))
                            .filter(delivery -> delivery.dead() || delivery.doubtful() && isConfirmed(file))
                            .forEach(delivery -> giveUp(file, delivery.receiverId()));
                }
            }
        }

        /** A confirmed message is not repeated, so that a doubtful delivery of it stays doubtful. */
        private boolean isConfirmed(DroppedFile file) {
            try {
                return FolderCheck.filesBelow(
                                network.homes().home(file.sender()).resolve("sent"))
                        .stream()
                        .anyMatch(found -> found.endsWith(file.fileName()));
            } catch (IOException e) {
                // A file got its name meanwhile; the next look is soon.
                return false;
            }
        }

        private void giveUp(DroppedFile file, String receiverId) {
            for (Target centre : file.recipients()) {
                if (centre.site().value().equals(receiverId)) {
                    excuses.deadLettered(file, centre);
                    consumers.giveUp(file, centre);
                }
            }
        }

        /** Waits until the target has recovered from each fault before. */
        private void awaitFree(Fault fault) throws IOException, InterruptedException {
            await(fault.target() + " working again, to meet " + fault.kind().text(), () -> isFree(fault.target()));
        }

        private boolean isFree(Target target) {
            return network.isAtWork(target)
                    && struck.stream()
                            .filter(fault -> fault.fault().target() == target)
                            .allMatch(fault -> fault.isRecovered(consumers));
        }

        private void strike(Fault fault) throws IOException {
            struck.add(new StruckFault(fault, power, clock));
        }

        void drain() throws IOException, InterruptedException {
            await("the end of every fault", () -> struck.stream().allMatch(StruckFault::isOver) && power.finish());
            while (drops.dropped().size() < order.files()) {
                dropOne();
                look();
            }
            awaitAllAtWork("after the last fault");
            tell("All faults are over");
            awaitAll("deliveries", consumers::stillWaiting);
            await("all files of the labs settled", check::isSettled);
            List<DroppedFile> unreceipted = new LinkedList<>(drops.dropped());
            awaitAll("files' receipts", () -> check.withoutReceipts(unreceipted));
        }

        /** As long as there are fewer and fewer. */
        private void awaitAll(String what, Remainder remainder) throws IOException, InterruptedException {
            for (int left = remainder.count(); left > 0; left = remainder.count()) {
                int before = left;
                await("progress with " + before + " " + what + " still to come", () -> remainder.count() < before);
            }
        }

        void awaitAllAtWork(String when) throws IOException, InterruptedException {
            for (Target target : Target.values()) {
                await(target + " at work " + when, () -> network.isAtWork(target));
            }
        }

        private void await(String what, Condition condition) throws IOException, InterruptedException {
            long deadline = clock.nanos() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!condition.holds()) {
                if (clock.nanos() > deadline) {
                    throw new IOException("Expected within " + PATIENCE_SECONDS + " s: " + what + "; found that not");
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                look();
            }
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private interface Remainder {
        int count() throws IOException;
    }
}
