package io.saddlebag.hq.simulation;

import io.saddlebag.hq.routing.QueueRules;
import io.saddlebag.hq.store.MemoryMessageStore;
import io.saddlebag.hq.store.MemoryMessageStore.Row;
import io.saddlebag.hq.store.MemoryPayloadStore;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompFrame;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The model: what each side said and was told, in the simplest words, and what must hold of it. It looks at the disk as a
 * power cut would leave it, and never at headquarters' memory.
 */
final class Ledger {
    private final MemoryMessageStore messages;
    private final MemoryPayloadStore payloads;
    private final Map<String, QueueRules> rules;
    private final Set<Parcel> parcels = new HashSet<>();
    private final Set<Parcel> confirmed = new HashSet<>();
    /** By delivery, the connection and token that it is in flight with. */
    private final Map<String, Flight> flights = new HashMap<>();

    private final Set<String> delivered = new HashSet<>();
    private final Set<String> acknowledged = new HashSet<>();
    private final Set<String> rejected = new HashSet<>();
    private final Set<Long> pushed = new HashSet<>();
    private Violation first;

    private record Flight(Wire wire, String subscription, String token) {}

    Ledger(
            MemoryMessageStore messages,
            MemoryPayloadStore payloads,
            Map<String, QueueRules> rules,
            Collection<Parcel> parcels) {
        this.rules = rules;
        this.messages = messages;
        this.payloads = payloads;
        this.parcels.addAll(parcels);
    }

    /** Kept too, since headquarters catches what is thrown into it. */
    private Violation violation(String what) {
        Violation violation = new Violation(what);
        if (first == null) {
            first = violation;
        }
        return violation;
    }

    /** Headquarters tells the sender that the message is committed. */
    void confirms(Parcel parcel) {
        requireKept(parcel, "confirmed");
        confirmed.add(parcel);
    }

    /** Headquarters tells the sender that the message_id has another manifest. */
    void refusesAsConflict(Parcel parcel) {
        Row row = messages.row(parcel.lab(), parcel.id());
        if (row == null || isOf(row, parcel)) {
            throw violation(parcel + " was refused for a conflict with nothing");
        }
    }

    private static boolean isOf(Row row, Parcel parcel) {
        return row.publication().manifestSha256().equals(parcel.manifestSha256());
    }

    private void requireKept(Parcel parcel, String what) {
        Row row = messages.row(parcel.lab(), parcel.id());
        if (row == null) {
            throw violation(parcel + " was " + what + " and is not in the store");
        }
        if (!isOf(row, parcel)) {
            throw violation(parcel + " was " + what + " and another manifest is in the store");
        }
        if (row.isDoubtful()) {
            throw violation(parcel + " was " + what + " and is doubtful");
        }
        if (row.needsPayload() && !payloads.isDurable(row.payload())) {
            throw violation(parcel + " was " + what + ", is needed, and its payload would not survive a power cut");
        }
    }

    /** Headquarters sends a MESSAGE to the site at the other end. */
    void pushes(Wire wire, StompFrame frame) {
        String delivery = frame.header(Headers.MESSAGE_ID_OF_STOMP);
        String queue = delivery.substring(0, delivery.indexOf('/'));
        long number = Long.parseLong(delivery.substring(queue.length() + 1));
        Row row = messages.row(number);
        // A node that has ended unknowingly may deliver once more what is settled elsewhere.
        boolean isOver = wire.hq().isNode() && row != null && row.ends().get(queue) != null;
        if (row == null || (!isOver && !payloads.isDurable(row.payload()))) {
            throw violation(delivery + " was delivered and would not survive a power cut");
        }
        Parcel parcel = parcelOf(row);
        SiteId site = wire.site();
        if (!parcel.isFor(site)
                || !queue.equals(Parcel.queue(site))
                || !site.value().equals(frame.header(Headers.RECEIVER_CLIENT_ID))) {
            throw violation(parcel + " was delivered to " + site + " from " + queue);
        }
        if (row.isDoubtful()) {
            throw violation(parcel + " was delivered to " + site + " and is doubtful");
        }
        if (row.ends().get(queue) != null && !isOver) {
            throw violation(parcel + " was delivered to " + site + " after its end was committed");
        }
        String[] part = frame.header(Headers.PART).split("/");
        int at = Integer.parseInt(part[0]);
        if (!parcel.isPart(at, frame.body())) {
            throw violation(parcel + " was delivered to " + site + " with other bytes");
        }
        if (rules.get(queue).ordered()) {
            requireTurn(row, queue);
        }
        Flight flight = new Flight(wire, frame.header(Headers.SUBSCRIPTION), frame.header(Headers.ACK));
        String place = delivery + " of " + wire.hq();
        Flight before = at == 1 ? flights.put(place, flight) : null;
        if (before != null) {
            throw violation(parcel + " is in flight at two consumers of " + queue);
        }
        if (at > 1 && !flight.equals(flights.get(place))) {
            throw violation(parcel + " goes on with part " + at + " and is not in flight there");
        }
        pushed.add(number);
        if (at == Integer.parseInt(part[1])) {
            delivered.add(delivery);
        }
    }

    /** On an ordered queue nothing of a sender overtakes what was confirmed before; a doubtful message was not. */
    private void requireTurn(Row row, String queue) {
        for (Row other : messages.rows()) {
            if (other.number() < row.number()
                    && other.completed().get() < row.number()
                    && other.publication().senderId().equals(row.publication().senderId())
                    && other.waitsOn(queue)) {
                throw violation(parcelOf(row) + " overtook " + parcelOf(other) + " on " + queue);
            }
        }
    }

