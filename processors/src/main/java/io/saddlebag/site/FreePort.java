package io.saddlebag.site;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports that no process listens on now. */
public final class FreePort {
    private FreePort() {}

    /** A free port of the loopback address. */
    public static int any() throws IOException {
        return on(InetAddress.getLoopbackAddress());
    }

    /** @throws IOException when this machine does not have the address */
    public static int on(InetAddress address) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, address)) {
            return socket.getLocalPort();
        }
    }

    /** True when a port of the loopback address is free. */
    public static boolean is(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
