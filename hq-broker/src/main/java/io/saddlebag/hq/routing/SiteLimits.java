package io.saddlebag.hq.routing;

/**
 * The limits of a site in topology.yaml, for all its connections together; 0 for none.
 *
 * @param rate messages a second that it may publish, over all its connections
 * @param the most connections, in place of the setting for every site
 * @param inFlightBytes of unanswered frames, over all its connections
 */
public record SiteLimits(int rate, int connections, long inFlightBytes) {
    public static final SiteLimits NONE = new SiteLimits(0, 0, 0);
}
