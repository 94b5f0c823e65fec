package io.saddlebag.site;

import java.util.Map;
import java.util.function.Consumer;

/** A site that runs: headquarters, a laboratory or a research centre. Started once, closed once, by one thread. */
public interface SiteApplication extends AutoCloseable {
    /**
     * Starts and returns when the site is at work; a site that cannot reach headquarters yet is at work too and keeps
     * trying.
     *
     * @throws SiteStartException when it cannot run as configured; says what to change. Nothing is left running.
     */
    void start() throws SiteStartException;

    /**
     * Whom to tell when the site cannot go on after its start; it is to be closed then, which the listener must not do
     * itself. Before {@link #start}.
     */
    default void onFailure(Consumer<String> listener) {}

    /** Facts about the running site for an operator, such as {@code port} or {@code psqlUrl}; no secrets. */
    Map<String, String> facts();

    /** Lets what is under way finish, within a bound, and stops. */
    @Override
    void close();
}
