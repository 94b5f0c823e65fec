package io.saddlebag.cli.renew;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.identity.Enrolment;
import io.saddlebag.identity.Trust;
import io.saddlebag.message.Json;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.RenewalRequest;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * A request as the CA's keeper gets it: bare, as of a site's first enrolment, or signed under the site's present
 * certificate.
 *
 * @param signer the site that signed it; null for a bare one
 * @param certificate fingerprint of the certificate that signed it; null for a bare one
 */
public record CertificateRequest(Enrolment.Request keys, SiteId signer, Sha256 certificate) {
    /**
     * @param ca the CA's folder, whose certificate and revocations count
     * @throws IOException when it is no request, or its signature does not hold
     */
    public static CertificateRequest read(Path file, Path ca) throws IOException {
        byte[] bytes = Files.size(file) > RenewalRequest.MAX_SIZE ? new byte[0] : Files.readAllBytes(file);
        if (bytes.length == 0 || bytes[0] != '{') {
            return new CertificateRequest(Enrolment.read(file), null, null);
        }
        Trust trust = Trust.load(ca, Clock.systemUTC());
        try {
            EnvelopeVerifier.Verified verified = new EnvelopeVerifier(trust).verify(bytes, RenewalRequest.TYPE);
            RenewalRequest request = Json.readOrRefuse(verified.payload(), RenewalRequest.class);
            Enrolment.Request keys = Enrolment.read(file, request.requests());
            if (!request.networkId().equals(trust.networkId())
                    || !request.siteId().equals(verified.signer())
                    || !keys.site().equals(verified.signer())) {
                throw new IOException(file + ": expected a request of " + verified.signer() + ", who signed it, to this"
                        + " CA, found one of " + keys.site() + " to "
                        + request.networkId().brief() + ". Carry the request to the CA of its own network");
            }
            return new CertificateRequest(
                    keys, verified.signer(), Sha256.of(Envelope.parse(bytes).certificate()));
        } catch (Refusal e) {
            throw new IOException(file + ": " + e.reason(), e);
        }
    }

    /**
     * @param present the newest certificate of the site, if it counts
     * @throws IOException when another than the site's present certificate has signed, or none though there is one
     */
    public void requireProof(SiteId site, Optional<Sha256> present) throws IOException {
        if (present.equals(Optional.ofNullable(certificate))) {
            return;
        }
        throw new IOException("Expected a request signed under the present certificate of " + site + ", "
                + present.map(Sha256::brief).orElse("and it has none") + ", found one "
                + (certificate == null ? "without a signature" : "signed under " + certificate.brief())
                + ". Have the site run saddlebag renew; or compare the fingerprint " + keys.fingerprint()
                + " with the site and add --without-proof");
    }
}
