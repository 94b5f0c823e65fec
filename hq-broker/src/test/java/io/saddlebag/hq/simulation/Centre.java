package io.saddlebag.hq.simulation;

import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.util.ArrayList;
import java.util.List;

/**
 * A receiver: takes whole messages and acknowledges them, soon or late, twice, on another connection, or not at all;
 * tries the tokens of others too.
 */
final class Centre implements Client {
    private static final int MOST_WIRES = 2;

    private final World world;
    private final SiteId site;
    private final List<Held> allTokens;
    private final List<Wire> wires = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();
    private boolean atWork;
    private int lastSubscription;

    /** A delivery that arrived whole, where it came from, and the word to settle it by. */
    record Held(Wire wire, String token, String delivery) {}

    /** @param allTokens of all centres */
    Centre(World world, SiteId site, List<Held> allTokens) {
        this.world = world;
        this.site = site;
        this.allTokens = allTokens;
    }

    @Override
    public SiteId site() {
        return site;
    }

    @Override
    public void act() {
        int choice = world.random.nextInt(20);
        if (wires.isEmpty() || (choice == 0 && wires.size() < MOST_WIRES)) {
            connect(world.random.nextInt(3) + 1);
        } else if (choice == 1) {
            Wire gone = wires.remove(world.random.nextInt(wires.size()));
            world.note(() -> site + " cuts its connection");
            gone.cut();
        } else if (choice == 2) {
            anyWire()
                    .send(StompFrame.of(StompCommand.UNSUBSCRIBE)
                            .header(Headers.ID, "s" + (1 + world.random.nextInt(lastSubscription)))
                            .build());
        } else if (choice == 3 && !allTokens.isEmpty()) {
            // Somebody else's, or one that was settled before, or one of a connection that is gone.
            Held any = allTokens.get(world.random.nextInt(allTokens.size()));
            if (any.wire().site().equals(site)) {
                world.ledger.acknowledges(any.delivery());
            }
            anyWire().send(acknowledgement(any, "any"));
        } else if (choice == 4) {
            subscribe(anyWire(), world.random.nextInt(3) + 1);
        } else if (!held.isEmpty()) {
            settle(held.remove(world.random.nextInt(held.size())), choice);
        }
    }

    private Wire anyWire() {
        return wires.get(world.random.nextInt(wires.size()));
    }

    private void settle(Held one, int choice) {
        if (choice == 5) {
            world.ledger.rejects(one.delivery());
            one.wire().send(rejection(one, "false"));
        } else if (choice < 8) {
            one.wire().send(rejection(one, "true"));
        } else {
            acknowledge(one);
        }
    }

    private void acknowledge(Held one) {
        world.ledger.acknowledges(one.delivery());
        one.wire().send(acknowledgement(one, one.delivery()));
    }

    private static StompFrame acknowledgement(Held one, String receipt) {
        return StompFrame.of(StompCommand.ACK)
                .header(Headers.ID, one.token())
                .header(Headers.RECEIPT, receipt)
                .build();
    }

    private static StompFrame rejection(Held one, String requeue) {
        return StompFrame.of(StompCommand.NACK)
                .header(Headers.ID, one.token())
                .header(Headers.REQUEUE, requeue)
                .header(Headers.REASON, "no room")
                .header(Headers.RECEIPT, requeue.equals("false") ? one.delivery() : "any")
                .build();
    }

    private void connect(int prefetch) {
        Wire wire = world.connect(this);
        if (wire != null) {
            wires.add(wire);
            subscribe(wire, prefetch);
        }
    }

    private void subscribe(Wire wire, int prefetch) {
        wire.send(StompFrame.of(StompCommand.SUBSCRIBE)
                .header(Headers.ID, "s" + ++lastSubscription)
                .header(Headers.DESTINATION, Headers.QUEUE_PREFIX + Parcel.queue(site))
                .header(Headers.ACK, "client-individual")
                .header(Headers.PREFETCH_COUNT, prefetch)
                .build());
    }

    @Override
    public void work() {
        if (!atWork) {
            // As after a restart: nothing of the past is known any more.
            atWork = true;
            wires.forEach(Wire::cut);
            wires.clear();
            held.clear();
        }
        for (Wire wire : world.connectToOthers(this, wires)) {
            wires.add(wire);
            subscribe(wire, 3);
        }
    }

    @Override
    public void watch(Wire wire, StompFrame frame) {
        String receipt = frame.header(Headers.RECEIPT_ID);
        if (frame.command() == StompCommand.MESSAGE) {
            world.note(() -> frame.header(Headers.MESSAGE_ID_OF_STOMP) + " part " + frame.header(Headers.PART)
                    + " goes to " + site + " as " + frame.header(Headers.ACK));
        } else if (frame.header(Headers.CODE) != null) {
            world.note(() -> "headquarters refuses " + site + ": " + frame.header(Headers.REASON));
        } else if (frame.command() == StompCommand.RECEIPT && !receipt.equals("any")) {
            world.note(() -> "headquarters confirms the end of " + receipt);
            world.ledger.confirmsEnd(receipt);
        }
    }

    @Override
    public void received(Wire wire, StompFrame frame) {
        if (frame.command() == StompCommand.ERROR) {
            wires.remove(wire);
        }
        if (frame.command() != StompCommand.MESSAGE) {
            return;
        }
        String[] part = frame.header(Headers.PART).split("/");
        if (!part[0].equals(part[1])) {
            return;
        }
        Held whole = new Held(wire, frame.header(Headers.ACK), frame.header(Headers.MESSAGE_ID_OF_STOMP));
        allTokens.add(whole);
        if (atWork) {
            acknowledge(whole);
        } else {
            held.add(whole);
        }
    }

    @Override
    public void lost(Wire wire) {
        wires.remove(wire);
        held.removeIf(one -> one.wire() == wire && world.random.nextBoolean());
    }
}
