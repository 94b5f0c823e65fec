package io.saddlebag.stomp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The usual header names, found by their bytes so that a decoder makes no new text for them. */
final class HeaderNames {
    private static final List<String> KNOWN = List.of(
            Headers.ACCEPT_VERSION,
            Headers.ACK,
            Headers.CODE,
            Headers.CONTENT_LENGTH,
            Headers.CONTENT_TYPE,
            Headers.DELIVERY_RECEIPT,
            Headers.DESTINATION,
            Headers.HEART_BEAT,
            Headers.HOST,
            Headers.ID,
            Headers.MANIFEST_LENGTH,
            Headers.MESSAGE,
            Headers.MESSAGE_ID,
            Headers.MESSAGE_ID_OF_STOMP,
            Headers.PART,
            Headers.PREFETCH_COUNT,
            Headers.REASON,
            Headers.RECEIPT,
            Headers.RECEIPT_ID,
            Headers.RECEIVER_CLIENT_ID,
            Headers.REQUEUE,
            Headers.ROUTING_KEY,
            Headers.SENDER_ID,
            Headers.SENT_TIMESTAMP,
            Headers.STATUS,
            Headers.SUBSCRIPTION,
            Headers.TRANSACTION);
    private static final int SLOTS = 256;
    private static final Known[] TABLE = table();

    private record Known(String name, byte[] bytes) {}

    private HeaderNames() {}

    private static Known[] table() {
        Known[] table = new Known[SLOTS];
        for (String name : KNOWN) {
            byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
            int slot = slot(bytes, 0, bytes.length);
            while (table[slot] != null) {
                slot = (slot + 1) % SLOTS;
            }
            table[slot] = new Known(name, bytes);
        }
        return table;
    }

    private static int slot(byte[] line, int from, int to) {
        int hash = to - from;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + line[i];
        }
        return (hash ^ hash >>> 8 ^ hash >>> 16) & SLOTS - 1;
    }

    /** The known name in that range, or null. */
    static String known(byte[] line, int from, int to) {
        int slot = slot(line, from, to);
        while (TABLE[slot] != null) {
            byte[] bytes = TABLE[slot].bytes;
            if (Arrays.equals(line, from, to, bytes, 0, bytes.length)) {
                return TABLE[slot].name;
            }
            slot = (slot + 1) % SLOTS;
        }
        return null;
    }
}
