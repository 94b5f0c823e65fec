package io.saddlebag.stomp.server;

import io.saddlebag.log.LimitedLines;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.stomp.ConnectionFault;
import io.saddlebag.stomp.ConnectionFault.Kind;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs connections that end before a certificate has shown whose they are. Anybody may make them. One address repeats a
 * kind of fault with growing pauses, and all addresses together write a bounded number of lines of a kind. For use by
 * any thread.
 */
final class FailedConnections {
    private static final Logger LOG = LoggerFactory.getLogger(FailedConnections.class);
    /** Kinds that a site of the network may cause; scanners cause the others. */
    private static final Set<Kind> OF_CERTIFICATES = Set.of(Kind.CERTIFICATE_REFUSED, Kind.CERTIFICATE_NOT_ACCEPTED);

    private final RepeatedFaults faults = new RepeatedFaults();
    private final LimitedLines lines = new LimitedLines();

    /** @param from null when the connection was gone before anybody asked */
    void failed(SocketAddress from, ConnectionFault fault) {
        String host =
                from instanceof InetSocketAddress address ? address.getAddress().getHostAddress() : "nowhere";
        Optional<String> repeats = faults.occurred(fault.kind() + " " + host + " " + fault.shown());
        Optional<String> more = repeats.flatMap(any -> lines.line(fault.kind().name()));
        if (more.isEmpty()) {
            return;
        }
        String end = repeats.get() + more.get();
        String name = fault.shown() == null ? "" : ", its certificate names " + fault.shown();
        if (OF_CERTIFICATES.contains(fault.kind())) {
            LOG.warn("connection from {} failed{}: {}{}", withPort(host, from), name, fault.reason(), end);
        } else {
            LOG.info("connection from {} failed: {}{}", withPort(host, from), fault.reason(), end);
        }
    }

    private static String withPort(String host, SocketAddress from) {
        if (!(from instanceof InetSocketAddress address)) {
            return "an address that is not known any more";
        }
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
