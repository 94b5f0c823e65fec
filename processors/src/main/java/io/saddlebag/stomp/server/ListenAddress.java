package io.saddlebag.stomp.server;

import io.saddlebag.stomp.HostName;
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

    @Override
    public void onInit(Route route) {
        NettyConfiguration configuration = ((NettyEndpoint) route.getEndpoint()).getConfiguration();
        configuration.setHost(host.value());
        configuration.setPort(port);
    }
}
