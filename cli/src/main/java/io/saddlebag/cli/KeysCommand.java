package io.saddlebag.cli;

import io.saddlebag.dsse.EnvelopeVerifier;
import io.saddlebag.identity.Trust;
import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.AgeKeyFile;
import io.saddlebag.site.OwnIdentity;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code keys}: the age keys of a centre, and the key bundles that a laboratory has pinned. */
@Command(
        name = "keys",
        description = "Look at the keys that messages are sealed for, and change those of a centre. A centre that runs"
                + " takes a change up within seconds and publishes it.")
final class KeysCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Expected list, show, rotate or revoke");
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** The site that a command looks at. */
    static final class Site {
        @Option(names = "--home", required = true, paramLabel = "DIR", description = "The site's home.")
        private Path folder;

        SiteHome home() {
            return new SiteHome(folder);
        }

        /** Null when the site has none; then its keys are not encrypted. */
        char[] passphrase() throws IOException {
            return OwnIdentity.passphrase(home()).get();
        }

        AgeKeyFile load() throws IOException {
            return AgeKeyFile.load(ageKeys(), OwnIdentity.passphrase(home()));
        }

        Path ageKeys() {
            return home().identity().resolve("age.key");
        }

        List<Path> pinned() throws IOException {
            Path keys = home().resolve("keys");
            if (!Files.isDirectory(keys)) {
                return List.of();
            }
            try (Stream<Path> files = Files.list(keys)) {
                return files.filter(file -> file.getFileName().toString().matches("[A-Z0-9-]+\\.json"))
                        .sorted()
                        .toList();
            }
        }

        /** Verified as the laboratory does; the CA's list in its identity folder counts. */
        KeyBundle verified(Path envelope) throws IOException {
            Trust trust = Trust.load(home().identity(), Clock.systemUTC());
            return Json.read(
                    new EnvelopeVerifier(trust)
                            .verify(Files.readAllBytes(envelope), KeyBundle.TYPE)
                            .payload(),
                    KeyBundle.class);
        }
    }

    @Command(
            description = "At a centre, each key of identity/age.key and until when it opens. At a laboratory, each"
                    + " recipient's pinned bundle; exit code 1 when one does not count.")
    int list(@Mixin Site site) throws IOException {
        return Files.exists(site.ageKeys()) ? listKeys(site) : listPinned(site);
    }

    private int listKeys(Site site) throws IOException {
        Instant now = Instant.now();
        for (AgeKeyFile.Key key : site.load().keys()) {
            Instant until = key.opensUntil();
            out().println(key.identity().recipient() + "  "
                    + (until == null
                            ? "sealed for"
                            : until.isAfter(now) ? "opens until " + until : "ended at " + until));
        }
        return 0;
    }

    private int listPinned(Site site) throws IOException {
        int exitCode = 0;
        for (Path envelope : site.pinned()) {
            String name = envelope.getFileName().toString().replace(".json", "");
            try {
                KeyBundle bundle = site.verified(envelope);
                KeyBundle.Key plain = bundle.current(Instant.now(), false);
                KeyBundle.Key key = plain == null ? bundle.current(Instant.now(), true) : plain;
                out().println(name + "  version " + bundle.version() + "  issued " + bundle.issued()
                        + (key == null ? "  no key is current" : "  key " + key.keyId() + " until " + key.notAfter()));
                exitCode = key == null ? CommandLine.ExitCode.SOFTWARE : exitCode;
            } catch (Refusal e) {
                out().println(name + "  " + e.reason());
                exitCode = CommandLine.ExitCode.SOFTWARE;
            }
        }
        return exitCode;
    }

    @Command(description = "Print a recipient's key bundle as a laboratory has pinned it, once it has verified.")
    void show(
            @Mixin Site site,
            @Parameters(paramLabel = "SITE", description = "The recipient, such as CA-RC.") SiteId recipient)
            throws IOException, CommandFailure {
        Path envelope = site.home().resolve("keys").resolve(recipient + ".json");
        if (!Files.isRegularFile(envelope)) {
            throw new CommandFailure(
                    envelope + ": expected a pinned key bundle, found none. Name a site of: saddlebag keys list");
        }
        try {
            out().println(Json.textForPeople(site.verified(envelope)));
        } catch (Refusal e) {
            throw new CommandFailure(envelope + ": " + e.reason(), e);
        }
    }

    @Command(
            description =
                    "Make a new key for a centre. Senders seal for it alone; the keys before open until the end of"
                            + " the grace period, for messages that are under way.")
    void rotate(
            @Mixin Site site,
            @Option(
                            names = "--grace",
                            paramLabel = "TIME",
                            defaultValue = "30d",
                            description = "How long the keys before still open; default ${DEFAULT-VALUE}.")
                    String grace)
            throws IOException {
        Instant now = Instant.now();
        Instant until = now.plus(period(grace));
        AgeKeyFile rotated = site.load().rotated(now, until);
        rotated.replace(site.ageKeys(), site.passphrase());
        rotated.published().forEach(next -> out().println("Made the key " + next.recipient()));
        out().println("The keys before open for " + grace);
    }

    private Duration period(String grace) {
        try {
            return Settings.durationOf(grace);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.subcommands().get("rotate"),
                    "Expected --grace with a time such as 30d or 12h, found " + grace,
                    e);
        }
    }

    @Command(
            description = "Take a stolen key from a centre: senders no longer seal for it, and it opens nothing there."
                    + " Kept in identity/age.key.revoked, to open by hand what comes too late.")
    void revoke(
            @Mixin Site site,
            @Parameters(
                            paramLabel = "RECIPIENT",
                            description = "The key's public half as keys list prints it; of a long one, age1pq1..., its"
                                    + " first 24 characters and three dots do.")
                    String recipient)
            throws IOException, CommandFailure {
        AgeKeyFile keys = site.load();
        AgeKeyFile.Key revoked;
        try {
            revoked = keys.of(recipient);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(site.ageKeys() + ": " + e.getMessage(), e);
        }
        AgeKeyFile left = keys.without(revoked, Instant.now());
        // Kept first: a crash in between leaves the key in both files.
        Path kept = site.home().identity().resolve("age.key.revoked");
        AgeKeyFile.keep(revoked, kept, site.passphrase());
        left.replace(site.ageKeys(), site.passphrase());
        out().println("Took the key " + revoked.identity().shown() + " out of " + site.ageKeys() + " into " + kept
                + "; senders seal for " + left.published().get(0).shown());
    }
}
