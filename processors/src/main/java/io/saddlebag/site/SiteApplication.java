package io.saddlebag.site;

import java.util.Map;

/** A site that runs: headquarters, a laboratory or a research centre. Started once, closed once, by one thread. */
public interface SiteApplication extends AutoCloseable {
    /**
     * Starts and returns when the site is at work; a site that cannot reach headquarters yet is at work too and keeps
     * trying.
     *
     * @throws SiteStartException when it cannot run as configured; says what to change. Nothing is left running.
     */
    void start() throws SiteStartException;

    /** What a person may want to know of the running site, such as {@code port} or {@code psqlUrl}; no secrets. */
    Map<String, String> facts();

    /** Lets what is under way finish, within a bound, and stops. */
    @Override
    void close();
}
