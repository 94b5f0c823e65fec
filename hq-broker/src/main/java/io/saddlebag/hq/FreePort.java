package io.saddlebag.hq;

import io.saddlebag.site.HostName;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A port that nobody listens on now; camel-netty must be told which before it binds. */
final class FreePort {
    private FreePort() {}

    static int on(HostName host) throws SiteStartException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host.value()))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new SiteStartException(
                    "Expected an address of this machine in " + HqSettings.HOST + ", found " + host + " (" + e + ")",
                    e);
        }
    }
}
