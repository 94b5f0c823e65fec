package io.saddlebag.identity;

import io.saddlebag.message.SiteId;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * How a certificate names its site and, for signing, the site's role: one subject alternative name each, the URIs {@code
 * urn:saddlebag:site:<id>} and {@code urn:saddlebag:role:<lab|centre|log>}.
 */
public final class SiteNames {
    static final String PREFIX = "urn:saddlebag:site:";
    private static final String ROLE_PREFIX = "urn:saddlebag:role:";
    private static final int URI_NAME = 6;

    private SiteNames() {}

    public static String uriOf(SiteId site) {
        return PREFIX + site.value();
    }

    public static String uriOf(Role role) {
        return ROLE_PREFIX + role.certified();
    }

    /** The one site that the certificate names; empty when it names none, several, or one of no valid shape. */
    static Optional<SiteId> in(X509Certificate certificate) {
        try {
            return only(certificate, PREFIX).map(SiteId::of);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The one role that the certificate names; empty when it names none, several, or an unknown one. */
    public static Optional<Role> roleIn(X509Certificate certificate) {
        Optional<String> name = only(certificate, ROLE_PREFIX);
        for (Role role : Role.values()) {
            if (name.isPresent() && name.get().equals(role.certified())) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> only(X509Certificate certificate, String prefix) {
        List<String> found = new ArrayList<>();
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            for (List<?> name : names == null ? List.<List<?>>of() : names) {
                if (name.get(0).equals(URI_NAME) && name.get(1) instanceof String uri && uri.startsWith(prefix)) {
                    found.add(uri.substring(prefix.length()));
                }
            }
        } catch (CertificateParsingException e) {
            return Optional.empty();
        }
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }
}
