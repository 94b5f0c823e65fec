package io.saddlebag.hq.routing;

/**
 * How much topology.yaml allows a site beyond what is allowed to each of its connections; 0 stands for no such limit.
 *
 * @param rate messages a second that it may publish, over all its connections
 * @param connections open at once, in place of the setting that counts for every site
 * @param inFlightBytes of unanswered frames, over all its connections
 */
public record SiteLimits(int rate, int connections, long inFlightBytes) {
    public static final SiteLimits NONE = new SiteLimits(0, 0, 0);
}
