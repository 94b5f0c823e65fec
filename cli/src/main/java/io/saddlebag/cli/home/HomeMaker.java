package io.saddlebag.cli.home;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.Utf8File;
import io.saddlebag.identity.Enrolment;
import io.saddlebag.identity.ca.CertificateAuthority;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.site.SiteHome;
import io.saddlebag.stomp.HostAndPort;
import io.saddlebag.stores.HomeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes the homes of sites: the settings and routes that people edit, certificates and keys. Overwrites nothing. */
public final class HomeMaker {
    private final CertificateAuthority authority;

    /** @param authority issues the certificates */
    public HomeMaker(CertificateAuthority authority) {
        this.authority = authority;
    }

    /**
     * Makes a home. A site of the scenario gets its own settings and routes; another one those of a site of its kind,
     * with its own name and no other site's in them. Existing settings stay.
     *
     * @param hostNames under which a headquarters is reached, in addition to localhost
     * @param passphrase encrypts the private keys; null leaves them plain
     * @throws IOException when an identity exists already, or the home cannot be written
     */
    public void make(SiteId site, SiteKind kind, SiteHome home, List<String> hostNames, char[] passphrase)
            throws IOException {
        configure(site, kind, home);
        authority.issue(site, kind.role(), hostNames, home.identity(), passphrase);
        makeOwn(kind, home, passphrase);
    }

    /**
     * Makes a home as {@link #make} does, whose keys the CA never sees: with a request for certificates in the place of
     * certificates.
     */
    public static Enrolment.Request enrol(SiteId site, SiteKind kind, SiteHome home, char[] passphrase)
            throws IOException {
        configure(site, kind, home);
        Enrolment.Request request = Enrolment.begin(home.identity(), site, passphrase, new SecureRandom());
        makeOwn(kind, home, passphrase);
        return request;
    }

    private static void configure(SiteId site, SiteKind kind, SiteHome home) throws IOException {
        AtomicFiles.createFolders(home.folder());
        if (!home.exists()) {
            write(SiteConfiguration.of(site, kind), home);
        }
    }

    private static void makeOwn(SiteKind kind, SiteHome home, char[] passphrase) throws IOException {
        HomeId.make(home.identity(), new SecureRandom());
        Path key = home.identity().resolve("age.key");
        if (kind == SiteKind.CENTRE && !Files.exists(key)) {
            AgeIdentity.write(
                    key, passphrase, Clock.systemUTC(), AgeIdentity.generatePostQuantum(), AgeIdentity.generate());
        }
    }

    /**
     * Makes the home of a site of this network: settings and routes, and no keys.
     *
     * @return false when the home has settings, which stay
     */
    public static boolean configure(SiteId site, Network network, SiteHome home) throws IOException {
        AtomicFiles.createFolders(home.folder());
        if (home.exists()) {
            return false;
        }
        write(SiteConfiguration.of(site, network), home);
        return true;
    }

    private static void write(Map<String, String> files, SiteHome home) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path target = home.folder().resolve(file.getKey());
            AtomicFiles.createFolders(target.getParent());
            AtomicFiles.create(target, file.getValue().getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * Says in a home's settings where headquarters listens.
     *
     * @param addresses one, which may lack its port, or several
     */
    public static void headquarters(SiteHome home, List<HostAndPort> addresses) throws IOException {
        if (addresses.size() > 1) {
            String all = addresses.stream().map(HostAndPort::toString).collect(Collectors.joining(","));
            change(home, List.of("hq.host", "hq.port"), Map.of("hq.addresses", all));
            return;
        }
        HostAndPort only = addresses.get(0);
        Map<String, String> settings =
                new LinkedHashMap<>(Map.of("hq.host", only.host().value()));
        if (only.port() != 0) {
            settings.put("hq.port", Integer.toString(only.port()));
        }
        change(home, List.of("hq.addresses"), settings);
    }

    /** Sets lines of a home's settings, each in its place where there is one. */
    public static void set(SiteHome home, Map<String, String> settings) throws IOException {
        change(home, List.of(), settings);
    }

    private static void change(SiteHome home, List<String> without, Map<String, String> settings) throws IOException {
        String text = Utf8File.read(home.settingsFile());
        for (String name : without) {
            text = SiteConfiguration.without(text, name);
        }
        text = SiteConfiguration.with(text, settings);
        AtomicFiles.replace(home.settingsFile(), text.getBytes(StandardCharsets.UTF_8));
    }
}
