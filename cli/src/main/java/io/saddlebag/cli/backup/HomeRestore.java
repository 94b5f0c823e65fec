package io.saddlebag.cli.backup;

import io.saddlebag.cli.home.HomeMaker;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FileTree;
import io.saddlebag.files.Utf8File;
import io.saddlebag.files.access.Modes;
import io.saddlebag.hq.HqSettings;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a back-up into a home that is absent or empty. All is made in a folder whose name ends in {@value #UNFINISHED}, next
 * to the home or in the empty one, and the home appears once the back-up was proved whole. For one thread.
 */
final class HomeRestore implements BackupReader.Visitor, AutoCloseable {
    private static final String UNFINISHED = ".restoring";
    private static final Set<String> PRIVATE =
            Set.of("identity", "journal", "work", "operators", "spool", "renewals", "resend");
    private static final String SPOOL = "spool/";
    private static final String DATABASE = "database/";

    private final SiteHome home;
    private final SiteHome unfinished;
    private final Map<String, String> settings;
    private BackupFacts facts;
    private RestoredTables tables;
    private Path spool;
    private boolean isOurs;

    /** @param settings that take the place of those in the back-up */
    HomeRestore(SiteHome home, Map<String, String> settings) {
        this.home = home;
        // An empty folder may be a mount, into which nothing is renamed from next to it.
        this.unfinished = new SiteHome(
                Files.isDirectory(home.folder())
                        ? home.resolve(UNFINISHED)
                        : home.folder().resolveSibling(home.folder().getFileName() + UNFINISHED));
        this.settings = Map.copyOf(settings);
    }

    /** @throws IOException when the home has anything in it, or an earlier restore left something */
    void requireRoom() throws IOException {
        if (Files.exists(unfinished.folder(), LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(unfinished.folder()
                    + ": expected nothing there, found what a restore left that was ended. Delete it");
        }
        requireEmpty(home.folder());
    }

    private static void requireEmpty(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        boolean[] isEmpty = {Files.isDirectory(folder)};
        if (isEmpty[0]) {
            FileTree.forEach(folder, entry -> isEmpty[0] &= isOfDisk(entry));
        }
        if (!isEmpty[0]) {
            throw new IOException(
                    folder + ": expected an empty folder or none, found something in it. Move it away first");
        }
    }

    /** The root of a disk has it from the beginning. */
    private static boolean isOfDisk(Path entry) {
        return entry.endsWith("lost+found");
    }

    @Override
    public void begin(BackupFacts begun) throws IOException {
        facts = begun;
        Path parent = unfinished.folder().getParent();
        AtomicFiles.createFolders(parent);
        Files.createDirectory(unfinished.folder(), Modes.SHARED_FOLDER);
        isOurs = true;
    }

    BackupFacts facts() {
        return facts;
    }

    @Override
    public void member(String path, int mode, long size, InputStream content) throws IOException {
        try {
            if (path.startsWith(DATABASE)) {
                tables().add(path.substring(DATABASE.length()), content);
            } else if (path.startsWith(SPOOL)) {
                addToSpool(path.substring(SPOOL.length()), content);
            } else if (path.equals(BackupWriter.EMPTY_FOLDERS)) {
                BackupReader.folders(content, folder -> makeFolder(unfinished.resolve(folder)));
            } else {
                write(unfinished.resolve(path), mode, content);
                if (path.equals(home.settingsFile().getFileName().toString()) && !settings.isEmpty()) {
                    changeSettings();
                }
            }
        } catch (SiteStartException | SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** A setting without a value goes, so that its default counts. */
    private void changeSettings() throws IOException {
        Map<String, String> given = new LinkedHashMap<>(settings);
        given.values().removeIf(String::isEmpty);
        HomeMaker.set(unfinished, given);
        List<String> kept = Utf8File.read(unfinished.settingsFile())
                .lines()
                .filter(line -> !isWithoutValue(line))
                .toList();
        AtomicFiles.replace(
                unfinished.settingsFile(), (String.join("\n", kept) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private boolean isWithoutValue(String line) {
        String name = line.split("[=:]", 2)[0].strip();
        return "".equals(settings.get(name));
    }

    private RestoredTables tables() throws SiteStartException, SQLException, IOException {
        if (tables == null) {
            tables = RestoredTables.open(unfinished, facts);
        }
        return tables;
    }

    /** A name of a file, or of a file and the place of the bytes in it. */
    private void addToSpool(String name, InputStream content) throws IOException, SiteStartException {
        if (spool == null) {
            Path folder = Settings.load(unfinished, HqSettings.ALL, Map.of()).path(HqSettings.SPOOL);
            requireEmpty(folder);
            AtomicFiles.createPrivateFolder(folder);
            spool = folder;
        }
        String[] parts = name.split("/");
        try (FileChannel file = FileChannel.open(
                spool.resolve(parts[0]),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                Modes.PRIVATE_FILE)) {
            file.position(parts.length == 1 ? 0 : Long.parseLong(parts[1]));
            content.transferTo(Channels.newOutputStream(file));
            file.force(true);
        }
    }

    private void write(Path file, int mode, InputStream content) throws IOException {
        makeFolder(file.getParent());
        Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(text(mode));
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(permissions))) {
            OutputStream out = Channels.newOutputStream(channel);
            content.transferTo(out);
            channel.force(true);
        }
        Files.setPosixFilePermissions(file, permissions);
    }

    private void makeFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        makeFolder(folder.getParent());
        String top = unfinished.folder().relativize(folder).getName(0).toString();
        Files.createDirectory(folder, PRIVATE.contains(top) ? Modes.PRIVATE_FOLDER : Modes.SHARED_FOLDER);
    }

    private static String text(int mode) {
        StringBuilder text = new StringBuilder();
        for (int bit = 8; bit >= 0; bit--) {
            text.append((mode & 1 << bit) == 0 ? '-' : "xwr".charAt(bit % 3));
        }
        return text.toString();
    }

    /** Call it once the whole back-up was read and proved. */
    void finish() throws IOException, SiteStartException, SQLException {
        if (facts.tables() != null) {
            tables().finish();
        }
        syncBelow(unfinished.folder());
        if (unfinished.folder().startsWith(home.folder())) {
            FileTree.forEach(unfinished.folder(), entry -> {
                if (!entry.equals(unfinished.settingsFile())) {
                    Files.move(entry, home.resolve(entry.getFileName().toString()), StandardCopyOption.ATOMIC_MOVE);
                }
            });
            Files.move(unfinished.settingsFile(), home.settingsFile(), StandardCopyOption.ATOMIC_MOVE);
            Files.delete(unfinished.folder());
        } else {
            Files.move(unfinished.folder(), home.folder(), StandardCopyOption.ATOMIC_MOVE);
        }
        isOurs = false;
        AtomicFiles.syncFolder(home.folder());
        AtomicFiles.syncFolder(home.folder().getParent());
    }

    private static void syncBelow(Path folder) throws IOException {
        FileTree.forEach(folder, entry -> {
            if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                syncBelow(entry);
            }
        });
        AtomicFiles.syncFolder(folder);
    }

    /** Removes what an unfinished restore made. */
    @Override
    public void close() throws IOException {
        try {
            if (tables != null) {
                tables.close();
            }
        } catch (SiteStartException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            if (isOurs) {
                FileTree.delete(unfinished.folder());
                if (spool != null && Files.exists(spool)) {
                    // Elsewhere, maybe on a disk of its own.
                    FileTree.forEach(spool, entry -> {
                        if (!isOfDisk(entry)) {
                            FileTree.delete(entry);
                        }
                    });
                }
            }
        }
    }
}
