package io.saddlebag.stomp.server;

import io.saddlebag.stomp.HostName;
import java.net.BindException;
import java.util.Optional;
import org.apache.camel.Route;
import org.apache.camel.component.netty.NettyConfiguration;
import org.apache.camel.component.netty.NettyEndpoint;
import org.apache.camel.support.RoutePolicySupport;

/**
 * Sets the listen address of a camel-netty consumer; named as its route's policy. The endpoint's URI cannot hold every
 * host: Java's URIs read no host from {@code my_hq} and {@code ::1}.
 */
public final class ListenAddress extends RoutePolicySupport {
    private final HostName host;
    private final int port;

    public ListenAddress(HostName host, int port) {
        this.host = host;
        this.port = port;
    }

    /** Why nothing listens there, for the operator; empty when the failure is another. */
    public Optional<String> faultOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException fault) {
                String text = String.valueOf(fault.getMessage());
                return Optional.of(
                        "expected to listen on " + host.withPort(port) + ", found "
                                + (text.contains("in use")
                                        ? "another program there. End that, or choose another hq.port"
                                        : "that this machine refuses it (" + text
                                                + "). Correct hq.host, which is an address of"
                                                + " this machine, or hq.port, which is 1024 or more for a user who is not root"));
            }
        }
        return Optional.empty();
    }

    @Override
    public void onInit(Route route) {
        NettyConfiguration configuration = ((NettyEndpoint) route.getEndpoint()).getConfiguration();
        configuration.setHost(host.value());
        configuration.setPort(port);
    }
}
