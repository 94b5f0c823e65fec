package io.saddlebag.identity;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.conscrypt.Conscrypt;

/**
 * Mutual TLS 1.3 (RFC 8446) and nothing older, AES-GCM first. By Conscrypt where its native library loads, by the JDK
 * otherwise: the JDK's AES-GCM is fast only after the server compiler has compiled it, which an idle site never
 * reaches.
 */
public final class TlsContexts {
    private static final String PROTOCOL = "TLSv1.3";
    private static final List<String> CIPHERS =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");
    /** Never negotiated: Conscrypt gives a server its certificate only for suites of TLS 1.2 in its list. */
    private static final String CARRIES_THE_CERTIFICATE = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";

    /** The JDK gives no ticket to resume a connection by when it would count for longer than 7 days (RFC 8446, 4.6.1). */
    private static final Duration NO_TICKETS = Duration.ofDays(8);

    /** Agrees on the keys of a connection by ML-KEM-768 and X25519 together (draft-ietf-tls-ecdhe-mlkem). */
    private static final String POST_QUANTUM = "X25519MLKEM768";

    private TlsContexts() {}

    /** Protocol and engine, for an application's log at its start. */
    public static String description() {
        return PROTOCOL + " by " + (Conscrypt.isAvailable() ? "Conscrypt, " + POST_QUANTUM + " first" : "the JDK");
    }

    /** True where a connection can be post-quantum: the JDK's engine tells nobody which key exchange it chose. */
    public static boolean offersPostQuantum() {
        return Conscrypt.isAvailable();
    }

    /**
     * Judges a connection whose handshake is over.
     *
     * @throws Refusal {@code NOT_PERMITTED} when its keys were not agreed on by X25519MLKEM768
     */
    public static void requirePostQuantum(SSLEngine engine) {
        String group = Conscrypt.isConscrypt(engine) ? Conscrypt.getGroupName(engine) : null;
        if (!POST_QUANTUM.equals(group)) {
            throw new Refusal(
                    Refusal.Code.NOT_PERMITTED,
                    "expected a TLS key exchange by " + POST_QUANTUM + ", since tls.post-quantum=required, found "
                            + (group == null ? "another" : group) + "; the peer's TLS does not offer it");
        }
    }

    /** For headquarters: whoever connects must show a certificate of this network for clientAuth. */
    public static SslContext server(SiteIdentity identity) {
        return build(
                SslContextBuilder.forServer(new SiteKeyManager(identity)).clientAuth(ClientAuth.REQUIRE),
                new SiteTrustManager(identity.trust(), null));
    }

    /** For a laboratory or a centre: whoever answers must show a certificate of that site for serverAuth. */
    public static SslContext client(SiteIdentity identity, SiteId expectedServer) {
        return build(
                SslContextBuilder.forClient()
                        .keyManager(new SiteKeyManager(identity))
                        // The site id is what is checked; see SiteTrustManager.
                        .endpointIdentificationAlgorithm(null),
                new SiteTrustManager(identity.trust(), expectedServer));
    }

    private static SslContext build(SslContextBuilder builder, SiteTrustManager trustManager) {
        boolean conscrypt = Conscrypt.isAvailable();
        List<String> ciphers = new ArrayList<>(CIPHERS);
        if (conscrypt) {
            builder.sslContextProvider(Conscrypt.newProvider());
            ciphers.add(CARRIES_THE_CERTIFICATE);
        } else {
            builder.sessionTimeout(NO_TICKETS.toSeconds());
        }
        try {
            return builder.sslProvider(SslProvider.JDK)
                    .protocols(PROTOCOL)
                    .ciphers(ciphers)
                    .trustManager(trustManager)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("Every JDK from 17 on offers TLS 1.3", e);
        }
    }
}
