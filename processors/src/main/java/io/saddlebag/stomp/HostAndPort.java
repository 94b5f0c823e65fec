package io.saddlebag.stomp;

import io.netty.util.NetUtil;
import io.saddlebag.message.Printable;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A host with the port that an option or a setting may name after it.
 *
 * @param port 0 when there is none
 */
public record HostAndPort(HostName host, int port) {
    private static final int MAX_PORT = 65_535;

    /**
     * Reads {@code HOST}, {@code HOST:PORT}, {@code [V6]}, {@code [V6]:PORT} or {@code V6}: without brackets a colon is
     * part of an IPv6 address as soon as there are two.
     *
     * @throws IllegalArgumentException when it is none of these
     */
    public static HostAndPort of(String text) {
        String stripped = text.strip();
        int bracket = stripped.indexOf(']');
        int colon = stripped.indexOf(':', Math.max(0, bracket));
        boolean hasPort = colon >= 0 && (bracket >= 0 ? colon == bracket + 1 : colon == stripped.lastIndexOf(':'));
        if (!hasPort) {
            return new HostAndPort(HostName.of(stripped), 0);
        }
        return new HostAndPort(HostName.of(stripped.substring(0, colon)), port(stripped.substring(colon + 1)));
    }

    /**
     * Reads hosts with their ports and commas between them.
     *
     * @throws IllegalArgumentException when one has no port or comes twice
     */
    public static List<HostAndPort> several(String text) {
        List<HostAndPort> addresses = new ArrayList<>();
        Set<String> places = new HashSet<>();
        for (String each : text.split(",", -1)) {
            HostAndPort address = of(each);
            addresses.add(address);
            if (address.port() == 0 || !places.add(address.inOneSpelling())) {
                throw new IllegalArgumentException(
                        "expected addresses such as hq1.example.org:61617, each once, found '" + Printable.of(text)
                                + "'");
            }
        }
        return List.copyOf(addresses);
    }

    private String inOneSpelling() {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(host.value());
        return (address == null ? host.value().toLowerCase(Locale.ROOT) : address.getHostAddress()) + " " + port;
    }

    private static int port(String digits) {
        if (digits.matches("[0-9]{1,5}")) {
            int port = Integer.parseInt(digits);
            if (port >= 1 && port <= MAX_PORT) {
                return port;
            }
        }
        throw new IllegalArgumentException(
                "expected a port from 1 to " + MAX_PORT + " after the host, found '" + Printable.of(digits) + "'");
    }

    @Override
    public String toString() {
        return host.withPort(port);
    }
}
