package io.saddlebag.hq.frames;

import io.saddlebag.hq.routing.LiveTopology;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.hq.session.Sessions;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.sql.SqlFailures;
import io.saddlebag.log.FaultText;
import io.saddlebag.log.LimitedLines;
import io.saddlebag.log.RepeatedFaults;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.server.StompReplies;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that every frame passes: its session, its action, the RECEIPT, or the answer to a frame that failed. No method
 * blocks; safe for any number of threads.
 */
public final class FrameSteps {
    private static final Logger LOG = LoggerFactory.getLogger(FrameSteps.class);
    private static final String AWAY = "Headquarters' store does not answer and nothing was confirmed. Try again later";
    private static final List<String> ACTIONS = List.of(
            "publish",
            "part",
            "acknowledge",
            "reject",
            "subscribe",
            "resumeParts",
            "unsubscribe",
            "registerKeys",
            "followKeys",
            "followReceipts",
            "askReceipts",
            "keepVerdict",
            "nextVerdicts",
            "followChain",
            "askChain",
            "followRevocations",
            "requestRenewal",
            "followRenewal",
            "followLog",
            "askLog",
            "followWhere",
            "askWhere");

    private final Sessions sessions;
    private final LiveTopology topology;
    private final Outage outage;
    private final RepeatedFaults faults = new RepeatedFaults();
    private final LimitedLines lines = new LimitedLines();

    /** @param outage logs a store that does not answer once, however many frames meet it */
    public FrameSteps(Sessions sessions, LiveTopology topology, Outage outage) {
        this.sessions = sessions;
        this.topology = topology;
        this.outage = outage;
    }

