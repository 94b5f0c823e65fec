package io.saddlebag.cli.doctor;

import io.saddlebag.identity.PemFiles;
import io.saddlebag.identity.Revocations;
import io.saddlebag.message.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Certificates and the revocation list by the days that they have left. */
final class TrustExam {
    private static final Duration SOON = Duration.ofDays(30);

    private final Path identity;
    private final boolean listRequired;
    private final Duration staleAfter;
    private final Clock clock;

    /** @param staleAfter how long after its renewal was due a list still counts */
    TrustExam(Path identity, boolean listRequired, Duration staleAfter, Clock clock) {
        this.identity = identity;
        this.listRequired = listRequired;
        this.staleAfter = staleAfter;
        this.clock = clock;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        for (String name : List.of("tls.crt", "signing.crt", "ca.crt")) {
            findings.add(certificate(name));
        }
        findings.add(list());
        return findings;
    }

    private Finding certificate(String name) {
        String subject = "certificate";
        String remedy = name.equals("ca.crt")
                ? "Begin a new network with a new CA"
                : "Have it renewed: saddlebag renew --home DIR";
        try {
            X509Certificate certificate = PemFiles.readCertificate(identity.resolve(name));
            Instant end = certificate.getNotAfter().toInstant();
            Duration left = Duration.between(clock.instant(), end);
            String found = name + ": " + left(left, end);
            if (left.isNegative() || certificate.getNotBefore().toInstant().isAfter(clock.instant())) {
                return Finding.fail(
                        subject,
                        left.isNegative()
                                ? found
                                : name + ": valid from "
                                        + certificate.getNotBefore().toInstant() + " on",
                        left.isNegative() ? remedy : "Correct this machine's clock");
            }
            return left.compareTo(SOON) < 0 ? Finding.warn(subject, found, remedy) : Finding.ok(subject, found);
        } catch (IOException e) {
            return Finding.fail(subject, Printable.reason(e.getMessage()), "");
        }
    }

    private static String left(Duration left, Instant end) {
        String day = end.truncatedTo(ChronoUnit.SECONDS).toString();
        return left.isNegative() ? "ended " + day : left.toDays() + " days left, until " + day;
    }

    private Finding list() {
        String subject = "list";
        Path file = identity.resolve("ca.crl");
        if (!Files.exists(file)) {
            return listRequired
                    ? Finding.fail(
                            subject,
                            "no revocation list, and revocation.required=true",
                            "Copy ca.crl from the CA to " + file)
                    : Finding.ok(subject, "the site has no revocation list yet, and needs none");
        }
        try {
            X509CRL crl = Revocations.parse(file, PemFiles.readCertificate(identity.resolve("ca.crt")));
            if (crl.getNextUpdate() == null) {
                return Finding.ok(subject, "a revocation list without an end");
            }
            Instant due = crl.getNextUpdate().toInstant();
            Duration left = Duration.between(clock.instant(), due);
            String remedy = "Ask the CA's keeper for a new one (saddlebag init list)";
            if (left.plus(staleAfter).isNegative()) {
                return Finding.fail(subject, "to be renewed since " + due + ", so that no certificate counts", remedy);
            }
            return left.isNegative()
                    ? Finding.warn(subject, "to be renewed since " + due, remedy)
                    : Finding.ok(subject, "to be renewed in " + left.toDays() + " days");
        } catch (IOException e) {
            return Finding.fail(subject, Printable.reason(e.getMessage()), "");
        }
    }
}
