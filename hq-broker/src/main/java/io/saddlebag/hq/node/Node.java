package io.saddlebag.hq.node;

import io.saddlebag.message.Printable;
import java.util.regex.Pattern;

/**
 * A start of a node.
 *
 * @param id a new one for each start
 * @param name the setting {@code hq.node}
 * @param slot the lowest bits of its message numbers, see {@link NodeNumbers}
 */
public record Node(long id, String name, int slot) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,30}");

    /** @throws IllegalArgumentException when it is no name of a node */
    public static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a name of up to 31 small letters, digits and hyphens such as n1, found " + Printable.of(name));
        }
    }

    @Override
    public String toString() {
        return "node " + name + " (" + id + ")";
    }

    /**
     * How it makes itself known.
     *
     * @param address {@code host:port} under which sites reach it
     * @param version of Saddlebag
     */
    public record Facts(String name, String address, String version) {}
}
