package io.saddlebag.cli.home;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.Utf8File;
import io.saddlebag.identity.Enrolment;
import io.saddlebag.identity.ca.CertificateAuthority;
import io.saddlebag.message.SiteId;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.camel.ClasspathFolder;
import io.saddlebag.stores.HomeId;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes the homes of sites: the settings and routes that people edit, certificates and keys. Overwrites nothing. */
public final class HomeMaker {
    private static final Map<SiteKind, SiteId> EXAMPLES = Map.of(
            SiteKind.HQ, SiteId.of("DC-HQ"), SiteKind.LAB, SiteId.of("FL-LAB"), SiteKind.CENTRE, SiteId.of("CA-RC"));

    private final CertificateAuthority authority;

    /** @param authority issues the certificates */
    public HomeMaker(CertificateAuthority authority) {
        this.authority = authority;
    }

    /**
     * Makes a home. A site of the scenario gets its own settings and routes; another one those of a site of its kind,
     * with its own name in them. Existing settings stay.
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
            copyConfiguration(site, kind, home);
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

    private static void copyConfiguration(SiteId site, SiteKind kind, SiteHome home) throws IOException {
        SiteId example = site;
        SortedMap<String, URL> files = configuration(site);
        if (files.isEmpty()) {
            example = EXAMPLES.get(kind);
            files = configuration(example);
        }
        if (files.isEmpty()) {
            throw new IOException("Expected the configuration of " + example + " in this distribution, found none."
                    + " Build it anew: mvn clean package");
        }
        for (Map.Entry<String, URL> file : files.entrySet()) {
            Path target = home.folder().resolve(file.getKey());
            AtomicFiles.createFolders(target.getParent());
            try (InputStream in = file.getValue().openStream()) {
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .replace(example.value(), site.value())
                        .replace(example.folderName(), site.folderName())
                        .replace(queuePrefix(example), queuePrefix(site));
                AtomicFiles.create(target, text.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    /** The first part of the name of a centre's queue, as in {@code ca_rc_queue}. */
    private static String queuePrefix(SiteId site) {
        return site.folderName().replace('-', '_');
    }

    private static SortedMap<String, URL> configuration(SiteId site) throws IOException {
        return new ClasspathFolder(HomeMaker.class.getClassLoader(), "saddlebag/config/" + site.folderName()).files();
    }

    /** Sets lines of a home's settings, each in its place where there is one. */
    public static void set(SiteHome home, Map<String, String> settings) throws IOException {
        String text = Utf8File.read(home.settingsFile());
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            String line = setting.getKey() + "=" + setting.getValue();
            Matcher found = Pattern.compile("(?m)^[ \t]*" + Pattern.quote(setting.getKey()) + "[ \t]*=.*$")
                    .matcher(text);
            text = found.find()
                    ? found.replaceAll(Matcher.quoteReplacement(line))
                    : text + (text.isEmpty() || text.endsWith("\n") ? "" : "\n") + line + "\n";
        }
        AtomicFiles.replace(home.settingsFile(), text.getBytes(StandardCharsets.UTF_8));
    }
}
