package io.saddlebag.cli;

import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.SiteKind;
import io.saddlebag.cli.renew.CertificateRequest;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.identity.Enrolment;
import io.saddlebag.identity.PassphraseSource;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.identity.ca.CertificateAuthority;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.OwnIdentity;
import io.saddlebag.site.SiteHome;
import io.saddlebag.stomp.HostName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code enrol}: a site's keys are made on the site, and only a request and certificates travel. */
@Command(
        name = "enrol",
        description = "Make a site's home with keys that never leave it: request, then the CA's keeper runs init sign,"
                + " then accept.")
final class EnrolCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Expected request or accept");
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** The kind of a site: as given, or as the id's ending tells. */
    static final class Kind {
        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        @Option(
                names = "--kind",
                paramLabel = "KIND",
                description = "hq, lab or rc; as the id's ending tells (-HQ, -LAB, -RC) without it.")
        private SiteKind named;

        SiteKind of(SiteId id) {
            return named != null
                    ? named
                    : SiteKind.of(id)
                            .orElseThrow(() -> new CommandLine.ParameterException(
                                    spec.commandLine(),
                                    "Expected an id that ends in -HQ, -LAB or -RC, found " + id
                                            + ". Add --kind hq, lab or rc"));
        }
    }

    @Command(description = "At the site: make its home, its keys, and identity/request.pem for the CA.")
    void request(
            @Parameters(paramLabel = "SITE", description = "The site's id, such as FL-LAB.") SiteId id,
            @Option(
                            names = "--home",
                            required = true,
                            paramLabel = "DIR",
                            description = "The site's home, made if missing.")
                    Path home,
            @Mixin Kind kind,
            @Mixin InitCommand.Passphrase passphrase)
            throws IOException {
        SiteHome made = new SiteHome(home);
        Enrolment.Request request = HomeMaker.enrol(id, kind.of(id), made, passphrase.read());
        out().println("Made the home of " + id + " in " + home + " and its request "
                + made.identity().resolve(Enrolment.REQUEST) + ", fingerprint " + request.fingerprint()
                + ". Carry the request to the keeper of the CA, who compares the fingerprint with you.");
    }

    @Command(description = "At the site: put the CA's answer in place.")
    void accept(
            @Parameters(paramLabel = "ANSWER", description = "The file that init sign wrote.") Path answer,
            @Option(names = "--home", required = true, paramLabel = "DIR", description = "The site's home.") Path home,
            @Mixin InitCommand.Passphrase passphrase)
            throws IOException {
        SiteHome made = new SiteHome(home);
        char[] given = passphrase.read();
        PassphraseSource source = given == null
                ? OwnIdentity.passphrase(made)
                : PassphraseSource.of(
                        "the file of --passphrase-file or in $" + InitCommand.Passphrase.ENVIRONMENT, () -> given);
        SiteIdentity identity = Enrolment.accept(made.identity(), answer, source);
        out().println(identity.site() + " has certificates of the network "
                + identity.trust().networkId() + ". Compare that with the keeper of the CA.");
    }

    /** {@code init sign}, the part of the CA's keeper. */
    @Command(name = "sign", description = "Certify the keys of a site that made them itself, from its request.")
    static final class Sign implements Callable<Integer> {
        @Parameters(index = "0", paramLabel = "SITE", description = "The site's id, such as FL-LAB.")
        private SiteId id;

        @Parameters(
                index = "1",
                paramLabel = "REQUEST",
                description = "The site's request.pem, or the request.json of a renewal.")
        private Path request;

        @Option(names = "--ca", required = true, paramLabel = "DIR", description = "The CA's folder.")
        private Path ca;

        @Option(
                names = {"-o", "--output"},
                required = true,
                paramLabel = "ANSWER",
                description = "Where to write the answer for the site.")
        private Path answer;

        @Option(
                names = "--host",
                paramLabel = "NAME",
                description = "For a headquarters: a host name or address under which it is reached; may be repeated.")
        private final List<HostName> hosts = new ArrayList<>();

        @Mixin
        private Kind kind;

        @Mixin
        private InitCommand.AuthorityPassphrase passphrase;

        @Spec
        private CommandSpec spec;

        @Option(
                names = "--without-proof",
                description = "Certify a request that no present certificate of the site has signed, though it has one."
                        + " Compare the fingerprint with the site, by telephone.")
        private boolean isWithoutProof;

        @Override
        public Integer call() throws IOException {
            CertificateAuthority authority = passphrase.open(ca);
            CertificateRequest asked = CertificateRequest.read(request, ca);
            if (!isWithoutProof) {
                asked.requireProof(id, authority.present(id));
            }
            Enrolment.Request keys = asked.keys();
            byte[] signed = authority.sign(
                    keys,
                    id,
                    kind.of(id).role(),
                    hosts.stream().map(HostName::value).toList());
            AtomicFiles.create(answer, signed);
            if (asked.signer() != null) {
                spec.commandLine()
                        .getOut()
                        .println("The request is signed by " + asked.signer() + ", certificate " + asked.certificate());
            }
            spec.commandLine()
                    .getOut()
                    .println("Certified the keys of " + id + ", fingerprint " + keys.fingerprint() + ", in " + answer
                            + ". If the site names another fingerprint, revoke it: saddlebag init revoke " + id);
            return 0;
        }
    }
}
