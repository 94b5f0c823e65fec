package io.saddlebag.cli.home;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FileTree;
import io.saddlebag.hq.HqSettings;
import io.saddlebag.hq.node.Node;
import io.saddlebag.message.Printable;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.stomp.HostAndPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes the home of one more node of a headquarters from the home of another node: the same identity, topology and database,
 * a name and an address of its own. Overwrites nothing.
 */
public final class NodeHome {
    /** Notes and work of the other home itself. */
    private static final Set<String> NOT_OF_IDENTITY = Set.of("stores.json", "renewal");

    private final SiteHome other;
    private final Settings settings;

    /** @throws SiteStartException when the settings of the other home do not name a node and a database that nodes share */
    public NodeHome(SiteHome other) throws SiteStartException {
        this.other = other;
        this.settings = Settings.load(other, HqSettings.ALL, Map.of());
        require(HqSettings.NODE, "the name of that node, such as n1");
        require(HqSettings.DATABASE_URL, "the URL of a PostgreSQL that both nodes reach");
    }

    private void require(String name, String meaning) throws SiteStartException {
        if (settings.text(name).isEmpty()) {
            throw new SiteStartException(
                    other.settingsFile() + ": expected " + name + ", " + meaning + ", found none. Set it there first");
        }
    }

    /** @throws IOException when the home has anything in it, or the name is the other node's */
    public void make(SiteHome home, String name, HostAndPort address) throws IOException {
        try {
            Node.requireName(name);
        } catch (IllegalArgumentException e) {
            throw new IOException("expected for the new node " + e.getMessage(), e);
        }
        if (name.equals(settings.text(HqSettings.NODE))) {
            throw new IOException("expected a name of its own for the new node, found " + Printable.of(name)
                    + ", which " + other.settingsFile() + " has");
        }
        requireEmpty(home);
        AtomicFiles.createFolders(home.folder());
        AtomicFiles.createPrivateFolder(home.identity());
        FileTree.forEach(other.identity(), file -> {
            if (!NOT_OF_IDENTITY.contains(file.getFileName().toString())) {
                copy(file, home.identity());
            }
        });
        AtomicFiles.syncFolder(home.identity());
        for (String each : List.of("routes", "lib")) {
            copy(other.resolve(each), home.folder());
        }
        for (String each : List.of(HqSettings.TOPOLOGY, HqSettings.DATABASE_PASSWORD_FILE)) {
            copyInto(settings.path(each), home);
        }
        copy(other.settingsFile(), home.folder());
        HomeMaker.set(
                home,
                Map.of(
                        HqSettings.NODE, name,
                        HqSettings.NODE_ADDRESS, address.toString(),
                        HqSettings.PORT, Integer.toString(address.port())));
        AtomicFiles.syncFolder(home.folder());
    }

    private static void requireEmpty(SiteHome home) throws IOException {
        if (Files.exists(home.folder(), LinkOption.NOFOLLOW_LINKS)) {
            FileTree.forEach(home.folder(), entry -> {
                throw new IOException(home.folder() + ": expected a new or empty folder, found "
                        + Printable.of(entry.getFileName().toString()) + " in it. Name another with --home");
            });
        }
    }

    /** A file that the settings name. One outside the home stays where it is. */
    private void copyInto(Path file, SiteHome home) throws IOException {
        if (file.startsWith(other.folder())) {
            Path folder = home.resolve(other.nameOf(file)).getParent();
            AtomicFiles.createFolders(folder);
            copy(file, folder);
        }
    }

    private static void copy(Path from, Path folder) throws IOException {
        if (!Files.exists(from)) {
            return;
        }
        Path to = folder.resolve(from.getFileName());
        Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
        if (Files.isDirectory(from)) {
            FileTree.forEach(from, each -> copy(each, to));
            AtomicFiles.syncFolder(to);
        } else {
            AtomicFiles.sync(to);
        }
    }
}
