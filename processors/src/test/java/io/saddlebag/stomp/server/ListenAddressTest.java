package io.saddlebag.stomp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.saddlebag.stomp.HostName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class ListenAddressTest {
    @Test
    void saysThatAnotherProgramListens() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThat(new ListenAddress(HostName.of("127.0.0.1"), port).faultOf(failure("127.0.0.1", port)))
                    .hasValueSatisfying(fault -> assertThat(fault)
                            .startsWith("expected to listen on 127.0.0.1:" + port + ", found another program there"));
        }
    }

    /** No machine has the address 192.0.2.1 (RFC 5737). */
    @Test
    void saysThatAnAddressIsNoneOfThisMachine() {
        assertThat(new ListenAddress(HostName.of("192.0.2.1"), 61617).faultOf(failure("192.0.2.1", 61617)))
                .hasValueSatisfying(fault -> assertThat(fault)
                        .contains("192.0.2.1:61617", "Correct hq.host, which is an address of this machine"));
    }

    @Test
    void leavesOtherFailuresAlone() {
        assertThat(new ListenAddress(HostName.of("127.0.0.1"), 1).faultOf(new IOException("No space left on device")))
                .isEmpty();
    }

    private static Throwable failure(String host, int port) {
        Throwable refused = catchThrowable(() -> new ServerSocket(port, 1, InetAddress.getByName(host)).close());
        return new IllegalStateException("a route did not start", refused);
    }
}
