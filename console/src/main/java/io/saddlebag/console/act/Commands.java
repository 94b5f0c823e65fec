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

/**
 * Runs commands in this process, and keeps the last ones to be shown. Audits run one at a time, and so do all others, so
 * that an audit of hours holds no action up. For any number of threads.
 */
public final class Commands implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);
    private static final int KEPT = 50;
    /** Most commands end sooner, so that their page shows the end. */
    private static final long PATIENCE_SECONDS = 3;

    private final Clock clock;
    private final Map<String, CommandRun> runs = new LinkedHashMap<>();
    private final ExecutorService audits = line("audits");
    private final ExecutorService others = line("commands");

    public Commands(Clock clock) {
        this.clock = clock;
    }

    private static ExecutorService line(String name) {
        return Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Begins commands, one after the other, and waits some seconds for their end.
     *
     * @param commands an option with its value is one word, {@code --name=value}, so that no value is read as an option
     */
    public CommandRun run(List<List<String>> commands) {
        CommandRun run = new CommandRun(UUID.randomUUID().toString(), commands, clock.instant());
        keep(run);
        LOG.info("runs: {}", run.typed());
        (run.is("audit") ? audits : others).execute(run::run);
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
        audits.shutdownNow();
        others.shutdownNow();
    }
}
