package io.saddlebag.bench.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultyProxyTest {
    private static final byte[] SENT = {1, 2, 3, 4, 5, 6};

    private ServerSocket listener;
    private FaultyProxy proxy;
    private Socket site;
    private Socket headquarters;

    @BeforeEach
    void connect() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        proxy = FaultyProxy.to(listener.getLocalPort());
        site = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        headquarters = listener.accept();
        headquarters.setSoTimeout(60_000);
        site.setSoTimeout(60_000);
        // Once a byte came through, the proxy knows of the line.
        site.getOutputStream().write(0);
        assertThat(headquarters.getInputStream().read()).isZero();
    }

    @AfterEach
    void close() throws IOException {
        site.close();
        headquarters.close();
        proxy.close();
        listener.close();
    }

    @Test
    void passesEverythingOnUntilItIsToldOtherwise() throws IOException {
        site.getOutputStream().write(SENT);
        assertThat(headquarters.getInputStream().readNBytes(SENT.length)).isEqualTo(SENT);
        headquarters.getOutputStream().write(SENT);
        assertThat(site.getInputStream().readNBytes(SENT.length)).isEqualTo(SENT);
    }

    @Test
    void altersOneByteAtItsPlace() throws IOException {
        proxy.alterAfter(2);
        site.getOutputStream().write(SENT);
        site.getOutputStream().write(SENT);
        assertThat(headquarters.getInputStream().readNBytes(2 * SENT.length))
                .containsExactly(1, 2, 3 ^ 0x10, 4, 5, 6, 1, 2, 3, 4, 5, 6);
    }

    @Test
    void cutsInTheMiddle() throws IOException {
        proxy.cutAfter(4);
        site.getOutputStream().write(SENT);
        assertThat(headquarters.getInputStream().readAllBytes()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void resetsBothEnds() {
        proxy.reset();
        assertThatThrownBy(() -> headquarters.getInputStream().read()).hasMessageContaining("reset");
        assertThatThrownBy(() -> site.getInputStream().read()).hasMessageContaining("reset");
    }

    @Test
    void leavesOneEndOpenAndSilent() throws IOException {
        proxy.halfOpen(false);
        assertThatThrownBy(() -> site.getInputStream().read()).hasMessageContaining("reset");
        headquarters.setSoTimeout(200);
        headquarters.getOutputStream().write(SENT);
        assertThatThrownBy(() -> headquarters.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
    }
}
