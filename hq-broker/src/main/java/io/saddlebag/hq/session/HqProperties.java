package io.saddlebag.hq.session;

import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;

/** The exchange properties of headquarters' routes. A property keeps the frame, since steps change the body. */
public final class HqProperties {
    /** The {@link Session} that the frame came on. */
    public static final String SESSION = "session";
    /** The {@link StompFrame} as it came. */
    public static final String FRAME = "frame";
    /** The action that the frame asks for, which chooses the route. */
    public static final String ACTION = "action";

    /** The {@link io.saddlebag.hq.queue.PendingDelivery} that an ACK is about; still in flight. */
    public static final String DELIVERY = "delivery";
    /** The envelope of the delivery receipt that an ACK brought; not set when it brought none. */
    public static final String RECEIPT = "deliveryReceipt";

    /** The {@link io.saddlebag.message.Sha256} of the verified receipt's JSON; set with {@link #RECEIPT}. */
    public static final String RECEIPT_SHA256 = "deliveryReceiptSha256";

    /** The number of the part that headquarters wants next; not set unless the frame brought one of several parts. */
    public static final String NEXT_PART = "nextPart";

    private HqProperties() {}

    public static Session session(Exchange exchange) {
        return exchange.getProperty(SESSION, Session.class);
    }

    public static StompFrame frame(Exchange exchange) {
        return exchange.getProperty(FRAME, StompFrame.class);
    }

    /** @throws Refusal {@code MALFORMED} when the bytes are not JSON of that type */
    public static <T> T json(byte[] bytes, Class<T> type) {
        try {
            return Json.read(bytes, type);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Code.MALFORMED, e.getMessage(), e);
        }
    }

    /** @throws Refusal {@code MALFORMED} when the frame has no such header */
    public static String required(StompFrame frame, String header) {
        String value = frame.header(header);
        if (value == null || value.isBlank()) {
            throw new Refusal(
                    Code.MALFORMED,
                    "Expected the header " + header + " on " + frame.command() + ", found "
                            + (value == null ? "none" : "'" + Printable.of(value) + "'") + ". Add it");
        }
        return value;
    }
}
