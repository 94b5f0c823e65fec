package io.saddlebag.cli.renew;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.files.FileTree;
import io.saddlebag.identity.Enrolment;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.identity.Purpose;
import io.saddlebag.identity.RenewedFiles;
import io.saddlebag.identity.Role;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.RenewalRequest;
import io.saddlebag.seal.CryptoProviders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/**
 * A site's new keys, in a folder {@code renewal} of its identity folder until the CA has certified them, and the request for
 * that. For one process at a time.
 */
final class Renewal {
    private static final String SIGNED_REQUEST = "request.json";

    private final Path identityFolder;
    private final Path folder;
    private final SiteIdentity present;
    private final char[] passphrase;
    private final Clock clock;

    /**
     * @param present signs the request
     * @param passphrase encrypts the new keys; null leaves them plain
     */
    Renewal(Path identityFolder, SiteIdentity present, char[] passphrase, Clock clock) {
        this.identityFolder = identityFolder;
        this.folder = identityFolder.resolve("renewal");
        this.present = present;
        this.passphrase = passphrase;
        this.clock = clock;
    }

    boolean isPending() throws IOException {
        Path request = folder.resolve(SIGNED_REQUEST);
        return Files.exists(request)
                && Envelope.parse(Files.readAllBytes(request)).keyId().equals(present.signingFingerprint());
    }

    /** The signed request; made, with new keys, when none of the present identity is there. */
    byte[] request() throws IOException {
        Path file = folder.resolve(SIGNED_REQUEST);
        if (isPending()) {
            return Files.readAllBytes(file);
        }
        discard();
        Enrolment.begin(folder, present.site(), passphrase, new SecureRandom());
        RenewalRequest request = new RenewalRequest(
                present.trust().networkId(),
                present.site(),
                clock.instant().truncatedTo(ChronoUnit.SECONDS),
                Files.readString(folder.resolve(Enrolment.REQUEST), StandardCharsets.US_ASCII));
        byte[] signed = Envelope.signed(
                        present,
                        RenewalRequest.TYPE,
                        Json.write(request),
                        CryptoProviders.choose().signature())
                .write();
        PrivateFiles.replace(file, signed);
        return signed;
    }

    /** By which the keeper of the CA and the site compare the keys. */
    String fingerprint() throws IOException {
        return Enrolment.read(folder.resolve(Enrolment.REQUEST)).fingerprint().toString();
    }

    void discard() throws IOException {
        FileTree.delete(folder);
    }

    /**
     * Puts the CA's answer in place, with the new keys.
     *
     * @throws IOException when it is not of this network's CA, for this site and role, or for other keys; nothing has
     *     changed then
     */
    SiteIdentity accept(byte[] answer) throws IOException {
        for (String name : new String[] {"ca.crt", "tls.crt", "signing.crt", "ca.crl"}) {
            Files.deleteIfExists(folder.resolve(name));
        }
        Path file = folder.resolve("answer.pem");
        PrivateFiles.replace(file, answer);
        SiteIdentity next = Enrolment.accept(folder, file, () -> passphrase);
        if (!next.trust().networkId().equals(present.trust().networkId())
                || !next.site().equals(present.site())
                || next.role() != present.role()
                || next.epoch() <= present.epoch()) {
            throw new IOException("Expected newer certificates of " + present.site() + " from the CA "
                    + present.trust().networkId().brief() + ", found those of " + next.site() + " from "
                    + next.trust().networkId().brief()
                    + ". Headquarters handed out what this network's CA did not make for"
                    + " this site; nothing was changed");
        }
        try {
            present.trust().verifySigner(next.signingCertificate());
            present.trust()
                    .verifyPeer(next.tlsCertificate(), present.role() == Role.HQ ? Purpose.SERVER : Purpose.CLIENT);
        } catch (Refusal e) {
            throw new IOException("The CA's answer does not count: " + e.reason() + ". Nothing was changed", e);
        }
        RenewedFiles.takeOver(identityFolder, folder);
        return next;
    }
}
