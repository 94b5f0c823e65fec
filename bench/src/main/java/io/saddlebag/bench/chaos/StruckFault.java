package io.saddlebag.bench.chaos;

import io.saddlebag.bench.chaos.fault.FaultPlan.Fault;
import io.saddlebag.bench.chaos.fault.RunClock;
import io.saddlebag.bench.chaos.fault.Target;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** A fault that was done, with its end and the file that shows the recovery. For one thread. */
final class StruckFault {
    private static final int NONE = -1;

    private final Fault fault;
    private final FaultPower.Undo undo;
    private final RunClock clock;
    private final long beginNanos;
    private long endNanos;
    private boolean over;
    private boolean felt;
    private int witness = NONE;
    private int passedBefore = NONE;

    /** Begins the fault. */
    StruckFault(Fault fault, FaultPower power, RunClock clock) throws IOException {
        this.fault = fault;
        this.clock = clock;
        this.beginNanos = clock.nanos();
        this.undo = power.begin(fault);
        undoIfOver();
    }

    Fault fault() {
        return fault;
    }

    /** True when it met something: a live process, a sync, a byte on the wire. Known once it is over. */
    boolean wasFelt() {
        return felt;
    }

    boolean isOver() {
        return over;
    }

    void undoIfOver() throws IOException {
        boolean late = clock.nanos() - beginNanos >= TimeUnit.MILLISECONDS.toNanos(fault.millis());
        if (!over && late && undo.isDue()) {
            over = true;
            felt = undo.run();
            // The recovery from a kill includes the time without the process.
            endNanos = fault.kind().isKill() ? beginNanos : clock.nanos();
        }
    }

    /** Takes note of when the target is at work again, to count what passes it from then on. */
    void lookWhetherAtWork(ChaosNetwork network, Consumers consumers) {
        if (over && passedBefore == NONE && network.isAtWork(fault.target())) {
            passedBefore = consumers.passed(fault.target());
        }
    }

    /**
     * True when the target works again and not only lives. Since then it passed as many deliveries as files were dropped
     * for this fault, or none waits for it.
     */
    boolean isRecovered(Consumers consumers) {
        return passedBefore != NONE
                && (consumers.passed(fault.target()) - passedBefore >= fault.files()
                        || consumers.stillToPass(fault.target()) == 0);
    }

    /** Takes the first file as witness that was dropped after the end and has to pass the target. */
    void mayWitness(DroppedFile file) {
        Target target = fault.target();
        boolean concerned = target == Target.HQ
                || target == Target.POSTGRES
                || target == file.lab()
                || file.recipients().contains(target);
        if (over && witness == NONE && concerned) {
            witness = file.number();
        }
    }

    /** From its end, or from a kill itself, to when the first file that was dropped after it had arrived everywhere. */
    OptionalLong recoveryNanos(Consumers consumers) {
        OptionalLong arrived = witness == NONE ? OptionalLong.empty() : consumers.arrived(witness);
        return arrived.isEmpty() ? arrived : OptionalLong.of(arrived.getAsLong() - endNanos);
    }
}
