package io.saddlebag.bench.chaos.fault;

/**
 * One fault of a plan.
 *
 * @param target whom it meets; for the network's faults, whose connections
 * @param millis how long it lasts
 * @param variant what the kind makes of it, such as a position; for a disk the ordinal of its {@link DiskPlace}
 * @param gapMillis between the fault before and this one
 * @param files dropped meanwhile
 */
public record Fault(FaultKind kind, Target target, int millis, int variant, int gapMillis, int files) {}
