package io.saddlebag.stomp.client;

import io.saddlebag.clock.Durations;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.HeartBeat;
import io.saddlebag.stomp.HostAndPort;
import io.saddlebag.stomp.HostName;
import io.saddlebag.stomp.StompLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The options of a client's connection to the server.
 *
 * @param server the site that must answer; any other is refused
 * @param addresses where it listens, one or several; any of them will do
 * @param limits for the frames that the server sends
 * @param heartBeat heart-beat interval in both directions; zero disables it
 * @param opening how long TLS and STOMP may take to be set up
 * @param answer how long the answer to a request may take
 * @param firstDelay before the first new attempt; doubles from there
 * @param longestDelay between two attempts
 * @param postQuantum whether a connection whose keys were not agreed on by X25519MLKEM768 is refused
 */
public record LinkOptions(
        SiteId server,
        List<HostAndPort> addresses,
        StompLimits limits,
        Duration heartBeat,
        Duration opening,
        Duration answer,
        Duration firstDelay,
        Duration longestDelay,
        boolean postQuantum) {
    public LinkOptions {
        Objects.requireNonNull(server, "server");
        addresses = List.copyOf(addresses);
        Objects.requireNonNull(limits, "limits");
        if (firstDelay.toMillis() < 1
                || longestDelay.compareTo(firstDelay) < 0
                || opening.toMillis() < 1
                || answer.toMillis() < 1) {
            throw new IllegalArgumentException("Expected a first delay of 1 ms or more, the longest not below it, and"
                    + " time to open and to answer; found " + Durations.text(firstDelay) + ", "
                    + Durations.text(longestDelay) + ", " + Durations.text(opening) + ", " + Durations.text(answer));
        }
    }

    public static LinkOptions to(SiteId server, HostName host, int port) {
        return to(server, List.of(new HostAndPort(host, port)));
    }

    /** @param addresses at least one */
    public static LinkOptions to(SiteId server, List<HostAndPort> addresses) {
        return new LinkOptions(
                server,
                addresses,
                StompLimits.DEFAULT,
                HeartBeat.DEFAULT_INTERVAL,
                Duration.ofSeconds(10),
                Duration.ofMinutes(5),
                Duration.ofMillis(250),
                Duration.ofSeconds(5),
                false);
    }

    public LinkOptions withDelays(Duration first, Duration longest) {
        return new LinkOptions(server, addresses, limits, heartBeat, opening, answer, first, longest, postQuantum);
    }

    /** To one of the addresses alone. */
    public LinkOptions at(HostAndPort address) {
        return new LinkOptions(
                server, List.of(address), limits, heartBeat, opening, answer, firstDelay, longestDelay, postQuantum);
    }

    /**
     * The addresses in the order in which a site tries them. It goes by a digest of its name and the address, so that sites
     * spread over the addresses, and those of an address that is gone over the others.
     */
    public List<HostAndPort> orderFor(SiteId site) {
        return addresses.stream()
                .sorted(Comparator.comparing(
                        address -> Sha256.of((site + "\n" + address).getBytes(StandardCharsets.UTF_8))
                                .hex()))
                .toList();
    }

    /** The addresses as logs have them. */
    public String place() {
        return addresses.stream().map(HostAndPort::toString).collect(Collectors.joining(", "));
    }

    /** @param longest when below the usual first delay, it counts for the first one too; 1 ms or more */
    public LinkOptions withLongestDelay(Duration longest) {
        return withDelays(longest.compareTo(firstDelay) < 0 ? longest : firstDelay, longest);
    }

    public LinkOptions withHeartBeat(Duration interval) {
        return new LinkOptions(
                server, addresses, limits, interval, opening, answer, firstDelay, longestDelay, postQuantum);
    }

    /** @param bound how long TLS and STOMP may take to be set up, and each address to answer */
    public LinkOptions withOpening(Duration bound) {
        return new LinkOptions(
                server, addresses, limits, heartBeat, bound, answer, firstDelay, longestDelay, postQuantum);
    }

    /** @param required whether a connection whose keys were not agreed on by X25519MLKEM768 is refused */
    public LinkOptions withPostQuantum(boolean required) {
        return new LinkOptions(
                server, addresses, limits, heartBeat, opening, answer, firstDelay, longestDelay, required);
    }

    /** @param bound how long the answer to a request may take; after that the connection is closed */
    public LinkOptions withAnswer(Duration bound) {
        return new LinkOptions(
                server, addresses, limits, heartBeat, opening, bound, firstDelay, longestDelay, postQuantum);
    }
}
