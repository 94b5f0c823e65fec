package io.saddlebag.hq.simulation;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A sender with a durable spool: sends the same bytes until they are confirmed, or refused for good. Sends again too what
 * was confirmed, since a confirm can be lost on the way.
 */
final class Lab implements Client {
    private final World world;
    private final SiteId site;
    /** The outcome of each; null while it is not known. */
    private final Map<Parcel, Boolean> ends = new LinkedHashMap<>();

    private Wire wire;

    Lab(World world, SiteId site, List<Parcel> parcels) {
        this.world = world;
        this.site = site;
        parcels.forEach(parcel -> ends.put(parcel, null));
    }

    @Override
    public SiteId site() {
        return site;
    }

    /** By parcel, whether it was confirmed; null while that is not known. */
    Map<Parcel, Boolean> ends() {
        return ends;
    }

    @Override
    public void act() {
        if (wire == null) {
            wire = world.connect(this);
        } else if (world.random.nextInt(12) == 0) {
            world.note(() -> site + " cuts its connection");
            wire.cut();
            wire = null;
        } else {
            List<Parcel> parcels = List.copyOf(ends.keySet());
            Parcel parcel = parcels.get(world.random.nextInt(parcels.size()));
            if (ends.get(parcel) == null || world.random.nextInt(5) == 0) {
                send(parcel, 1, world.random.nextInt(4) == 0 ? parcel.parts() : 1);
            }
        }
    }

    @Override
    public void work() {
        if (!ends.containsValue(null)) {
            return;
        }
        if (wire == null) {
            wire = world.connect(this);
        }
        if (wire != null) {
            // Sends two that are in conflict one after the other: parts are told apart by their message_id only.
            Set<MessageId> ids = new HashSet<>();
            ends.forEach((parcel, end) -> {
                if (end == null && ids.add(parcel.id())) {
                    send(parcel, 1, 1);
                }
            });
        }
    }

    private void send(Parcel parcel, int from, int to) {
        world.note(() -> site + " sends " + parcel + " part " + from + " to " + to);
        for (int part = from; part <= to; part++) {
            wire.send(parcel.frame(part));
        }
    }

    private Parcel parcelOf(String receipt) {
        for (Parcel parcel : ends.keySet()) {
            if (receipt.startsWith(
                    parcel.shape().number() + "." + parcel.shape().variant() + ".")) {
                return parcel;
            }
        }
        throw new Violation("A receipt for what was never sent: " + receipt);
    }

    private static boolean confirms(Parcel parcel, StompFrame frame) {
        String next = frame.header("next-part");
        return next == null ? parcel.parts() == 1 : Integer.parseInt(next) > parcel.parts();
    }

    @Override
    public void watch(Wire from, StompFrame frame) {
        Parcel parcel = parcelOf(frame.header(Headers.RECEIPT_ID));
        String code = frame.header(Headers.CODE);
        if (code == null) {
            if (confirms(parcel, frame)) {
                world.note(() -> "headquarters confirms " + parcel);
                world.ledger.confirms(parcel);
            }
            return;
        }
        world.note(() -> "headquarters refuses " + parcel + ": " + code + " " + frame.header(Headers.REASON));
        if (code.equals("conflict")) {
            world.ledger.refusesAsConflict(parcel);
        }
    }

    @Override
    public void received(Wire from, StompFrame frame) {
        Parcel parcel = parcelOf(frame.header(Headers.RECEIPT_ID));
        String code = frame.header(Headers.CODE);
        if (code == null && confirms(parcel, frame)) {
            ends.put(parcel, true);
        } else if (code == null) {
            int next = Integer.parseInt(frame.header("next-part"));
            if (from == wire) {
                send(parcel, next, next);
            }
        } else if ((code.equals("conflict") || code.equals("expired")) && ends.get(parcel) == null) {
            ends.put(parcel, false);
        }
        if (frame.command() == StompCommand.ERROR && from == wire) {
            wire = null;
        }
    }

    @Override
    public void lost(Wire lost) {
        if (lost == wire) {
            wire = null;
        }
    }
}
