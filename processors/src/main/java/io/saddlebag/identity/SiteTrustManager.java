package io.saddlebag.identity;

import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Judges the peers of TLS by {@link Trust}. The site id in the certificate replaces the host name of the web: a client
 * expects a site, at whatever address.
 */
final class SiteTrustManager extends X509ExtendedTrustManager {
    private final Trust trust;
    private final SiteId expectedServer;

    /**
     * @param expectedServer the only server to believe; null where clients are judged
     */
    SiteTrustManager(Trust trust, SiteId expectedServer) {
        this.trust = trust;
        this.expectedServer = expectedServer;
    }

    private void checkServer(X509Certificate[] chain) throws CertificateException {
        SiteId found = verify(chain, Purpose.SERVER);
        if (!found.equals(expectedServer)) {
            throw new PeerRefusedException(
                    chain[0],
                    "expected the server " + expectedServer + ", found " + found + " (certificate "
                            + Fingerprints.of(chain[0]).brief()
                            + "). Check the settings hq.host, hq.port or hq.addresses, and hq.id",
                    null);
        }
    }

    private SiteId verify(X509Certificate[] chain, Purpose purpose) throws CertificateException {
        if (chain == null || chain.length == 0) {
            throw new CertificateException("expected a certificate, found none");
        }
        try {
            return trust.verifyPeer(chain[0], purpose);
        } catch (Refusal e) {
            throw new PeerRefusedException(chain[0], e.reason(), e);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        verify(chain, Purpose.CLIENT);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        verify(chain, Purpose.CLIENT);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        verify(chain, Purpose.CLIENT);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        checkServer(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServer(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServer(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[] {trust.authority()};
    }
}
