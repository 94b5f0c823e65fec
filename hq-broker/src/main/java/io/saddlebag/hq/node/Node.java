package io.saddlebag.hq.node;

/**
 * A start of a node.
 *
 * @param id a new one for each start
 * @param name the setting {@code hq.node}
 * @param slot the lowest bits of its message numbers, see {@link NodeNumbers}
 */
public record Node(long id, String name, int slot) {
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
