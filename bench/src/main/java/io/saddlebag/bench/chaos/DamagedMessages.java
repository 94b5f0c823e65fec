package io.saddlebag.bench.chaos;

import io.saddlebag.bench.chaos.fault.RunClock;
import io.saddlebag.bench.chaos.fault.Target;
import io.saddlebag.cli.demo.HqRecords;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks headquarters what became of the messages that lost a bit: nobody waits for a dead letter or for a doubtful one that was confirmed. For one thread. */
final class DamagedMessages {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final ChaosNetwork network;
    private final FileDrops drops;
    private final Consumers consumers;
    private final Excuses excuses;
    private final RunClock clock;
    private long nextLookNanos;

    DamagedMessages(ChaosNetwork network, FileDrops drops, Consumers consumers, Excuses excuses, RunClock clock) {
        this.network = network;
        this.drops = drops;
        this.consumers = consumers;
        this.excuses = excuses;
        this.clock = clock;
    }

    /** Looks once in a while, when there are any and headquarters is at work. */
    void look() {
        if (!excuses.isAnyDamaged() || clock.nanos() < nextLookNanos || !network.isAtWork(Target.HQ)) {
            return;
        }
        nextLookNanos = clock.nanos() + INTERVAL_NANOS;
        List<HqRecords.Delivery> deliveries;
        try {
            deliveries = HqLook.deliveries(network.psqlUrl());
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
            return FolderCheck.filesBelow(network.homes().home(file.sender()).resolve("sent")).stream()
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
}
