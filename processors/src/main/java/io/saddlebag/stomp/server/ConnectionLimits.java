package io.saddlebag.stomp.server;

import io.saddlebag.clock.Durations;
import io.saddlebag.stomp.HeartBeat;
import java.time.Duration;

/**
 * The limits of a server for its peers.
 *
 * @param maxConnections open connections of all sites; as many more may be unauthenticated, so that all sites can come
 *     back together
 * @param maxConnectionsPerSite open connections with one site's certificate
 * @param unauthenticated how long a connection may take from its start to its CONNECT frame
 * @param heartBeat heart-beat interval in both directions; zero disables it
 * @param postQuantum whether a connection whose keys were not agreed on by X25519MLKEM768 is refused
 */
public record ConnectionLimits(
        int maxConnections,
        int maxConnectionsPerSite,
        Duration unauthenticated,
        Duration heartBeat,
        boolean postQuantum) {
    public static final ConnectionLimits DEFAULT =
            new ConnectionLimits(1000, 16, Duration.ofSeconds(10), HeartBeat.DEFAULT_INTERVAL, false);

    public ConnectionLimits {
        if (maxConnections < 1
                || maxConnectionsPerSite < 1
                || unauthenticated.toMillis() < 1
                || heartBeat.isNegative()) {
            throw new IllegalArgumentException(
                    "Expected at least one connection, one a site and a millisecond to authenticate; found "
                            + maxConnections + ", " + maxConnectionsPerSite + ", "
                            + Durations.text(unauthenticated));
        }
    }
}
