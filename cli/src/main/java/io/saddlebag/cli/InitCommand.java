package io.saddlebag.cli;

import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.InitNodeCommand;
import io.saddlebag.cli.home.Network;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.cli.home.SiteKind;
import io.saddlebag.identity.PassphraseSource;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.identity.Revocations;
import io.saddlebag.identity.ca.CertificateAuthority;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stomp.HostAndPort;
import io.saddlebag.stomp.HostName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code init}: what the keeper of the offline CA does. */
@Command(
        name = "init",
        description = "Make the offline CA, a site's home and identity, or the homes of the whole scenario.",
        subcommands = {EnrolCommand.Sign.class, InitNodeCommand.class, CommandLine.HelpCommand.class})
final class InitCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "Expected ca, network, site, node, sign, scenario, revoke or list, found none");
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Encrypts private keys. Never on the command line, where every process of the machine could read it. */
    static final class Passphrase {
        static final String ENVIRONMENT = "SADDLEBAG_PASSPHRASE";

        @Option(
                names = "--passphrase-file",
                paramLabel = "FILE",
                description = "The passphrase of the private keys is the first line of this file; without the option, $"
                        + ENVIRONMENT + " if it is set.")
        private Path file;

        /** Null when there is none. */
        char[] read() throws IOException {
            if (file == null) {
                String value = System.getenv(ENVIRONMENT);
                return value == null || value.isEmpty() ? null : value.toCharArray();
            }
            return PrivateFiles.passphrase(file);
        }
    }

    /** Opens, or first encrypts, the CA's own key. Never on the command line either. */
    static final class AuthorityPassphrase {
        static final String ENVIRONMENT = "SADDLEBAG_CA_PASSPHRASE";

        @Option(
                names = "--ca-passphrase-file",
                paramLabel = "FILE",
                description = "The passphrase of ca.key is the first line of this file; without the option, $"
                        + ENVIRONMENT + " if it is set.")
        private Path file;

        /** Null when there is none. */
        char[] read() throws IOException {
            String value = System.getenv(ENVIRONMENT);
            if (file == null) {
                return value == null || value.isEmpty() ? null : value.toCharArray();
            }
            return PrivateFiles.passphrase(file);
        }

        CertificateAuthority open(Path folder) throws IOException {
            char[] passphrase = read();
            return CertificateAuthority.load(
                    folder,
                    PassphraseSource.of("the file of --ca-passphrase-file or in $" + ENVIRONMENT, () -> passphrase));
        }
    }

    @Command(description = "Make the CA that all sites of a network share. Keep its folder offline.")
    void ca(
            @Option(names = "--dir", required = true, paramLabel = "DIR", description = "An empty or new folder.")
                    Path folder,
            @Option(
                            names = "--name",
                            paramLabel = "NAME",
                            defaultValue = "Saddlebag network",
                            description = "The network's name in the certificate; default '${DEFAULT-VALUE}'.")
                    String name,
            @Mixin AuthorityPassphrase passphrase)
            throws IOException {
        CertificateAuthority.create(folder, name, passphrase.read());
        out().println("Made the CA in " + folder + ". Whoever holds " + folder.resolve("ca.key")
                + " can speak for every site: keep the folder offline.");
    }

    @Command(
            description = "Make the homes of all sites that a file names, with settings and routes and without keys. A"
                    + " home that exists stays as it is.")
    void network(
            @Parameters(
                            paramLabel = "FILE",
                            description = "The network's sites: headquarters, centres, laboratories with their"
                                    + " recipients (docs/first-network.md).")
                    Path file,
            @Option(names = "--dir", required = true, paramLabel = "DIR", description = "Where the homes are made.")
                    Path folder)
            throws IOException, SiteStartException {
        Network network = Network.read(file);
        for (SiteId site : network.sites()) {
            Path home = folder.resolve(site.folderName());
            boolean isMade = HomeMaker.configure(site, network, new SiteHome(home));
            out().println((isMade ? "Made " : "Kept as it is: ") + home);
        }
        out().println("These homes have no keys. For each, on its own machine:");
        for (SiteId site : network.sites()) {
            SiteKind kind = network.kindOf(site);
            String named = SiteKind.of(site).filter(kind::equals).isPresent() ? "" : " --kind " + kind.command();
            out().println("  saddlebag enrol request " + site + named + " --home " + folder.resolve(site.folderName()));
        }
    }

    @Command(description = "Make a site's home: its settings and routes to edit, its certificates and keys.")
    void site(
            @Parameters(paramLabel = "SITE", description = "The site's id, such as FL-LAB.") SiteId id,
            @Option(names = "--ca", required = true, paramLabel = "DIR", description = "The CA's folder.") Path ca,
            @Option(
                            names = "--home",
                            required = true,
                            paramLabel = "DIR",
                            description = "The site's home, made if missing.")
                    Path home,
            @Mixin EnrolCommand.Kind named,
            @Option(
                            names = "--host",
                            paramLabel = "NAME",
                            description = "For a headquarters: a host name or address under which it is reached; may"
                                    + " be repeated.")
                    List<HostName> hosts,
            @Option(
                            names = "--hq",
                            paramLabel = "HOST[:PORT]",
                            split = ",",
                            description = "Where headquarters listens, such as hq.example.org:61617,"
                                    + " [2001:db8::7]:61617 or 192.0.2.7; goes into a lab's or centre's settings."
                                    + " Without a port the settings keep theirs. Several nodes: with their ports and"
                                    + " commas between them.")
                    List<HostAndPort> headquarters,
            @Option(
                            names = "--hq-id",
                            paramLabel = "SITE",
                            description = "The id of headquarters, for a lab's or centre's settings.")
                    SiteId headquartersId,
            @Mixin Passphrase passphrase,
            @Mixin AuthorityPassphrase authorityPassphrase)
            throws IOException {
        // Judge first: an identity that exists is never made anew.
        SiteKind kind = named.of(id);
        if ((headquarters != null || headquartersId != null) && kind == SiteKind.HQ) {
            throw new CommandLine.ParameterException(
                    spec.subcommands().get("site"),
                    "Expected --hq and --hq-id for a laboratory or a centre, found one for the headquarters " + id
                            + ". Name with --host under which it is reached");
        }
        if (headquarters != null
                && headquarters.size() > 1
                && headquarters.stream().anyMatch(address -> address.port() == 0)) {
            throw new CommandLine.ParameterException(
                    spec.subcommands().get("site"),
                    "Expected each of several addresses of --hq with its port, such as hq1.example.org:61617");
        }
        List<String> names =
                hosts == null ? List.of() : hosts.stream().map(HostName::value).toList();
        HomeMaker maker = new HomeMaker(authorityPassphrase.open(ca));
        SiteHome made = new SiteHome(home);
        maker.make(id, kind, made, names, passphrase.read());
        if (headquarters != null) {
            HomeMaker.headquarters(made, headquarters);
        }
        if (headquartersId != null) {
            HomeMaker.set(made, Map.of("hq.id", headquartersId.value()));
        }
        out().println("Made the home of " + id + " in " + home + ". Look through " + made.settingsFile()
                + ", then run it with: saddlebag " + kind.command() + " --home " + home);
    }

    @Command(description = "Make the CA and the homes of the scenario: DC-HQ, four labs, three centres.")
    void scenario(
            @Option(names = "--dir", required = true, paramLabel = "DIR", description = "Where the folders are made.")
                    Path folder,
            @Option(
                            names = "--port",
                            paramLabel = "PORT",
                            converter = OptionTypes.Port.class,
                            defaultValue = "61617",
                            description = "Where headquarters will listen; default ${DEFAULT-VALUE}.")
                    int port)
            throws IOException {
        ScenarioHomes homes = new ScenarioHomes(folder);
        homes.make(port);
        out().println("Made the CA in " + homes.authority() + " and these homes; run each with:");
        for (SiteId site : ScenarioHomes.SITES) {
            out().println("  saddlebag " + SiteKind.of(site).orElseThrow().command() + " --home "
                    + homes.home(site).folder());
        }
    }

    @Command(description = "Withdraw every certificate of a site and write ca.crl for all the others.")
    void revoke(
            @Parameters(paramLabel = "SITE", description = "The site's id, such as FL-LAB.") SiteId id,
            @Option(names = "--ca", required = true, paramLabel = "DIR", description = "The CA's folder.") Path ca,
            @Mixin AuthorityPassphrase authorityPassphrase)
            throws IOException {
        int withdrawn = authorityPassphrase.open(ca).revoke(id);
        out().println("Withdrew " + withdrawn + " certificates of " + id + ". Copy " + ca.resolve("ca.crl")
                + " into the identity folder of headquarters, which hands it out, or of every site; it counts within"
                + " half a minute.");
    }

    @Command(
            description = "Write ca.crl anew, or for the first time, without a revocation; it is to be renewed once a"
                    + " year.")
    void list(
            @Option(names = "--ca", required = true, paramLabel = "DIR", description = "The CA's folder.") Path ca,
            @Mixin AuthorityPassphrase authorityPassphrase)
            throws IOException {
        X509CRL list = authorityPassphrase.open(ca).renewList();
        out().println("Wrote " + ca.resolve("ca.crl") + ", number " + Revocations.number(list) + ", to be renewed by "
                + list.getNextUpdate().toInstant()
                + ". Copy it into the identity folder of headquarters, which hands it out.");
    }
}
