package io.saddlebag.bench.chaos.fault;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bad network between one site and headquarters. It forwards TCP byte for byte, and on demand resets, delays, cuts or
 * alters a connection, or loses one end without the other's knowledge. For any number of threads.
 */
public final class FaultyProxy implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;
    private static final int NOT_ARMED = -1;
    private static final long STALLED_MILLIS = 10;
    private static final int ALTERED_BITS = 0x10;

    private final ServerSocket listener;
    private final int target;
    private final Set<Line> lines = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytesToCut = new AtomicLong(NOT_ARMED);
    private final AtomicLong bytesToAlter = new AtomicLong(NOT_ARMED);
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicInteger disturbances = new AtomicInteger();
    private volatile long delayMillis;
    private volatile boolean isStalled;

    private FaultyProxy(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
    }

    /** @param port of headquarters, on the loopback address */
    public static FaultyProxy to(int port) throws IOException {
        FaultyProxy proxy = new FaultyProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
        background(proxy::accept);
        return proxy;
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Breaks every connection at both ends with a RST. */
    public void reset() {
        lines.forEach(line -> {
            disturbances.incrementAndGet();
            // Mark both ends before closing one: the forwarding thread then closes the other end with a FIN.
            Line.closeWithoutGoodbye(line.near);
            Line.closeWithoutGoodbye(line.far);
            line.close();
        });
    }

    /** Resets one end of every connection; the other hears nothing more and sees nothing close. */
    public void halfOpen(boolean siteKeepsItsEnd) {
        lines.forEach(line -> {
            disturbances.incrementAndGet();
            line.isSilent = true;
            line.reset(siteKeepsItsEnd ? line.far : line.near);
        });
    }

    /** Delays each read by this time; 0 for no delay. */
    public void delay(long millis) {
        delayMillis = millis;
    }

    /** While it is set nothing is forwarded and nothing closes, as when a cable is out. */
    public void stall(boolean stalled) {
        isStalled = stalled;
    }

    /** Closes the connection after this number of bytes; a negative number cancels that. */
    public void cutAfter(long bytes) {
        bytesToCut.set(bytes);
    }

    /** True while a cut that was asked for has not happened. */
    public boolean isToCut() {
        return bytesToCut.get() >= 0;
    }

    /** How many bytes were forwarded from the site to headquarters, on all connections. */
    public long sent() {
        return sent.get();
    }

    /** How many bytes were forwarded from headquarters to the site, on all connections. */
    public long received() {
        return received.get();
    }

    /** Alters the byte after this number of bytes; a negative number cancels that. */
    public void alterAfter(long bytes) {
        bytesToAlter.set(bytes);
    }

    /** How often something was done to what goes through, since the beginning. */
    public int disturbances() {
        return disturbances.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket near = listener.accept();
                connect(near);
            } catch (IOException e) {
                // The listener was closed.
                return;
            }
        }
    }

    private void connect(Socket near) {
        try {
            Line line = new Line(near, new Socket(InetAddress.getLoopbackAddress(), target));
            lines.add(line);
            background(() -> line.forward(line.near, line.far));
            background(() -> line.forward(line.far, line.near));
        } catch (IOException nobodyListens) {
            closeQuietly(near);
        }
    }

    private static void background(Runnable work) {
        Thread thread = new Thread(work, "faulty-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            // It is closed either way.
        }
    }

    @Override
    public void close() {
        closeQuietly(listener);
        lines.forEach(Line::close);
    }

    /** How many bytes of this many come before the armed one; -1 when it is not among them. */
    private static int place(AtomicLong armed, int count) {
        long before = armed.getAndUpdate(left -> left < 0 ? left : left < count ? NOT_ARMED : left - count);
        return before >= 0 && before < count ? (int) before : NOT_ARMED;
    }

    private final class Line {
        private final Socket near;
        private final Socket far;
        private volatile boolean isSilent;

        Line(Socket near, Socket far) {
            this.near = near;
            this.far = far;
        }

        void forward(Socket from, Socket to) {
            byte[] buffer = new byte[BUFFER];
            try {
                for (int count = from.getInputStream().read(buffer);
                        count >= 0;
                        count = from.getInputStream().read(buffer)) {
                    if (!isSilent && !pass(buffer, count, to)) {
                        break;
                    }
                }
            } catch (IOException e) {
                // Either end closed or was reset.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (isSilent) {
                closeQuietly(from);
            } else {
                close();
            }
            if (near.isClosed() && far.isClosed()) {
                lines.remove(this);
            }
        }

        private boolean pass(byte[] buffer, int count, Socket to) throws IOException, InterruptedException {
            long delay = delayMillis;
            if (delay > 0) {
                disturbances.incrementAndGet();
                TimeUnit.MILLISECONDS.sleep(delay);
            }
            while (isStalled) {
                disturbances.incrementAndGet();
                TimeUnit.MILLISECONDS.sleep(STALLED_MILLIS);
            }
            int altered = place(bytesToAlter, count);
            if (altered >= 0) {
                disturbances.incrementAndGet();
                buffer[altered] ^= ALTERED_BITS;
            }
            int cut = place(bytesToCut, count);
            if (cut >= 0) {
                disturbances.incrementAndGet();
            }
            int passed = cut >= 0 ? cut : count;
            to.getOutputStream().write(buffer, 0, passed);
            (to == far ? sent : received).addAndGet(passed);
            return cut < 0;
        }

        void reset(Socket socket) {
            closeWithoutGoodbye(socket);
            closeQuietly(socket);
        }

        /** With a RST, when it is closed. */
        private static void closeWithoutGoodbye(Socket socket) {
            try {
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                // Closed already.
            }
        }

        void close() {
            closeQuietly(near);
            closeQuietly(far);
        }
    }
}
