package io.saddlebag.stomp.client;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Turns a host into its addresses, in the order in which they are to be tried. Waits for name servers. */
@FunctionalInterface
public interface HostAddresses {
    /** The system's resolver. */
    HostAddresses OF_THE_SYSTEM = host -> List.of(InetAddress.getAllByName(host));

    /** @throws UnknownHostException when there is none; at least one address otherwise */
    List<InetAddress> of(String host) throws UnknownHostException;
}
