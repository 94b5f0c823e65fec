package io.saddlebag.hq.frames;

import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code nameAction}: what the frame asks for, in a word that the accept route chooses by. */
public final class NameAction implements Processor {
    @Override
    public void process(Exchange exchange) {
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
        if (destination.equals(Headers.KEYS)) {
            return "register-keys";
        }
        if (destination.startsWith(Headers.EXCHANGE_PREFIX)) {
            String part = frame.header(Headers.PART);
            return part == null || part.startsWith("1/") ? "publish" : "part";
        }
        if (destination.equals(Headers.RECEIPTS)) {
            return "ask-receipts";
        }
        if (destination.equals(Headers.CHAIN)) {
            return "ask-chain";
        }
        throw unknown("/exchange/<exchange>, /keys, /receipts or /chain to send to", destination);
    }

    private static String subscribe(StompFrame frame) {
        String destination = HqProperties.required(frame, Headers.DESTINATION);
        if (destination.startsWith(Headers.QUEUE_PREFIX)) {
            return "subscribe";
        }
        if (destination.startsWith(Headers.KEYS_PREFIX)) {
            return "follow-keys";
        }
        if (destination.startsWith(Headers.RECEIPTS_PREFIX)) {
            return "follow-receipts";
        }
        if (destination.startsWith(Headers.CHAIN_PREFIX)) {
            return "follow-chain";
        }
        throw unknown("/queue/<queue>, /keys/<site>, /receipts/<site> or /chain/<site> to subscribe to", destination);
    }

    private static Refusal unknown(String expected, String found) {
        return new Refusal(Code.UNKNOWN_DESTINATION, "Expected " + expected + ", found '" + Printable.of(found) + "'");
    }
}
