package io.saddlebag.bench.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The times are least ones: a busy machine makes nothing arrive sooner. */
class LongLineTest {
    private static final long RTT = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long MEGABYTE_A_SECOND = 8_000_000;

    private ServerSocket listener;
    private LongLine line;
    private Socket client;
    private Socket server;

    @BeforeEach
    void connect() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        line = LongLine.to(listener.getLocalPort());
        client = new Socket(InetAddress.getLoopbackAddress(), line.port());
        server = listener.accept();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
        line.close();
        listener.close();
    }

    @Test
    void bringsEverythingInOrderBothWays() throws Exception {
        byte[] bytes = new byte[1 << 20];
        new Random(1).nextBytes(bytes);
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> write(client, bytes));
        assertThat(server.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
        sending.join();
        CompletableFuture<Void> back = CompletableFuture.runAsync(() -> write(server, bytes));
        assertThat(client.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
        back.join();
        client.close();
        assertThat(server.getInputStream().read()).isEqualTo(-1);
    }

    private static void write(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aQuestionAndItsAnswerTakeTheRoundTrip() throws IOException {
        line.set(RTT, 0);
        long start = System.nanoTime();
        client.getOutputStream().write(1);
        assertThat(server.getInputStream().read()).isEqualTo(1);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(RTT / 2);
        server.getOutputStream().write(2);
        assertThat(client.getInputStream().read()).isEqualTo(2);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(RTT);
    }

    @Test
    void bytesTakeTheTimeOfTheRate() throws IOException {
        byte[] bytes = new byte[300_000];
        line.set(0, MEGABYTE_A_SECOND);
        line.up().count(bytes.length);
        assertThat(line.up().seconds()).isNaN();
        long start = System.nanoTime();
        write(client, bytes);
        server.getInputStream().readNBytes(bytes.length);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(300));
        assertThat(line.up().seconds()).isGreaterThan(0.2);
    }
}
