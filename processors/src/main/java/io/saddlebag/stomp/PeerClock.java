package io.saddlebag.stomp;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The peer's clock as its header {@value Headers#TIME} showed it, against this site's own.
 *
 * @param ahead of this site's clock; negative when the peer's is behind
 * @param within half of the time in which the peer may have looked at its clock: {@code ahead} is true to this much
 */
public record PeerClock(Duration ahead, Duration within) {
    /** A difference up to this one is usual where nothing sets the clocks. */
    static final Duration USUAL = Duration.ofMinutes(1);

    /**
     * Compares.
     *
     * @param header the peer's time; null, or anything else that is no time, tells nothing
     * @param earliest this site's time when the peer may have looked first
     * @param latest when it may have looked last
     */
    public static Optional<PeerClock> of(String header, Instant earliest, Instant latest) {
        if (header == null) {
            return Optional.empty();
        }
        try {
            Instant peers = Instant.parse(header);
            Duration within = Duration.between(earliest, latest).dividedBy(2);
            return Optional.of(new PeerClock(Duration.between(earliest.plus(within), peers), within));
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** True when the clocks certainly differ by more than a minute. */
    public boolean differs() {
        return ahead.abs().minus(within).compareTo(USUAL) > 0;
    }

    /** Such as {@code 90 min 5 s behind}, of the peer's clock. */
    public String difference() {
        Duration size = ahead.abs();
        String text = size.toHours() >= 48
                ? size.toDays() + " days"
                : size.toMinutes() >= 1
                        ? size.toMinutes() + " min " + size.toSecondsPart() + " s"
                        : size.toSeconds() + " s";
        return text + (ahead.isNegative() ? " behind" : " ahead of");
    }
}
