package io.saddlebag.cli.home;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.identity.ca.CertificateAuthority;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The eight homes of the seed scenario and their CA, in one folder. */
public final class ScenarioHomes {
    public static final SiteId HEADQUARTERS = SiteId.of("DC-HQ");
    public static final List<SiteId> CENTRES =
            Stream.of("CA-RC", "NY-RC", "SF-RC").map(SiteId::of).toList();
    public static final List<SiteId> LABS =
            Stream.of("FL-LAB", "PA-LAB", "MA-LAB", "IL-LAB").map(SiteId::of).toList();
    /** In the order in which they are best started. */
    public static final List<SiteId> SITES = Stream.of(List.of(HEADQUARTERS), CENTRES, LABS)
            .flatMap(List::stream)
            .toList();

    private final Path folder;

    public ScenarioHomes(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    public Path folder() {
        return folder;
    }

    public Path authority() {
        return folder.resolve("ca");
    }

    public SiteHome home(SiteId site) {
        return new SiteHome(folder.resolve(site.folderName()));
    }

    /**
     * Makes the CA and every home.
     *
     * @param port where headquarters will listen, on 127.0.0.1
     * @throws IOException when some of it exists already, or cannot be written
     */
    public void make(int port) throws IOException {
        AtomicFiles.createFolders(folder);
        HomeMaker maker = new HomeMaker(CertificateAuthority.create(authority(), "Saddlebag scenario"));
        for (SiteId site : SITES) {
            SiteHome home = home(site);
            maker.make(site, SiteKind.of(site).orElseThrow(), home, List.of(), null);
            HomeMaker.set(home, Map.of("hq.host", "127.0.0.1", "hq.port", Integer.toString(port)));
        }
    }
}
