package io.saddlebag.hq.frames;

import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.SqlFailures;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.server.StompReplies;
import java.sql.SQLException;
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
    private static final String AWAY = "Headquarters' store does not answer and nothing was confirmed. Try again later";

    private final RepeatedFaults faults = new RepeatedFaults();
    private final Outage outage;

    /** @param outage logs a store that does not answer once, however many frames meet it */
    public Refuse(Outage outage) {
        this.outage = outage;
    }

    @Override
    public void process(Exchange exchange) {
        Throwable fault = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        StompFrame frame = HqProperties.frame(exchange);
        StoreException outageOf = passing(fault);
        if (outageOf != null) {
            outage.failed(outageOf.getMessage());
            exchange.getMessage().setBody(frame == null ? null : answer(frame, AWAY));
            return;
        }
        if (frame == null) {
            // Of a route with a timer, which fails as often as it runs.
            String text = String.valueOf(fault);
            faults.occurred(exchange.getFromRouteId() + " " + RepeatedFaults.kindOf(text))
                    .ifPresent(
                            repeats -> LOG.error("{}: failed: {}{}", exchange.getFromRouteId(), text, repeats, fault));
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
                .setBody(answer(
                        frame,
                        "Headquarters could not do it and nothing was confirmed; its log says why under " + id
                                + ". Try again later"));
    }

    private static StompFrame answer(StompFrame frame, String message) {
        return StompFrame.of(StompCommand.ERROR)
                .header(Headers.RECEIPT_ID, frame.header(Headers.RECEIPT))
                .header(Headers.CODE, "internal")
                .header(Headers.MESSAGE, message)
                .build();
    }

    /** The failure of a store that may work again soon; null for any other fault. */
    private static StoreException passing(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof StoreException failure && failure.isPassing()) {
                return failure;
            }
            if (cause instanceof SQLException failure && SqlFailures.passes(failure)) {
                return SqlFailures.asStoreException("answer", failure);
            }
        }
        return null;
    }
}
