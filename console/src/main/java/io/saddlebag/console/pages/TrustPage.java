package io.saddlebag.console.pages;

import io.javalin.http.Context;
import io.saddlebag.console.read.ConsoledHome;
import io.saddlebag.console.read.Homes;
import io.saddlebag.console.read.HqReader;
import io.saddlebag.console.read.KeyBundles;
import io.saddlebag.console.read.KeyBundles.Bundle;
import io.saddlebag.console.read.UnansweredException;
import io.saddlebag.identity.PemFiles;
import io.saddlebag.observe.SiteStatus.Certificate;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Every certificate, key bundle and revocation list, those that end first on top. */
public final class TrustPage {
    private final Homes homes;
    private final View view;

    public TrustPage(Homes homes, View view) {
        this.homes = homes;
        this.view = view;
    }

    /** @param ends when it ends */
    public record Line(String site, String use, Instant ends, String note) {}

    /** The model of the template. */
    public record Trust(Instant now, List<Line> lines, List<String> problems) {}

    public void show(Context answer) {
        List<Line> lines = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        Set<X509Certificate> authorities = new HashSet<>();
        for (ConsoledHome home : homes.all()) {
            home.status()
                    .ifPresentOrElse(
                            status -> status.certificates().forEach(each -> lines.add(line(home, each))),
                            () -> problems.add(home.site() + " has written no status yet."));
            authority(home, authorities, lines, problems);
        }
        for (HqReader reader : homes.headquarters()) {
            bundles(reader, lines, problems);
        }
        lines.sort(Comparator.comparing(Line::ends).thenComparing(Line::site).thenComparing(Line::use));
        view.show(answer, "trust", "Trust", "/trust", new Trust(view.now(), lines, problems));
    }

    private static Line line(ConsoledHome home, Certificate certificate) {
        return new Line(home.site().value(), use(certificate.use()), certificate.notAfter(), "as the site wrote it");
    }

    private static String use(String use) {
        return switch (use) {
            case "tls" -> "certificate for TLS";
            case "signing" -> "certificate for signatures";
            case "revocation-list" -> "revocation list";
            default -> use.replace('-', ' ');
        };
    }

    /** All homes of a network have the same. */
    private static void authority(
            ConsoledHome home, Set<X509Certificate> known, List<Line> lines, List<String> problems) {
        Path file = home.home().identity().resolve("ca.crt");
        try {
            X509Certificate authority = PemFiles.readCertificate(file);
            if (known.add(authority)) {
                lines.add(new Line(
                        "CA",
                        "certificate of the network",
                        authority.getNotAfter().toInstant(),
                        authority.getSubjectX500Principal().getName()));
            }
        } catch (IOException e) {
            problems.add(home.site() + ": the CA's certificate cannot be read.");
        }
    }

    private static void bundles(HqReader reader, List<Line> lines, List<String> problems) {
        try {
            for (Bundle bundle : KeyBundles.newest(reader)) {
                if (bundle.ends() != null) {
                    lines.add(new Line(
                            bundle.site(),
                            "keys to seal for it",
                            bundle.ends(),
                            "version " + bundle.version() + ", " + Text.plural(bundle.keys(), "key", "keys")
                                    + ", registered " + Text.time(bundle.registered())));
                } else {
                    problems.add(bundle.site() + ": its key bundle at headquarters cannot be read.");
                }
            }
        } catch (UnansweredException e) {
            problems.add(reader.home().site() + ": " + e.getMessage());
        }
    }
}
