package io.saddlebag.console.act;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs commands in this process, one at a time, and keeps the last ones to be shown. For any number of threads. */
public final class Commands implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);
    private static final int KEPT = 50;
    /** Most commands end sooner, so that their page shows the end. */
    private static final long PATIENCE_SECONDS = 3;

    private final Clock clock;
    private final Map<String, CommandRun> runs = new LinkedHashMap<>();
    private final ExecutorService line = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "commands");
        thread.setDaemon(true);
        return thread;
    });

    public Commands(Clock clock) {
        this.clock = clock;
    }

    /**
     * Begins a command and waits some seconds for its end.
     *
     * @param arguments an option with its value is one word, {@code --name=value}, so that no value is read as an option
     */
    public CommandRun run(List<String> arguments) {
        CommandRun run = new CommandRun(UUID.randomUUID().toString(), arguments, clock.instant());
        keep(run);
        LOG.info("runs: {}", run.typed());
        line.execute(run::run);
        try {
            run.end().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // The page shows how far it is.
            LOG.debug("not over: {}", run.typed());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return run;
    }

    private synchronized void keep(CommandRun run) {
        if (runs.size() >= KEPT) {
            runs.remove(runs.keySet().iterator().next());
        }
        runs.put(run.id(), run);
    }

    /** @param id null for none */
    public synchronized Optional<CommandRun> of(String id) {
        return Optional.ofNullable(runs.get(id));
    }

    /**
     * The last run of a command.
     *
     * @param option that it had; empty for any
     */
    public synchronized Optional<CommandRun> last(String command, String option) {
        return runs.values().stream()
                .filter(run -> run.is(command) && (option.isEmpty() || run.has(option)))
                .reduce((earlier, later) -> later);
    }

    @Override
    public void close() {
        line.shutdownNow();
    }
}
