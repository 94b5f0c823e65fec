package io.saddlebag.stomp;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.saddlebag.message.SiteId;
import org.apache.camel.Exchange;
import org.apache.camel.component.netty.NettyConstants;

/** A connection without a network, whose peer is known as after a TLS handshake. */
public final class EmbeddedConnection {
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final StompConnection connection = StompConnection.openOn(channel);

    public EmbeddedConnection(SiteId peer) {
        connection.peer(peer);
    }

    public StompConnection connection() {
        return connection;
    }

    /** The exchange's frame came on this connection. */
    public void hasSent(Exchange exchange) {
        exchange.getIn()
                .setHeader(
                        NettyConstants.NETTY_CHANNEL_HANDLER_CONTEXT,
                        channel.pipeline().firstContext());
    }

    public void close() {
        channel.close();
    }
}
