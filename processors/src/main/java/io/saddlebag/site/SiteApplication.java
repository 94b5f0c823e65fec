package io.saddlebag.site;

import java.util.Map;
import java.util.function.Consumer;

/** A site that runs: headquarters, a laboratory or a research centre. Started once, closed once, by one thread. */
public interface SiteApplication extends AutoCloseable {
    /**
     * Starts and returns when the site is ready; a site that cannot reach headquarters yet is ready too and keeps
     * trying.
     *
     * @throws SiteStartException when it cannot run as configured; says what to change. Nothing is left running.
     */
    void start() throws SiteStartException;

    /**
     * Registers a listener for a failure after the start. The site has to be closed then, but not by the listener
     * itself. Call it before {@link #start}.
     */
    default void onFailure(Consumer<String> listener) {}

    /** Facts about the running site for an operator, such as {@code port} or {@code psqlUrl}; no secrets. */
    Map<String, String> facts();

    /** Lets running work finish, within a bound, and stops. */
    @Override
    void close();
}
