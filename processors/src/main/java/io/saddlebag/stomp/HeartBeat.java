package io.saddlebag.stomp;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.time.Duration;

/**
 * The header {@code heart-beat:sends,wants} (STOMP 1.2, Heart-beating), in milliseconds; zero is "not at all".
 *
 * @param sends how often its author can send something
 * @param wants how often its author would like to hear something
 */
public record HeartBeat(long sends, long wants) {
    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);
    static final HeartBeat NONE = new HeartBeat(0, 0);
    private static final long MAX_MILLIS = Duration.ofDays(1).toMillis();

    public static HeartBeat every(Duration interval) {
        return new HeartBeat(interval.toMillis(), interval.toMillis());
    }

    /**
     * @param header null when the frame has none
     * @throws Refusal MALFORMED
     */
    public static HeartBeat parse(String header) {
        if (header == null) {
            return NONE;
        }
        int comma = header.indexOf(',');
        try {
            return new HeartBeat(millis(header.substring(0, Math.max(comma, 0))), millis(header.substring(comma + 1)));
        } catch (NumberFormatException e) {
            throw new Refusal(
                    Refusal.Code.MALFORMED,
                    "expected heart-beat:SENDS,WANTS in milliseconds, found '" + Printable.of(header) + "'",
                    e);
        }
    }

    private static long millis(String digits) {
        long millis = Long.parseLong(digits);
        if (millis < 0 || digits.charAt(0) == '+') {
            throw new NumberFormatException(digits);
        }
        return Math.min(millis, MAX_MILLIS);
    }

    /** The interval at which this end has to send, given the other end's {@code other}; 0 for never. */
    long sendInterval(HeartBeat other) {
        return sends == 0 || other.wants == 0 ? 0 : Math.max(sends, other.wants);
    }

    /** The interval at which this end has to receive something; 0 for never. */
    long receiveInterval(HeartBeat other) {
        return other.sendInterval(this);
    }

    public String header() {
        return sends + "," + wants;
    }
}
