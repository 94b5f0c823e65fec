package io.saddlebag.identity;

import io.saddlebag.message.Printable;
import io.saddlebag.message.SiteId;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

/** The certificate that the other end of a connection showed does not count. */
public final class PeerRefusedException extends CertificateException {
    private static final long serialVersionUID = 1L;

    private final String shown;

    PeerRefusedException(X509Certificate certificate, String reason, Throwable cause) {
        super(reason, cause);
        this.shown = SiteNames.in(certificate)
                .map(SiteId::value)
                .orElseGet(
                        () -> Printable.of(certificate.getSubjectX500Principal().getName()));
    }

    /** The site that the certificate names, or its subject. Nobody has vouched for it. */
    public String shown() {
        return shown;
    }
}
