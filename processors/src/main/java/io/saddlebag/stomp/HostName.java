package io.saddlebag.stomp;

import io.netty.util.NetUtil;
import io.saddlebag.message.Printable;
import java.net.IDN;
import java.util.regex.Pattern;

/**
 * A host as people write it in settings and options: a name, an IPv4 address or an IPv6 address with or without
 * brackets. It goes to the resolver as it is and never through the text of a URI, so that an underscore or a colon in it
 * does no harm.
 *
 * @param value a name in ASCII (RFC 5891), or an address without brackets
 */
public record HostName(String value) {
    private static final int MOST_OF_A_NAME = 253;
    /** With the underscore, which host names of containers and of Windows have. */
    private static final Pattern NAME = Pattern.compile("(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\\.)*"
            + "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\\.?");
    /** A name of this form has to be an IPv4 address: resolvers take 127.1 and 010.0.0.1 for different ones. */
    private static final Pattern NUMERIC = Pattern.compile("(?:.*\\.)?[0-9]+\\.?");

    /**
     * Blanks around it do not count.
     *
     * @throws IllegalArgumentException when it is no host; says what was expected, what was found and what to do
     */
    public static HostName of(String text) {
        String host = text.strip();
        if (host.startsWith("[") && host.endsWith("]")) {
            return new HostName(requireV6(host.substring(1, host.length() - 1), text));
        }
        if (host.indexOf(':') >= 0) {
            return new HostName(requireV6(host, text));
        }
        if (NetUtil.isValidIpV4Address(host)) {
            return new HostName(host);
        }
        String ascii = ascii(host);
        if (ascii.length() > MOST_OF_A_NAME
                || !NAME.matcher(ascii).matches()
                || NUMERIC.matcher(ascii).matches()) {
            throw notAHost(text, "");
        }
        return new HostName(ascii);
    }

    private static String requireV6(String address, String text) {
        if (!NetUtil.isValidIpV6Address(address) || address.startsWith("[")) {
            throw notAHost(text, ". A port has a place of its own");
        }
        return address;
    }

    private static String ascii(String host) {
        try {
            return IDN.toASCII(host);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static IllegalArgumentException notAHost(String text, String remedy) {
        return new IllegalArgumentException("expected a host name such as hq.example.org, or an address such as"
                + " 192.0.2.7 or 2001:db8::7, found '" + Printable.of(text) + "'" + remedy);
    }

    /** The host followed by a port; an IPv6 address is in brackets. */
    public String withPort(int port) {
        return (value.indexOf(':') < 0 ? value : "[" + value + "]") + ":" + port;
    }

    @Override
    public String toString() {
        return value;
    }
}
