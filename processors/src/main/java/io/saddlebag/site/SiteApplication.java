package io.saddlebag.site;

import io.saddlebag.journal.JournalException;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A site that runs: headquarters, a laboratory or a research centre. Started once, closed once, by one thread. */
public abstract class SiteApplication implements AutoCloseable {
    protected final SiteHome home;
    /** Settings that count before those of the home's file. */
    protected final Map<String, String> overrides;
    /** Names of stores that are this home's from now on. */
    protected final Set<String> adopted;

    protected final SiteClocks clocks;

    protected SiteApplication(SiteHome home, Map<String, String> overrides, Set<String> adopted, SiteClocks clocks) {
        this.home = home;
        this.overrides = Map.copyOf(overrides);
        this.adopted = Set.copyOf(adopted);
        this.clocks = clocks;
    }

    /**
     * Starts and returns when the site is ready; a site that cannot reach headquarters yet is ready too and keeps
     * trying.
     *
     * @throws SiteStartException when it cannot run as configured; says what to change. Nothing is left running.
     */
    public final void start() throws SiteStartException {
        try {
            begin();
        } catch (IOException | JournalException e) {
            close();
            throw new SiteStartException(home.folder() + ": " + e.getMessage(), e);
        } catch (SiteStartException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Starts; when it fails, {@link #close} follows. */
    protected abstract void begin() throws SiteStartException, IOException;

    /**
     * Registers a listener for a failure after the start. The site has to be closed then, but not by the listener
     * itself. Call it before {@link #start}.
     */
    public void onFailure(Consumer<String> listener) {}

    /** Facts about the running site for an operator, such as {@code port} or {@code psqlUrl}; no secrets. */
    public abstract Map<String, String> facts();

    /** Lets running work finish, within a bound, and stops. */
    @Override
    public abstract void close();
}
