package io.saddlebag.cli.renew;

import io.saddlebag.hq.HqSettings;
import io.saddlebag.hq.renewals.RenewalFolder;
import io.saddlebag.hq.renewals.RenewalFolder.State;
import io.saddlebag.identity.PassphraseSource;
import io.saddlebag.identity.PemFiles;
import io.saddlebag.identity.RenewedFiles;
import io.saddlebag.identity.Role;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.identity.SiteNames;
import io.saddlebag.lab.LabSettings;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Sha256;
import io.saddlebag.rc.RcSettings;
import io.saddlebag.site.LinkedSiteSettings;
import io.saddlebag.site.OwnIdentity;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code renew}: asks for new certificates in time, and takes them up once the CA's keeper has signed. */
@Command(
        name = "renew",
        description = "Renew a site's certificates over its connection to headquarters: makes new keys and a signed"
                + " request, and takes up the answer of the CA's keeper. Run it daily, whether the site runs or not. Exit"
                + " code 0 when nothing is due, the request waits, or the new certificates are in place; 1 when it was"
                + " refused or headquarters cannot be reached.")
public final class RenewCommand implements Callable<Integer> {
    @Option(names = "--home", required = true, paramLabel = "DIR", description = "The site's home.")
    private Path folder;

    @Option(
            names = "--before",
            paramLabel = "TIME",
            defaultValue = "60d",
            description = "How long before the first of the certificates ends they are renewed; default"
                    + " ${DEFAULT-VALUE}.")
    private String before;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, SiteStartException {
        SiteHome home = new SiteHome(folder);
        Clock clock = Clock.systemUTC();
        RenewedFiles.finish(home.identity());
        Role role = role(home);
        Settings settings = settings(home, role);
        PassphraseSource passphrase = OwnIdentity.passphrase(home);
        SiteIdentity present = SiteIdentity.load(home.identity(), passphrase);
        Renewal renewal = new Renewal(home.identity(), present, passphrase.get(), clock);
        Instant end = end(present);
        if (!renewal.isPending() && end.isAfter(clock.instant().plus(period()))) {
            out().println("Nothing is due: the certificates of " + present.site() + " run until " + end);
            return 0;
        }
        try (RenewalQueue queue = role == Role.HQ
                ? new OwnRenewalFolder(home, present.site())
                : RenewalConnection.open(present, LinkedSiteSettings.link(settings), RenewalConnection.PATIENCE)) {
            return renew(renewal, queue);
        }
    }

    private int renew(Renewal renewal, RenewalQueue queue) throws IOException {
        byte[] request = renewal.request();
        RenewalFolder.Found found = queue.find();
        if (!Sha256.of(request).hex().equals(found.request())) {
            queue.put(request);
            out().println("Requested new certificates, fingerprint " + renewal.fingerprint()
                    + ". The request waits at headquarters for the keeper of the CA. Run this again once it is signed");
            return 0;
        }
        if (found.state() == State.ANSWERED) {
            SiteIdentity next = renewal.accept(found.body());
            out().println("Accepted: the new certificates of " + next.site() + " run until " + end(next)
                    + ". A site that runs takes them up within seconds");
            return 0;
        }
        if (found.state() == State.REFUSED) {
            renewal.discard();
            out().println("Refused by the keeper of the CA: " + Printable.reason(RenewalFolder.reason(found))
                    + ". The next renew makes new keys and asks again");
            return CommandLine.ExitCode.SOFTWARE;
        }
        out().println("The request waits at headquarters for the keeper of the CA, fingerprint "
                + renewal.fingerprint());
        return 0;
    }

    private static Role role(SiteHome home) throws IOException {
        return SiteNames.roleIn(PemFiles.readCertificate(home.identity().resolve("signing.crt")))
                .orElseThrow(() -> new IOException(home.identity().resolve("signing.crt")
                        + ": expected a certificate that names its role, found none"));
    }

    private static Settings settings(SiteHome home, Role role) throws SiteStartException {
        return Settings.load(
                home,
                switch (role) {
                    case HQ -> HqSettings.ALL;
                    case LAB -> LabSettings.ALL;
                    case CENTRE -> RcSettings.ALL;
                },
                Map.of());
    }

    /** The end of the certificate that ends first. */
    private static Instant end(SiteIdentity identity) {
        Instant tls = identity.tlsCertificate().getNotAfter().toInstant();
        Instant signing = identity.signingCertificate().getNotAfter().toInstant();
        return tls.isBefore(signing) ? tls : signing;
    }

    private Duration period() {
        try {
            return Settings.durationOf(before);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "Expected --before with a time such as 60d or 12h, found " + before, e);
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