    /**
     * Finds the session of the frame's connection and counts the frame as in flight until its answer is written. Frames
     * that are refused count as well, those of an unknown site too.
     */
    public void openSession(Exchange exchange) {
        StompFrame frame = exchange.getMessage().getBody(StompFrame.class);
        exchange.setProperty(HqProperties.FRAME, frame);
        StompConnection connection = StompConnection.of(exchange);
        Session session = sessions.of(connection);
        exchange.setProperty(HqProperties.SESSION, session);
        int size = frame.size();
        session.admit(size);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                if (done.getMessage().getBody() == null) {
                    session.release(size);
                } else {
                    // An answer that the client does not read counts as the frame did.
                    connection.afterAnswers(() -> session.release(size));
                }
            }
        });
        if (!topology.current().knows(connection.peer())) {
            throw new Refusal(
                    Code.NOT_PERMITTED,
                    "Expected a site of the topology, found " + connection.peer()
                            + ". Headquarters adds it to topology.yaml, sites");
        }
    }

    /** From the event loop to a thread that may block, keeping the order in which the session's frames came. */
    public boolean takeTurn(Exchange exchange, AsyncCallback callback) {
        try {
            HqProperties.session(exchange).inOrder().execute(() -> callback.done(false));
            return false;
        } catch (RejectedExecutionException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }

    /** Names the action that the frame asks for. */
    public void nameAction(Exchange exchange) {
        exchange.setProperty(HqProperties.ACTION, action(HqProperties.frame(exchange)));
    }

    private static String action(StompFrame frame) {
        if (frame.header(Headers.TRANSACTION) != null) {
            throw new Refusal(
                    Code.NOT_PERMITTED,
                    "Transactions are not offered: expected no transaction header. Leave it out; each frame is"
                            + " confirmed by its own receipt");
        }
        return switch (frame.command()) {
            case SEND -> send(frame);
            case SUBSCRIBE -> subscribe(frame);
            case UNSUBSCRIBE -> "unsubscribe";
            case ACK -> "acknowledge";
            case NACK -> "reject";
            case CONNECT, STOMP, BEGIN, COMMIT, ABORT, DISCONNECT, CONNECTED, MESSAGE, RECEIPT, ERROR ->
                throw new Refusal(
                        Code.MALFORMED,
                        "Expected SEND, SUBSCRIBE, UNSUBSCRIBE, ACK, NACK or DISCONNECT, found " + frame.command());
        };
    }

    private static String send(StompFrame frame) {
        String destination = HqProperties.required(frame, Headers.DESTINATION);
        if (destination.startsWith(Headers.EXCHANGE_PREFIX)) {
            String part = frame.header(Headers.PART);
            return part == null || part.startsWith("1/") ? "publish" : "part";
        }
        return switch (destination) {
            case Headers.KEYS -> "registerKeys";
            case Headers.RECEIPTS -> "askReceipts";
            case Headers.VERDICTS -> "keepVerdict";
            case Headers.VERDICTS_NEXT -> "nextVerdicts";
            case Headers.CHAIN -> "askChain";
            case Headers.LOG -> "askLog";
            case Headers.WHERE -> "askWhere";
            case Headers.RENEWAL -> "requestRenewal";
            case Headers.RESUMES -> "resumeParts";
            default ->
                throw unknown(
                        "/exchange/<exchange>, /keys, /receipts, /verdicts, /chain, /log, /where, /renewal or /resume to send to",
                        destination);
        };
    }

    private static String subscribe(StompFrame frame) {
        String destination = HqProperties.required(frame, Headers.DESTINATION);
        if (destination.startsWith(Headers.QUEUE_PREFIX)) {
            return "subscribe";
        }
        if (destination.startsWith(Headers.KEYS_PREFIX)) {
            return "followKeys";
        }
        if (destination.startsWith(Headers.RECEIPTS_PREFIX)) {
            return "followReceipts";
        }
        if (destination.startsWith(Headers.CHAIN_PREFIX)) {
            return "followChain";
        }
        if (destination.equals(Headers.REVOCATIONS)) {
            return "followRevocations";
        }
        if (destination.startsWith(Headers.RENEWAL_PREFIX)) {
            return "followRenewal";
        }
        if (destination.startsWith(Headers.LOG_PREFIX)) {
            return "followLog";
        }
        if (destination.startsWith(Headers.WHERE_PREFIX)) {
            return "followWhere";
        }
        throw unknown(
                "/queue/<queue>, /keys/<site>, /receipts/<site>, /chain/<site>, /log/<site>, /where/<site>, /renewal/<site> or"
                        + " /revocations to subscribe to",
                destination);
    }

    private static Refusal unknown(String expected, String found) {
        return new Refusal(Code.UNKNOWN_DESTINATION, "Expected " + expected + ", found '" + Printable.of(found) + "'");
    }

    /**
     * One predicate for each action, by the name that routes refer to it by, such as {@code isPublish}. Each compares two
     * words: in the simple language that costs more than all other work on an acknowledgement.
     */
    public static Map<String, Predicate> predicates() {
        return ACTIONS.stream()
                .collect(Collectors.toMap(
                        action -> "is" + Character.toUpperCase(action.charAt(0)) + action.substring(1),
                        action -> exchange -> action.equals(exchange.getProperty(HqProperties.ACTION))));
    }

    /**
     * The RECEIPT for a frame that asked for one. For a part it says which part headquarters wants next. A frame that asked
     * for none gets no answer.
     */
    public void confirm(Exchange exchange) {
        String receipt = HqProperties.frame(exchange).header(Headers.RECEIPT);
        if (receipt == null) {
            exchange.getMessage().setBody(null);
            return;
        }
        Integer nextPart = exchange.getProperty(HqProperties.NEXT_PART, Integer.class);
        exchange.getMessage()
                .setBody(StompFrame.of(StompCommand.RECEIPT)
                        .header(Headers.RECEIPT_ID, receipt)
                        .header(Headers.NEXT_PART, nextPart == null ? null : nextPart.toString())
                        .build());
    }

    /** The answer to a frame that was refused or failed, and one log line. A timer's route has no frame and no answer. */
    public void refuse(Exchange exchange) {
        Throwable fault = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        StompFrame frame = HqProperties.frame(exchange);
        StoreException outageOf = passing(fault);
        if (outageOf != null) {
            outage.failed(outageOf.getMessage());
            exchange.getMessage().setBody(frame == null ? null : failed(frame, AWAY));
        } else if (frame == null) {
            String text = FaultText.of(fault);
            String route = exchange.getFromRouteId();
            faults.occurred(route + " " + RepeatedFaults.kindOf(text))
                    .ifPresent(repeats -> LOG.error("{}: failed: {}{}", route, text, repeats, fault));
        } else {
            exchange.getMessage().setBody(answer(StompConnection.of(exchange), frame, fault));
        }
    }

    private StompFrame answer(StompConnection connection, StompFrame frame, Throwable fault) {
        String about = Printable.of(frame.header(Headers.MESSAGE_ID) == null ? "-" : frame.header(Headers.MESSAGE_ID));
        if (fault instanceof Refusal refusal) {
            lines.line(connection.peer() + " " + refusal.code())
                    .ifPresent(more -> LOG.warn(
                            "{} {}: {} refused, {}: {}{}",
                            about,
                            connection.peer(),
                            frame.command(),
                            refusal.code().text(),
                            refusal.reason(),
                            more));
            return StompReplies.refusal(connection, frame, refusal);
        }
        String id = UUID.randomUUID().toString();
        LOG.error(
                "{} {}: {} failed, {}: {}", about, connection.peer(), frame.command(), id, FaultText.of(fault), fault);
        return failed(
                frame,
                "Headquarters could not do it and nothing was confirmed; its log says why under " + id
                        + ". Try again later");
    }

    private static StompFrame failed(StompFrame frame, String message) {
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
