package io.saddlebag.identity;

import io.saddlebag.message.SiteId;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** How a certificate names its site: one subject alternative name, a URI {@code urn:saddlebag:site:<id>}. */
public final class SiteNames {
    static final String PREFIX = "urn:saddlebag:site:";
    private static final int URI_NAME = 6;

    private SiteNames() {}

    public static String uriOf(SiteId site) {
        return PREFIX + site.value();
    }

    /** The one site that the certificate names; empty when it names none, several, or one of no valid shape. */
    static Optional<SiteId> in(X509Certificate certificate) {
        SiteId found = null;
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names == null) {
                return Optional.empty();
            }
            for (List<?> name : names) {
                if (name.get(0).equals(URI_NAME) && name.get(1) instanceof String uri && uri.startsWith(PREFIX)) {
                    if (found != null) {
                        return Optional.empty();
                    }
                    found = SiteId.of(uri.substring(PREFIX.length()));
                }
            }
        } catch (CertificateParsingException | IllegalArgumentException e) {
            return Optional.empty();
        }
        return Optional.ofNullable(found);
    }
}
