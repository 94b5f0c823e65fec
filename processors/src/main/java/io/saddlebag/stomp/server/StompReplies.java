package io.saddlebag.stomp.server;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.StompFrame;
import java.nio.charset.StandardCharsets;

/** The frames that a server answers with. */
public final class StompReplies {
    private StompReplies() {}

    /** RECEIPT for the frame that asked for one; null when it did not. */
    public static StompFrame receipt(StompFrame answered) {
        String receipt = answered.header(Headers.RECEIPT);
        return receipt == null ? null : receiptOf(receipt).build();
    }

    /** A RECEIPT to add headers to. */
    public static StompFrame.Builder receiptOf(String receiptId) {
        return StompFrame.of(StompCommand.RECEIPT).header(Headers.RECEIPT_ID, receiptId);
    }

    /**
     * The answer to a frame that is refused. It is a rejected RECEIPT when the client asked for those on CONNECT and
     * for a receipt of this frame. Otherwise it is an ERROR, after which the connection closes by itself.
     */
    public static StompFrame refusal(StompConnection connection, StompFrame refused, Refusal refusal) {
        String receipt = refused.header(Headers.RECEIPT);
        if (receipt == null || !connection.rejectionsAsReceipts()) {
            return error(refusal, receipt);
        }
        return receiptOf(receipt)
                .header(Headers.STATUS, Headers.STATUS_REJECTED)
                .header(Headers.CODE, refusal.code().text())
                .header(Headers.REASON, cut(refusal.reason()))
                .build();
    }

    /**
     * An ERROR; sending it closes the connection.
     *
     * @param receiptId of the frame that caused it; may be null
     */
    static StompFrame error(Refusal refusal, String receiptId) {
        return error(refusal.code().text(), refusal.reason(), receiptId);
    }

    static StompFrame error(String code, String reason, String receiptId) {
        return StompFrame.of(StompCommand.ERROR)
                .header(Headers.RECEIPT_ID, receiptId)
                .header(Headers.CODE, code)
                .header(Headers.MESSAGE, cut(reason))
                .header(Headers.CONTENT_TYPE, "text/plain")
                .body(reason.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private static String cut(String reason) {
        return Printable.shortened(reason, Printable.MAX_REASON).toString();
    }
}
