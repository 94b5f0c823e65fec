package io.saddlebag.hq.session;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.StompReplies;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code refuse} of the error routes: the answer to a frame that was refused, or that could not be dealt with, and
 * the one log line of it.
 */
public final class Refuse implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(Refuse.class);

    @Override
    public void process(Exchange exchange) {
        Throwable fault = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        StompFrame frame = HqProperties.frame(exchange);
        if (frame == null) {
            LOG.error("{}: failed: {}", exchange.getFromRouteId(), String.valueOf(fault), fault);
            return;
        }
        StompConnection connection = StompConnection.of(exchange);
        String about = Printable.of(frame.header(Headers.MESSAGE_ID) == null ? "-" : frame.header(Headers.MESSAGE_ID));
        if (fault instanceof Refusal refusal) {
            LOG.warn(
                    "{} {}: {} refused, {}: {}",
                    about,
                    connection.peer(),
                    frame.command(),
                    refusal.code().text(),
                    refusal.reason());
            exchange.getMessage().setBody(StompReplies.refusal(connection, frame, refusal));
            return;
        }
        String id = UUID.randomUUID().toString();
        LOG.error("{} {}: {} failed, {}: {}", about, connection.peer(), frame.command(), id, fault.toString(), fault);
        exchange.getMessage()
                .setBody(StompFrame.of(StompCommand.ERROR)
                        .header(Headers.RECEIPT_ID, frame.header(Headers.RECEIPT))
                        .header(Headers.CODE, "internal")
                        .header(
                                Headers.MESSAGE,
                                "Headquarters could not do it and nothing was confirmed; its log says why under " + id
                                        + ". Try again later")
                        .build());
    }
}
