package io.saddlebag.bench.chaos;

import io.saddlebag.bench.chaos.fault.RunClock;
import io.saddlebag.bench.chaos.fault.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A start that a site has to refuse, with a line in its log that says why. For one thread. */
public final class RefusedStart {
    private static final String REFUSAL = "Cannot start: ";
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final Process process;
    private final BooleanSupplier isAtWork;
    private final Path log;
    private final int before;
    private final String named;
    private final RunClock clock;
    private final long deadline;

    /**
     * @param process that was started
     * @param isAtWork whether it started all the same
     * @param log to which it adds its lines
     * @param before how many bytes the log had before the start
     * @param named must stand in the line that says why
     */
    public RefusedStart(Process process, BooleanSupplier isAtWork, Path log, int before, String named, RunClock clock) {
        this.process = process;
        this.isAtWork = isAtWork;
        this.log = log;
        this.before = before;
        this.named = named;
        this.clock = clock;
        this.deadline = clock.nanos() + PATIENCE_NANOS;
    }

    /** Starts the site of a network; the line that refuses must hold {@code named}. */
    static RefusedStart of(ChaosNetwork network, Target target, String named, RunClock clock) throws IOException {
        Path log = network.log(target);
        int before = Files.exists(log) ? Math.toIntExact(Files.size(log)) : 0;
        network.start(target);
        return new RefusedStart(
                network.process(target).orElseThrow(), () -> network.isAtWork(target), log, before, named, clock);
    }

    /** True when the start was refused, succeeded, or took too long. */
    public boolean isOver() {
        return !process.isAlive() || isAtWork.getAsBoolean() || clock.nanos() > deadline;
    }

    /** True while the site runs or starts. */
    boolean isAlive() {
        return process.isAlive();
    }

    /** Says what is wrong with the refusal; empty when it is as it has to be. */
    public Optional<String> wrong() throws IOException {
        if (process.isAlive()) {
            return Optional.of("expected a refused start that names " + named + ", found it running");
        }
        byte[] all = Files.readAllBytes(log);
        String added = new String(all, before, all.length - before, StandardCharsets.UTF_8);
        return added.lines().anyMatch(line -> line.contains(REFUSAL) && line.contains(named))
                ? Optional.empty()
                : Optional.of("expected '" + REFUSAL + "' with " + named + ", found exit code " + process.exitValue()
                        + lastLine(added));
    }

    private static String lastLine(String text) {
        return text.lines()
                .filter(line -> line.contains(REFUSAL))
                .reduce((first, second) -> second)
                .map(line -> " and " + line)
                .orElse(" without such a line");
    }
}
