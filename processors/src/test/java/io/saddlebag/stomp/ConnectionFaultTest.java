package io.saddlebag.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.ConnectionFault.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts as Conscrypt, the JDK and Netty make them. */
class ConnectionFaultTest {
    private static final String CONSCRYPT = "Read error: ssl=0x7fec28004b18: Failure in SSL library, usually a protocol"
            + " error\nerror:100000c0:SSL routines:OPENSSL_internal:%s (/__w/_temp/boringssl/ssl/tls13_both.cc:348"
            + " 0x7fec91c1730d:0x00000000)";

    @ParameterizedTest
    @CsvSource({
        "PEER_DID_NOT_RETURN_A_CERTIFICATE, NO_CERTIFICATE",
        "UNSUPPORTED_PROTOCOL, OLD_TLS",
        "TLSV1_ALERT_PROTOCOL_VERSION, OLD_TLS",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN, CERTIFICATE_NOT_ACCEPTED",
        "TLSV1_ALERT_UNKNOWN_CA, CERTIFICATE_NOT_ACCEPTED",
        "NO_SHARED_CIPHER, NOTHING_IN_COMMON",
        "BAD_DECRYPT, OTHER"
    })
    void saysWhatConscryptMeans(String name, Kind kind) {
        says(new SSLProtocolException(CONSCRYPT.formatted(name)), kind);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Empty client certificate chain | NO_CERTIFICATE",
                "Received fatal alert: certificate_required | NO_CERTIFICATE",
                "Received fatal alert: certificate_expired | CERTIFICATE_NOT_ACCEPTED",
                "Client requested protocol TLSv1.2 is not enabled or supported in server context | OLD_TLS",
                "The client supported protocol versions [TLSv1.2] are not accepted by server preferences [TLSv1.3] | OLD_TLS",
                "Received fatal alert: handshake_failure | NOTHING_IN_COMMON",
                "Received fatal alert: internal_error | OTHER"
            })
    void saysWhatTheJdkMeans(String text, Kind kind) {
        says(new SSLHandshakeException(text), kind);
    }

    private static void says(SSLException fault, Kind kind) {
        ConnectionFault said = ConnectionFault.of(fault);
        assertThat(said.kind()).isEqualTo(kind);
        assertThat(said.reason())
                .isNotBlank()
                .doesNotContain("ssl=", "0x", "OPENSSL", "_", "\n", "fatal alert", "boringssl");
    }

    @Test
    void saysWhyAnAddressIsNotReached() {
        reaches(new ConnectException("Connection refused: /127.0.0.1:61617"), Kind.UNREACHABLE, "headquarters runs");
        reaches(new ConnectTimeoutException("connection timed out"), Kind.UNREACHABLE, "firewall");
        reaches(new NoRouteToHostException("No route to host"), Kind.UNREACHABLE, "no route");
        reaches(new IOException("Connection reset by peer"), Kind.RESET, "reset");
        reaches(new ClosedChannelException(), Kind.CLOSED, "closed the connection");
    }

    private static void reaches(IOException fault, Kind kind, String text) {
        ConnectionFault said = ConnectionFault.of(fault);
        assertThat(said.kind()).isEqualTo(kind);
        assertThat(said.reason()).contains(text);
    }

    @Test
    void keepsARefusalsOwnWordsAndItsRemedy() {
        String reason = "expected a good thing, found another. ".repeat(10) + "Do this";
        assertThat(ConnectionFault.of(new DecoderException(new Refusal(Refusal.Code.MALFORMED, reason)))
                        .reason())
                .isEqualTo(reason);
    }

    @Test
    void keepsAnUnknownTextWithoutTheAddressOfMemory() {
        assertThat(ConnectionFault.of(new SSLException("Read error: ssl=0x7fec28004b18: I/O error during system call"))
                        .reason())
                .isEqualTo("TLS failed: I/O error during system call");
    }
}
