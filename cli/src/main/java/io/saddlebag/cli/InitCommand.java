package io.saddlebag.cli;

import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.cli.home.SiteKind;
import io.saddlebag.identity.PrivateFiles;
import io.saddlebag.identity.ca.CertificateAuthority;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import io.saddlebag.stomp.HostName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
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
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            InitCommand.Ca.class,
            InitCommand.Site.class,
            InitCommand.Scenario.class,
            InitCommand.Revoke.class,
            CommandLine.HelpCommand.class
        })
final class InitCommand implements Runnable {
    private static final String DEFAULT_PORT = "61617";
    private static final int MAX_PORT = 65_535;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "Expected ca, site, scenario or revoke, found none");
    }

    /** Encrypts private keys. Never on the command line, where every process of the machine could read it. */
    static final class Passphrase {
        static final String ENVIRONMENT = "SADDLEBAG_PASSPHRASE";

        @Option(
                names = "--passphrase-file",
                paramLabel = "FILE",
                description = "Encrypt the private keys with the first line of this file; without the option, with"
                        + " $" + ENVIRONMENT + " if it is set.")
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

    @Command(
            name = "ca",
            description = "Make the CA that all sites of a network share. Keep its folder offline.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    static final class Ca implements Callable<Integer> {
        @Option(names = "--dir", required = true, paramLabel = "DIR", description = "An empty or new folder.")
        private Path folder;

        @Option(
                names = "--name",
                paramLabel = "NAME",
                defaultValue = "Saddlebag network",
                description = "The network's name in the certificate; default '${DEFAULT-VALUE}'.")
        private String name;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            CertificateAuthority.create(folder, name);
            spec.commandLine()
                    .getOut()
                    .println("Made the CA in " + folder + ". Whoever holds " + folder.resolve("ca.key")
                            + " can speak for every site: keep the folder offline.");
            return 0;
        }
    }

    @Command(
            name = "site",
            description = "Make a site's home: its settings and routes to edit, its certificates and keys.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    static final class Site implements Callable<Integer> {
        @Parameters(paramLabel = "SITE", description = "The site's id, such as FL-LAB.")
        private String site;

        @Option(names = "--ca", required = true, paramLabel = "DIR", description = "The CA's folder.")
        private Path ca;

        @Option(
                names = "--home",
                required = true,
                paramLabel = "DIR",
                description = "The site's home, made if missing.")
        private Path home;

        @Option(
                names = "--kind",
                paramLabel = "KIND",
                description = "hq, lab or rc; as the id's ending tells (-HQ, -LAB, -RC) without it.")
        private String kind;

        @Option(
                names = "--host",
                paramLabel = "NAME",
                description = "For a headquarters: a host name or address under which it is reached; may be repeated.")
        private final List<String> hosts = new ArrayList<>();

        @Option(
                names = "--hq",
                paramLabel = "HOST[:PORT]",
                description =
                        "Where headquarters listens, such as hq.example.org:61617, [2001:db8::7]:61617 or"
                                + " 192.0.2.7; goes into a lab's or centre's settings. Without a port the settings keep theirs.")
        private String headquarters;

        @Mixin
        private Passphrase passphrase;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            SiteId id = idOf(site, spec);
            // Judge first: an identity that exists is never made anew.
            HostAndPort listensAt = headquarters == null ? null : judged("--hq", headquarters, HostAndPort::of, spec);
            if (listensAt != null && kindOf(id) == SiteKind.HQ) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        "Expected --hq for a laboratory or a centre, found it for the headquarters " + id
                                + ". Name with --host under which it is reached");
            }
            List<String> names = new ArrayList<>();
            for (String host : hosts) {
                names.add(judged("--host", host, HostName::of, spec).value());
            }
            HomeMaker maker = new HomeMaker(CertificateAuthority.load(ca));
            SiteHome made = new SiteHome(home);
            maker.make(id, kindOf(id), made, names, passphrase.read());
            if (listensAt != null) {
                HomeMaker.set(made, "hq.host", listensAt.host().value());
                if (listensAt.port() != 0) {
                    HomeMaker.set(made, "hq.port", Integer.toString(listensAt.port()));
                }
            }
            spec.commandLine()
                    .getOut()
                    .println("Made the home of " + id + " in " + home + ". Look through " + made.settingsFile()
                            + ", then run it with: saddlebag " + kindOf(id).command() + " --home " + home);
            return 0;
        }

        private SiteKind kindOf(SiteId id) {
            for (SiteKind each : SiteKind.values()) {
                if (each.command().equals(kind)) {
                    return each;
                }
            }
            if (kind != null) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "Expected --kind hq, lab or rc, found " + kind);
            }
            return SiteKind.of(id)
                    .orElseThrow(() -> new CommandLine.ParameterException(
                            spec.commandLine(),
                            "Expected an id that ends in -HQ, -LAB or -RC, found " + id
                                    + ". Add --kind hq, lab or rc"));
        }
    }

    @Command(
            name = "scenario",
            description = "Make the CA and the homes of the scenario: DC-HQ, four labs, three centres.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    static final class Scenario implements Callable<Integer> {
        @Option(names = "--dir", required = true, paramLabel = "DIR", description = "Where the folders are made.")
        private Path folder;

        @Option(
                names = "--port",
                paramLabel = "PORT",
                defaultValue = DEFAULT_PORT,
                description = "Where headquarters will listen; default ${DEFAULT-VALUE}.")
        private int port;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            if (port < 1 || port > MAX_PORT) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "Expected --port from 1 to " + MAX_PORT + ", found " + port);
            }
            ScenarioHomes homes = new ScenarioHomes(folder);
            homes.make(port);
            PrintWriter out = spec.commandLine().getOut();
            out.println("Made the CA in " + homes.authority() + " and these homes; run each with:");
            for (SiteId site : ScenarioHomes.SITES) {
                out.println("  saddlebag " + SiteKind.of(site).orElseThrow().command() + " --home "
                        + homes.home(site).folder());
            }
            return 0;
        }
    }

    @Command(
            name = "revoke",
            description = "Withdraw every certificate of a site and write ca.crl for all the others.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    static final class Revoke implements Callable<Integer> {
        @Parameters(paramLabel = "SITE", description = "The site's id, such as FL-LAB.")
        private String site;

        @Option(names = "--ca", required = true, paramLabel = "DIR", description = "The CA's folder.")
        private Path ca;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            SiteId id = idOf(site, spec);
            int withdrawn = CertificateAuthority.load(ca).revoke(id);
            spec.commandLine()
                    .getOut()
                    .println("Withdrew " + withdrawn + " certificates of " + id + ". Copy " + ca.resolve("ca.crl")
                            + " into the identity folder of every site; it counts within half a minute.");
            return 0;
        }
    }

    private static SiteId idOf(String site, CommandSpec spec) {
        return judged("SITE", site, SiteId::of, spec);
    }

    /** The value of an option; what is wrong with it is said with the option's name. */
    private static <T> T judged(String option, String value, Function<String, T> reading, CommandSpec spec) {
        try {
            return reading.apply(value);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
    }
}
