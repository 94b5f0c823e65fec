package io.saddlebag.stomp.client;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Orders a name's addresses for connection attempts. The families alternate (RFC 8305, section 4), and an address whose
 * connections led to no session comes last. For one thread.
 */
final class AddressOrder {
    private final Map<InetAddress, Integer> disappointments = new HashMap<>();

    List<InetAddress> of(List<InetAddress> resolved) {
        disappointments.keySet().retainAll(resolved);
        List<InetAddress> order = alternating(resolved);
        order.sort(Comparator.comparing(address -> disappointments.getOrDefault(address, 0)));
        return order;
    }

    private static List<InetAddress> alternating(List<InetAddress> resolved) {
        Deque<InetAddress> first = new ArrayDeque<>();
        Deque<InetAddress> second = new ArrayDeque<>();
        boolean startsWithV4 = resolved.get(0) instanceof Inet4Address;
        for (InetAddress address : resolved) {
            (address instanceof Inet4Address == startsWithV4 ? first : second).add(address);
        }
        List<InetAddress> order = new ArrayList<>();
        while (!first.isEmpty() || !second.isEmpty()) {
            if (!first.isEmpty()) {
                order.add(first.poll());
            }
            if (!second.isEmpty()) {
                order.add(second.poll());
            }
        }
        return order;
    }

    /** TCP was set up, and no session followed. */
    void disappointed(InetAddress address) {
        disappointments.merge(address, 1, Integer::sum);
    }

    /** A session was set up. */
    void worked(InetAddress address) {
        disappointments.remove(address);
    }
}
