package io.saddlebag.hq.simulation;

import io.saddlebag.hq.HqSteps;
import io.saddlebag.hq.node.NodeLease;
import io.saddlebag.hq.node.NodeReaper;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.store.Home;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.Reconciler;
import io.saddlebag.hq.store.SoleUse;
import io.saddlebag.hq.store.SteppedWriter;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.commit.CommitWriter;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.testing.RunningTimes;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultExchange;

/** Headquarters from a start to its end by a kill: the real steps, writer, queues and repair, on the world's threads. */
final class Headquarters implements Turns.Process {
    private static final String WIRE = "wire";

    private static final long FIRST_NUMBER = 1L << 20;

    private final World world;
    private final String name;
    /** 0 for the single one. */
    private final long node;

    private final Lease lease;
    /** Payloads that go into the database with their messages. */
    private final Set<PayloadRef> pending = new HashSet<>();

    private final SteppedWriter writer;
    private final FaultyPayloads payloads;
    private final HqSteps steps;
    private final Map<String, Object> beans;
    private final List<Wire> wires = new ArrayList<>();
    private boolean alive = true;
    private boolean frozen;
    private boolean cut;

    /**
     * Repairs and starts.
     *
     * @param name of a node; null for the single headquarters
     * @throws Crashed when it was killed while it did
     */
    Headquarters(World world, String name) throws StoreException, IOException {
        this.world = world;
        this.name = name;
        node = name == null ? 0 : world.cluster.join(name);
        lease = isNode() ? new Lease(world, this) : null;
        SteppedWriter.ParallelSync sync = new SteppedWriter.ParallelSync();
        FaultyMessages messages = new FaultyMessages(world, this, sync);
        payloads = new FaultyPayloads(world, this);
        Clock clock = world.turns.clock();
        if (!isNode()) {
            world.payloads.reopen();
        }
        if (!isNode() && world.breakage != Breakage.SKIPS_THE_REPAIR) {
            new Reconciler(messages, payloads, clock).run();
        }
        writer = new SteppedWriter(messages, payloads, world.commitQueue, parts(clock), sync);
        steps = new HqSteps(
                world.setting.topology(),
                Parcel.NETWORK,
                new HqSteps.Stores(messages, payloads, writer.writer(), new Outage()),
                new HqSteps.Threads(
                        world.turns.pool(this),
                        world.turns.pool(this),
                        new Later(
                                world.turns,
                                world.breakage == Breakage.FORGETS_WHAT_IS_GIVEN_BACK ? () -> false : this)),
                RunningTimes.sinceEver(clock),
                world.limits);
        beans = new HashMap<>(steps.byName());
        beans.put("openSession", (Processor) this::openSession);
        world.note(() -> this + " is up");
        if (isNode()) {
            lease.begin();
            lookLater(new NodeReaper(new FaultyNodes(world, this), node, lease, found -> steps.index()
                    .requeued(found)));
        }
    }

    private CommitWriter.Parts parts(Clock clock) {
        SoleUse use = isNode() ? lease : SoleUse.ALWAYS;
        // By the time that all share, and apart from those of other nodes, as real ones are.
        LongUnaryOperator numbers = last -> Math.max(
                                        last >> 6,
                                        FIRST_NUMBER
                                                + clock.millis()
                                                - world.turns.start().toEpochMilli())
                                + 1
                        << 6
                | node & 63;
        return new CommitWriter.Parts(clock, use, new Outage(), isNode() ? new Home(node, numbers) : Home.SINGLE);
    }

    private void lookLater(NodeReaper reaper) {
        world.turns.after(NodeLease.BEAT, () -> world.turns.pool(this).execute(() -> {
            lookLater(reaper);
            try {
                reaper.look();
            } catch (StoreException e) {
                world.note(() -> this + " cannot look at the others: " + e.getMessage());
            }
        }));
    }

    boolean isNode() {
        return node != 0;
    }

    /** Its id in the database; 0 for the single headquarters. */
    long node() {
        return node;
    }

    String name() {
        return name;
    }

    @Override
    public String toString() {
        return isNode() ? "node " + name + " (" + node + ")" : "headquarters";
    }

    @Override
    public boolean isAlive() {
        return alive;
    }

    @Override
    public boolean isFrozen() {
        return alive && frozen;
    }

    void freeze(boolean freeze) {
        frozen = freeze;
        world.note(() -> this + (freeze ? " is frozen" : " goes on"));
    }

    /** True while the database is out of its reach. */
    boolean isCut() {
        return cut;
    }

    void cutDatabase(boolean off) {
        cut = off;
        world.note(() -> this + (off ? " is cut from the database" : " reaches the database"));
    }

    void requireDatabase() throws StoreException {
        requireAlive();
        if (cut) {
            throw new StoreException("The database is out of reach", null, true);
        }
    }

    /** It has this payload in its memory. */
    void puts(PayloadRef ref) {
        if (isNode()) {
            pending.add(ref);
        }
    }

    /** These are in the database, or are dropped. */
    void forget(List<PayloadRef> refs) {
        pending.removeAll(refs);
    }

    /** It is at work again after an outage. */
    void dispatchAgain() {
        if (alive) {
            steps.dispatcher().wakeAll();
        }
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
        world.note(() -> this + " is killed " + where);
        alive = false;
        if (isNode()) {
            world.cluster.left(node);
            pending.forEach(world.payloads::drop);
        } else {
            world.payloads.cut(world.random);
        }
        world.ledger.crashes(this);
        wires.forEach(Wire::lose);
    }

    Wire connect(Client client, boolean rejectionsAsReceipts) {
        Wire wire = new Wire(world, this, client, rejectionsAsReceipts);
        wire.open(steps.dispatcher(), world.turns.pool(this), world.limits.session());
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
            world.ledger.takes(wire, frame.header(Headers.ID));
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
        if (frozen) {
            return 0;
        }
        try {
            return writer.publish();
        } catch (Crashed e) {
            return 0;
        }
    }

    /** The same of settlements. */
    int settle() {
        if (frozen) {
            return 0;
        }
        try {
            return writer.settle();
        } catch (Crashed e) {
            return 0;
        }
    }

    /** A timer's turn. */
    void timer(String step) {
        if (frozen) {
            return;
        }
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
