package io.saddlebag.bench.files;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A line of a given round trip and rate between clients and a port. Each direction has the rate for itself, shared by all
 * connections, and half of the round trip. It holds what such a line holds, a buffer of {@value #BUFFER} bytes included;
 * beyond that the sender's socket is not read. For any number of threads.
 */
final class LongLine implements AutoCloseable {
    private static final int CHUNK = 64 * 1024;
    /** As routers have it in front of a line. */
    private static final int BUFFER = 1 << 20;
    /** A line without a rate. */
    private static final int UNHELD = 16 << 20;

    private static final double BITS = 8;
    private static final double NANOS = 1e9;

    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Direction up = new Direction();
    private final Direction down = new Direction();

    private LongLine(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
    }

    /** Without a delay and a rate at first. @param port on the loopback address */
    static LongLine to(int port) throws IOException {
        LongLine line = new LongLine(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), port);
        background(line::accept);
        return line;
    }

    int port() {
        return listener.getLocalPort();
    }

    /**
     * Bytes under way already keep their time.
     *
     * @param rttNanos 0 for none
     * @param bitsPerSecond 0 for no limit
     */
    void set(long rttNanos, long bitsPerSecond) {
        up.set(rttNanos / 2, bitsPerSecond);
        down.set(rttNanos / 2, bitsPerSecond);
    }

    /** From the clients to the port. */
    Direction up() {
        return up;
    }

    /** From the port to the clients. */
    Direction down() {
        return down;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                connect(listener.accept());
            } catch (IOException e) {
                // The listener was closed.
                return;
            }
        }
    }

    private void connect(Socket near) {
        sockets.add(near);
        try {
            Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(far);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            forward(near, far, up);
            forward(far, near, down);
        } catch (IOException nobodyListens) {
            close(near);
        }
    }

    private void forward(Socket from, Socket to, Direction direction) {
        Pipe pipe = new Pipe(direction);
        background(() -> {
            byte[] buffer = new byte[CHUNK];
            try {
                int count = from.getInputStream().read(buffer);
                while (count >= 0) {
                    pipe.put(Arrays.copyOf(buffer, count));
                    count = from.getInputStream().read(buffer);
                }
            } catch (IOException | InterruptedException e) {
                // Either end closed or was reset.
            }
            pipe.end();
        });
        background(() -> {
            try {
                for (byte[] chunk = pipe.take(); chunk != null; chunk = pipe.take()) {
                    to.getOutputStream().write(chunk);
                }
            } catch (IOException | InterruptedException e) {
                // The same.
            }
            pipe.end();
            close(from);
            close(to);
        });
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed either way.
        }
    }

    private static void background(Runnable work) {
        Thread thread = new Thread(work, "long-line");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        sockets.forEach(this::close);
    }

    /** One direction of the line, with a count of its bytes. */
    static final class Direction {
        private long delayNanos;
        private double nanosPerByte;
        private long free = System.nanoTime();
        private long toCount;
        private long counted;
        private long firstAt;
        private long lastAt;

        private synchronized void set(long delay, long bitsPerSecond) {
            delayNanos = delay;
            nanosPerByte = bitsPerSecond == 0 ? 0 : BITS * NANOS / bitsPerSecond;
        }

        /** Returns when the last of these bytes arrives. */
        private synchronized long send(int bytes) {
            long now = System.nanoTime();
            free = Math.max(free - now, 0) + now + (long) (bytes * nanosPerByte);
            if (counted < toCount) {
                firstAt = counted < CHUNK ? now : firstAt;
                counted += bytes;
                lastAt = free;
            }
            return free + delayNanos;
        }

        private synchronized long capacity() {
            return nanosPerByte == 0 ? UNHELD : BUFFER + (long) (delayNanos / nanosPerByte);
        }

        /** Begins to count anew, up to this number of bytes. */
        synchronized void count(long bytes) {
            counted = 0;
            toCount = bytes;
        }

        /** From the first 64 KiB that were counted to the last, as they left for the other end; NaN as long as some lack. */
        synchronized double seconds() {
            return counted < toCount ? Double.NaN : (lastAt - firstAt) / NANOS;
        }
    }

    /** The bytes of one connection on the line, in one direction. */
    private static final class Pipe {
        private final Direction direction;
        private final Queue<Chunk> chunks = new ArrayDeque<>();
        private long held;
        private boolean ended;

        private record Chunk(byte[] bytes, long due) {}

        Pipe(Direction direction) {
            this.direction = direction;
        }

        synchronized void put(byte[] bytes) throws InterruptedException {
            while (held > direction.capacity() && !ended) {
                wait();
            }
            held += bytes.length;
            chunks.add(new Chunk(bytes, direction.send(bytes.length)));
            notifyAll();
        }

        /** Waits until the next bytes arrive; null when there are no more. */
        byte[] take() throws InterruptedException {
            Chunk next = next();
            if (next == null) {
                return null;
            }
            for (long left = next.due() - System.nanoTime(); left > 0; left = next.due() - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            synchronized (this) {
                held -= next.bytes().length;
                notifyAll();
            }
            return next.bytes();
        }

        private synchronized Chunk next() throws InterruptedException {
            while (chunks.isEmpty() && !ended) {
                wait();
            }
            return chunks.poll();
        }

        /** Bytes on the line still arrive. */
        synchronized void end() {
            ended = true;
            notifyAll();
        }
    }
}
