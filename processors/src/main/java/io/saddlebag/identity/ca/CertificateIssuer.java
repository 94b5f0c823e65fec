package io.saddlebag.identity.ca;

import io.netty.util.NetUtil;
import io.saddlebag.identity.Purpose;
import io.saddlebag.identity.Revocations;
import io.saddlebag.identity.Role;
import io.saddlebag.identity.SiteNames;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes keys, certificates and revocation lists (RFC 5280). Holds nothing but its source of randomness. */
final class CertificateIssuer {
    private static final int SERIAL_BITS = 120;

    private final SecureRandom random;

    CertificateIssuer(SecureRandom random) {
        this.random = random;
    }

    /** From when on a certificate is valid, and for how long. */
    record Term(Instant from, Duration validity) {}

    /** The CA's certificate and its key, which signs. */
    record Authority(X509Certificate certificate, PrivateKey key) {}

    X509Certificate authority(String name, KeyPair keys, Term term) throws IOException {
        X500Principal subject = new X500Principal("CN=" + escaped(name));
        return build(subject, keys.getPrivate(), subject, keys.getPublic(), term, builder -> {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        });
    }

    X509Certificate tls(
            Authority authority, SiteId site, Purpose purpose, List<String> hostNames, PublicKey key, Term term)
            throws IOException {
        KeyPurposeId usage = purpose == Purpose.SERVER ? KeyPurposeId.id_kp_serverAuth : KeyPurposeId.id_kp_clientAuth;
        return site(
                authority,
                site,
                hostNames.stream().map(CertificateIssuer::hostName).toList(),
                key,
                term,
                builder -> builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(usage)));
    }

    X509Certificate signing(Authority authority, SiteId site, Role role, PublicKey key, Term term) throws IOException {
        GeneralName roleName = new GeneralName(GeneralName.uniformResourceIdentifier, SiteNames.uriOf(role));
        return site(authority, site, List.of(roleName), key, term, builder -> {});
    }

    private static GeneralName hostName(String host) {
        boolean isAddress = NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
        return new GeneralName(isAddress ? GeneralName.iPAddress : GeneralName.dNSName, host);
    }

    private X509Certificate site(
            Authority authority, SiteId site, List<GeneralName> moreNames, PublicKey key, Term term, Extensions more)
            throws IOException {
        X500Principal issuer = authority.certificate().getSubjectX500Principal();
        X500Principal subject = new X500Principal("CN=" + site.value());
        return build(issuer, authority.key(), subject, key, term, builder -> {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(authority.certificate()));
            List<GeneralName> names = new ArrayList<>();
            names.add(new GeneralName(GeneralName.uniformResourceIdentifier, SiteNames.uriOf(site)));
            names.addAll(moreNames);
            builder.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            more.addTo(builder);
        });
    }

    private X509Certificate build(
            X500Principal issuer,
            PrivateKey issuerKey,
            X500Principal subject,
            PublicKey key,
            Term term,
            Extensions extensions)
            throws IOException {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1),
                    Date.from(term.from()),
                    Date.from(term.from().plus(term.validity())),
                    subject,
                    key);
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
            extensions.addTo(builder);
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer(issuerKey)));
        } catch (GeneralSecurityException e) {
            throw new IOException("A certificate for " + subject.getName() + " could not be made", e);
        }
    }

    X509CRL revocations(Authority authority, X509CRL before, List<BigInteger> serials, Instant now, Duration renewal)
            throws IOException {
        try {
            JcaX509v2CRLBuilder builder =
                    new JcaX509v2CRLBuilder(authority.certificate().getSubjectX500Principal(), Date.from(now));
            builder.setNextUpdate(Date.from(now.plus(renewal)));
            BigInteger number =
                    before == null ? BigInteger.ONE : Revocations.number(before).add(BigInteger.ONE);
            builder.addExtension(Extension.cRLNumber, false, new CRLNumber(number));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(authority.certificate()));
            if (before != null && before.getRevokedCertificates() != null) {
                before.getRevokedCertificates()
                        .forEach(entry -> builder.addCRLEntry(entry.getSerialNumber(), entry.getRevocationDate(), 0));
            }
            serials.forEach(serial -> builder.addCRLEntry(serial, Date.from(now), 0));
            return new JcaX509CRLConverter().getCRL(builder.build(signer(authority.key())));
        } catch (GeneralSecurityException e) {
            throw new IOException("The revocation list could not be made", e);
        }
    }

    /** The text as the value of a relative distinguished name (RFC 4514, section 2.4). */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean edge = i == 0 || i == text.length() - 1;
            if (",+\"\\<>;=".indexOf(c) >= 0 || c == '#' && i == 0 || c == ' ' && edge) {
                escaped.append('\\');
            }
            escaped.append(c);
        }
        return escaped.toString();
    }

    private ContentSigner signer(PrivateKey key) {
        try {
            return new JcaContentSignerBuilder("SHA256withECDSA")
                    .setSecureRandom(random)
                    .build(key);
        } catch (OperatorCreationException e) {
            throw new IllegalStateException("Every JDK signs with P-256", e);
        }
    }

    /** Adds what one kind of certificate has and others do not. */
    private interface Extensions {
        void addTo(JcaX509v3CertificateBuilder builder) throws IOException, GeneralSecurityException;
    }
}
