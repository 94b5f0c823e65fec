package io.saddlebag.identity;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.saddlebag.message.SiteId;
import java.util.List;
import javax.net.ssl.SSLException;

/** Mutual TLS 1.3 (RFC 8446) and nothing older, AES-GCM first. */
public final class TlsContexts {
    private static final String PROTOCOL = "TLSv1.3";
    private static final List<String> CIPHERS =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

    private TlsContexts() {}

    /** For headquarters: whoever connects must show a certificate of this network for clientAuth. */
    public static SslContext server(SiteIdentity identity) {
        return build(
                SslContextBuilder.forServer(
                                identity.tlsKey(),
                                identity.tlsCertificate(),
                                identity.trust().authority())
                        .clientAuth(ClientAuth.REQUIRE),
                new SiteTrustManager(identity.trust(), null));
    }

    /** For a laboratory or a centre: whoever answers must show a certificate of that site for serverAuth. */
    public static SslContext client(SiteIdentity identity, SiteId expectedServer) {
        return build(
                SslContextBuilder.forClient()
                        .keyManager(
                                identity.tlsKey(),
                                identity.tlsCertificate(),
                                identity.trust().authority())
                        // The site id is what is checked; see SiteTrustManager.
                        .endpointIdentificationAlgorithm(null),
                new SiteTrustManager(identity.trust(), expectedServer));
    }

    private static SslContext build(SslContextBuilder builder, SiteTrustManager trustManager) {
        try {
            return builder.sslProvider(SslProvider.JDK)
                    .protocols(PROTOCOL)
                    .ciphers(CIPHERS)
                    .trustManager(trustManager)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("Every JDK from 17 on offers TLS 1.3", e);
        }
    }
}