    private Parcel parcelOf(Row row) {
        return parcels.stream()
                .filter(parcel -> parcel.lab().equals(row.publication().senderId())
                        && parcel.id().equals(row.publication().messageId())
                        && isOf(row, parcel))
                .findFirst()
                .orElseThrow(() -> violation("Message " + row.number() + " was never published"));
    }

    /** The connection is over, or broken off, as far as headquarters knows. */
    void ends(Wire wire) {
        flights.values().removeIf(flight -> flight.wire() == wire);
    }

    void ends(Wire wire, String subscription) {
        flights.values()
                .removeIf(
                        flight -> flight.wire() == wire && flight.subscription().equals(subscription));
    }

    /** Headquarters was killed: nothing is in flight any more. */
    void crashes(Headquarters hq) {
        flights.values().removeIf(flight -> flight.wire().hq() == hq);
    }

    /** A node commits messages which others have ended. */
    void commitsThoughEnded(int count) {
        throw violation(count + " messages are committed by a node that has ended");
    }

    /** A receiver, to whom it was delivered, says that it has it. */
    void acknowledges(String delivery) {
        acknowledged.add(delivery);
    }

    /** A receiver, to whom it was delivered, says that nobody should try again. */
    void rejects(String delivery) {
        rejected.add(delivery);
    }

    /** Headquarters took an ACK or NACK of this token; the delivery is not in flight any more. */
    void takes(Wire wire, String token) {
        flights.values()
                .removeIf(
                        flight -> flight.token().equals(token) && flight.wire().hq() == wire.hq());
    }

    /** Headquarters tells the receiver that its acknowledgement is committed. */
    void confirmsEnd(String delivery) {
        String queue = delivery.substring(0, delivery.indexOf('/'));
        Row row = messages.row(Long.parseLong(delivery.substring(queue.length() + 1)));
        if (row == null || row.ends().get(queue) == null) {
            throw violation(delivery + ": its end was confirmed and is not in the store");
        }
    }

    /** The store has committed. */
    void committed(List<Settlement> settlements, Instant now) {
        for (Settlement settlement : settlements) {
            Row row = messages.row(settlement.messageNumber());
            for (Map.Entry<String, Settlement> end : row == null
                    ? Set.<Map.Entry<String, Settlement>>of()
                    : row.ends().entrySet()) {
                if (end.getValue() == settlement) {
                    requireReason(row, end.getKey(), settlement, now);
                }
            }
        }
    }

    private void requireReason(Row row, String queue, Settlement settlement, Instant now) {
        String delivery = queue + "/" + row.number();
        boolean justified =
                switch (settlement.outcome()) {
                    case ACKNOWLEDGED -> delivered.contains(delivery) && acknowledged.contains(delivery);
                    case DEAD_LETTERED ->
                        (delivered.contains(delivery) && rejected.contains(delivery)) || isSpent(queue, settlement);
                    case DISCARDED, LOST, RETURNED -> false;
                    case EXPIRED ->
                        row.publication().expires() != null
                                && !now.isBefore(row.publication().expires());
                };
        if (!justified) {
            throw violation(parcelOf(row) + " on " + queue + " ended as " + settlement.outcome() + " without a reason: "
                    + settlement.reason());
        }
    }

    private boolean isSpent(String queue, Settlement settlement) {
        int limit = rules.get(queue).deliveryLimit();
        return limit > 0 && settlement.attempts() >= limit;
    }

    /** The store marks messages as never confirmed. */
    void doubts(Collection<Long> numbers) {
        for (long number : numbers) {
            if (pushed.contains(number)) {
                throw violation("Message " + number + " became doubtful after it had been delivered");
            }
        }
    }

    /** The store takes messages for damaged: no disk is, here. */
    void loses(Collection<Long> numbers) {
        if (!numbers.isEmpty()) {
            throw violation("Messages " + numbers + " became dead letters, and no disk was damaged");
        }
    }

    /** At every step: nothing that was confirmed is lost, and nothing was found on the way. */
    void check() {
        if (first != null) {
            throw first;
        }
        confirmed.forEach(parcel -> requireKept(parcel, "confirmed"));
    }

    /**
     * True while something is still to happen to it. A doubtful message whose lab was refused for good, and repeats
     * nothing, becomes a dead letter after a day.
     */
    boolean isOpen(Row row, Map<Parcel, Boolean> byLab) {
        return row.waits() && !(row.isDoubtful() && Boolean.FALSE.equals(byLab.get(parcelOf(row))));
    }

    /** Refused as expired at one node, while the commit of a first try was under way at another. */
    private boolean isRefusedTooLate(Parcel parcel, boolean done) {
        Row row = messages.row(parcel.lab(), parcel.id());
        return !done && row != null && row.publication().expires() != null;
    }

    /**
     * At the end, when all had time enough.
     *
     * @param ofNodes whether payloads may be left that a sweeper will find
     */
    void checkEnd(Map<Parcel, Boolean> byLab, boolean ofNodes) {
        byLab.forEach((parcel, done) -> {
            if (done != confirmed.contains(parcel) && !(ofNodes && isRefusedTooLate(parcel, done))) {
                throw violation(parcel + ": its lab takes it for " + (done ? "confirmed" : "refused"));
            }
        });
        for (Row row : messages.rows()) {
            if (isOpen(row, byLab)) {
                throw violation(parcelOf(row) + " was never delivered, its ends are " + row.ends());
            }
        }
        long needed = messages.rows().stream().filter(Row::needsPayload).count();
        for (Row row : messages.rows()) {
            if (row.needsPayload() && !payloads.isDurable(row.payload())) {
                throw violation(parcelOf(row) + " is needed, and its payload would not survive a power cut");
            }
        }
        if (ofNodes ? payloads.size() < needed : payloads.size() != needed) {
            throw violation(payloads.size() + " payloads are kept where " + needed + " are needed");
        }
    }
}
