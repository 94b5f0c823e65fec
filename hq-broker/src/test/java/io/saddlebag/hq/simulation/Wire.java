package io.saddlebag.hq.simulation;

import io.saddlebag.hq.deliver.Dispatcher;
import io.saddlebag.hq.session.ClientConnection;
import io.saddlebag.hq.session.Session;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/**
 * A connection, both ends of it. Frames arrive in their order, late or never; what one end knows the other learns later.
 */
final class Wire {
    private final World world;
    private final Headquarters hq;
    private final Client client;
    private final ClientConnection connection;
    private final Executor loop;
    private final Executor toClient;
    private final Deque<StompFrame> arrived = new ArrayDeque<>();
    private Session session;
    private boolean paused;
    private boolean cut;
    private boolean lossy;
    private boolean closed;

    Wire(World world, Headquarters hq, Client client, boolean rejectionsAsReceipts) {
        this.world = world;
        this.hq = hq;
        this.client = client;
        connection = new HqEnd(rejectionsAsReceipts);
        loop = world.turns.lane(hq);
        toClient = world.turns.lane(() -> !cut);
    }

    void open(Dispatcher dispatcher, Executor threads, Session.Limits limits) {
        session = new Session(client.site(), connection, limits, dispatcher, threads);
    }

    Headquarters hq() {
        return hq;
    }

    SiteId site() {
        return client.site();
    }

    Session session() {
        return session;
    }

    ClientConnection connection() {
        return connection;
    }

    /** The client sends. */
    void send(StompFrame frame) {
        loop.execute(() -> {
            arrived.add(frame);
            read();
        });
    }

    private void read() {
        while (!arrived.isEmpty() && !paused && !closed && !lossy) {
            StompFrame frame = arrived.poll();
            if (frame.command() == StompCommand.UNSUBSCRIBE) {
                world.ledger.ends(this, frame.header(Headers.ID));
            }
            hq.accept(this, frame);
        }
    }

    /** The client is gone from one moment to the next; headquarters learns of it later. */
    void cut() {
        cut = true;
        lossy = world.random.nextBoolean();
        loop.execute(this::closeAtHq);
    }

    /** Headquarters is gone: the client learns of it later. */
    void lose() {
        closed = true;
        toClient.execute(this::tellClient);
    }

    private void tellClient() {
        cut = true;
        client.lost(this);
    }

    private void closeAtHq() {
        if (closed) {
            return;
        }
        closed = true;
        world.ledger.ends(this);
        if (world.breakage != Breakage.FORGETS_TO_CLOSE) {
            session.close();
        }
        toClient.execute(this::tellClient);
    }

    /** The connection as headquarters' session has it. */
    private final class HqEnd implements ClientConnection {
        private final boolean rejectionsAsReceipts;

        HqEnd(boolean rejectionsAsReceipts) {
            this.rejectionsAsReceipts = rejectionsAsReceipts;
        }

        @Override
        public void send(StompFrame frame) {
            if (closed || !hq.isAlive()) {
                return;
            }
            if (frame.command() == StompCommand.MESSAGE) {
                world.ledger.pushes(Wire.this, frame);
            }
            client.watch(Wire.this, frame);
            toClient.execute(() -> client.received(Wire.this, frame));
            if (frame.command() == StompCommand.ERROR) {
                loop.execute(Wire.this::closeAtHq);
            }
        }

        @Override
        public boolean isWritable() {
            return world.faults.pick(5) < 4;
        }

        @Override
        public void onWritable(Runnable action) {
            world.turns.after(Duration.ofMillis(1 + world.random.nextInt(100)), () -> loop.execute(action));
        }

        @Override
        public boolean rejectionsAsReceipts() {
            return rejectionsAsReceipts;
        }

        @Override
        public void execute(Runnable task) {
            loop.execute(task);
        }

        @Override
        public void pauseReading() {
            paused = true;
        }

        @Override
        public void resumeReading() {
            paused = false;
            loop.execute(Wire.this::read);
        }

        @Override
        public void close() {
            world.ledger.ends(Wire.this);
            loop.execute(Wire.this::closeAtHq);
        }
    }
}
