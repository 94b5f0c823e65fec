package io.saddlebag.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A network cable to pull: forwards TCP to a local port until it is frozen, from when on both sides hear nothing more and
 * see nothing close; {@link #cut} breaks what is open.
 */
public final class FreezableProxy implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;

    private final ServerSocket listener;
    private final int target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicLong brought = new AtomicLong();
    private volatile boolean frozen;

    private FreezableProxy(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
    }

    public static FreezableProxy to(int port) {
        try {
            FreezableProxy proxy = new FreezableProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
            background(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** From now on nothing gets through, on these connections or later ones. */
    public void freeze() {
        frozen = true;
    }

    public void thaw() {
        frozen = false;
    }

    /** Breaks every connection. */
    public void cut() {
        sockets.forEach(FreezableProxy::closeQuietly);
        sockets.clear();
    }

    /** How many bytes came from the target so far, on all connections. */
    public long brought() {
        return brought.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket near = listener.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.addAll(List.of(near, far));
                background(() -> forward(near, far, new AtomicLong()));
                background(() -> forward(far, near, brought));
            } catch (IOException e) {
                // The listener was closed, or nobody listens at the target: the next one may do better.
            }
        }
    }

    private void forward(Socket from, Socket to, AtomicLong bytes) {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int count = from.getInputStream().read(buffer);
                    count >= 0;
                    count = from.getInputStream().read(buffer)) {
                if (!frozen) {
                    to.getOutputStream().write(buffer, 0, count);
                    bytes.addAndGet(count);
                }
            }
        } catch (IOException e) {
            // Either side closed.
        }
        if (!frozen) {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static void background(Runnable work) {
        Thread thread = new Thread(work, "freezable-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed either way.
        }
    }

    @Override
    public void close() {
        closeQuietly(listener);
        cut();
    }

    private static void closeQuietly(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed either way.
        }
    }
}
