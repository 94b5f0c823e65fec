package io.saddlebag.hq.simulation;

import io.saddlebag.hq.HqSteps;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.Reconciler;
import io.saddlebag.hq.store.SteppedWriter;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RunningTimes;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultExchange;

/** Headquarters from a start to its end by a kill: the real steps, writer, queues and repair, on the world's threads. */
final class Headquarters {
    private static final String WIRE = "wire";

    private final World world;
    private final SteppedWriter writer;
    private final FaultyPayloads payloads;
    private final HqSteps steps;
    private final Map<String, Object> beans;
    private final List<Wire> wires = new ArrayList<>();
    private boolean alive = true;

    /**
     * Repairs and starts.
     *
     * @throws Crashed when it was killed while it did
     */
    Headquarters(World world) throws StoreException, IOException {
        this.world = world;
        SteppedWriter.ParallelSync sync = new SteppedWriter.ParallelSync();
        FaultyMessages messages = new FaultyMessages(world, this, sync);
        payloads = new FaultyPayloads(world, this);
        world.payloads.reopen();
        Clock clock = world.turns.clock();
        if (world.breakage != Breakage.SKIPS_THE_REPAIR) {
            new Reconciler(messages, payloads, clock).run();
        }
        writer = new SteppedWriter(messages, payloads, world.commitQueue, clock, sync);
        steps = new HqSteps(
                world.setting.topology(),
                Parcel.NETWORK,
                new HqSteps.Stores(messages, payloads, writer.writer(), new Outage()),
                new HqSteps.Threads(
                        world.turns.pool(this::isAlive),
                        world.turns.pool(this::isAlive),
                        new Later(world.turns, () -> alive && world.breakage != Breakage.FORGETS_WHAT_IS_GIVEN_BACK)),
                RunningTimes.sinceEver(clock),
                world.limits);
        beans = new HashMap<>(steps.byName());
        beans.put("openSession", (Processor) this::openSession);
        world.note(() -> "headquarters is up");
    }

    boolean isAlive() {
        return alive;
    }

    void requireAlive() {
        if (!alive) {
            throw new Crashed();
        }
    }

    /** A place where it may be killed. */
    void mayCrash(String where) {
        requireAlive();
        if (world.faults.strike()) {
            crash(where);
            throw new Crashed();
        }
    }

    /** A power cut: what was not durable may be gone, and no task of it runs any more. */
    void crash(String where) {
        world.note(() -> "headquarters is killed " + where);
        alive = false;
        world.payloads.cut(world.random);
        world.ledger.crashes();
        wires.forEach(Wire::lose);
    }

    Wire connect(Client client, boolean rejectionsAsReceipts) {
        Wire wire = new Wire(world, this, client, rejectionsAsReceipts);
        wire.open(steps.dispatcher(), world.turns.pool(this::isAlive), world.limits.session());
        wires.add(wire);
        return wire;
    }

    private void openSession(Exchange exchange) {
        Wire wire = exchange.getProperty(WIRE, Wire.class);
        StompFrame frame = exchange.getMessage().getBody(StompFrame.class);
        exchange.setProperty(HqProperties.FRAME, frame);
        exchange.setProperty(HqProperties.SESSION, wire.session());
        wire.session().admit(frame.body().length);
    }

    /** A frame came, on its connection's event loop. */
    void accept(Wire wire, StompFrame frame) {
        Exchange exchange = new DefaultExchange(world.setting.camel());
        exchange.setProperty(WIRE, wire);
        exchange.getMessage().setBody(frame);
        world.setting.routes().run("direct:hq-frame", exchange, beans, () -> answer(wire, frame, exchange));
        // Taken out of flight, though it is not settled yet; the exchange would have the refusal.
        if (Set.of(StompCommand.ACK, StompCommand.NACK).contains(frame.command()) && exchange.getException() == null) {
            world.ledger.takes(frame.header(Headers.ID));
        }
    }

    private void answer(Wire wire, StompFrame frame, Exchange exchange) {
        StompFrame answer;
        if (exchange.getException() == null) {
            answer = exchange.getMessage().getBody() instanceof StompFrame body ? body : null;
        } else {
            answer = refusal(wire, frame, exchange.getException());
        }
        if (answer != null) {
            wire.connection().send(answer);
        }
        wire.session().release(frame.body().length);
    }

    private static StompFrame refusal(Wire wire, StompFrame frame, Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof Refusal)) {
            cause = cause.getCause();
        }
        boolean kept = cause instanceof Refusal && wire.connection().rejectionsAsReceipts();
        return StompFrame.of(kept ? StompCommand.RECEIPT : StompCommand.ERROR)
                .header(Headers.RECEIPT_ID, frame.header(Headers.RECEIPT))
                .header(Headers.STATUS, Headers.STATUS_REJECTED)
                .header(
                        Headers.CODE,
                        cause instanceof Refusal refusal ? refusal.code().text() : "internal")
                .header(Headers.REASON, String.valueOf(cause.getMessage()))
                .build();
    }

    /** The commit writer's next round of publications; returns how much it took. */
    int publish() {
        try {
            return writer.publish();
        } catch (Crashed e) {
            return 0;
        }
    }

    /** The same of settlements. */
    int settle() {
        try {
            return writer.settle();
        } catch (Crashed e) {
            return 0;
        }
    }

    /** A timer's turn. */
    void timer(String step) {
        try {
            ((Processor) beans.get(step)).process(new DefaultExchange(world.setting.camel()));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    void cutAll() {
        wires.forEach(Wire::cut);
    }

    Map<String, QueueIndex.Depth> depths() {
        return steps.index().depths();
    }

    boolean keptWhatWasDropped() {
        return payloads.keptWhatWasDropped();
    }
}
