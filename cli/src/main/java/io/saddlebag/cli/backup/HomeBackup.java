package io.saddlebag.cli.backup;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FileTree;
import io.saddlebag.files.access.Modes;
import io.saddlebag.message.Json;
import io.saddlebag.message.SiteId;
import io.saddlebag.observe.LastBackup;
import io.saddlebag.site.OwnIdentity;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteHome;
import io.saddlebag.site.SiteStartException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Writes one back-up of a home, while its site runs or not. It appears whole or not at all. For one thread. */
final class HomeBackup {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final int BUFFER = 1 << 20;

    private final SiteHome home;
    private final SiteId site;
    private final boolean handed;
    private final Clock clock;

    /**
     * A back-up that was written.
     *
     * @param members without the manifest
     * @param bytes of their contents
     * @param damaged how many sealed messages are not whole at headquarters
     * @param closed how many dropped files are closed to this process
     * @param firstClosed one of these; null when there is none
     */
    record Written(Path file, Instant time, long members, long bytes, long damaged, long closed, String firstClosed) {}

    /** @param handed whether the files that a site keeps for people are wanted too */
    HomeBackup(SiteHome home, boolean handed, Clock clock) throws IOException, SiteStartException {
        Settings.require(home);
        this.home = home;
        this.site = SiteId.of(
                Settings.read(home).getProperty(OwnIdentity.SITE_ID, "").strip());
        this.handed = handed;
        this.clock = clock;
    }

    /**
     * @param folder exists; not within the home
     * @param recipients age keys; empty for a back-up in plain
     * @param counting counts what is written
     */
    Written write(Path folder, List<String> recipients, UnaryOperator<OutputStream> counting) throws IOException {
        if (folder.toAbsolutePath().normalize().startsWith(home.folder())) {
            throw new IOException(folder + ": expected a folder outside of the home, found one within it");
        }
        Instant time = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        String name = site.folderName() + "-" + STAMP.format(time) + ".tar" + (recipients.isEmpty() ? "" : ".age");
        Path target = folder.resolve(name);
        Path unfinished = folder.resolve("." + name + AtomicFiles.TEMPORARY_SUFFIX);
        if (Files.exists(target)) {
            throw new IOException(target + ": exists already; nothing was overwritten");
        }
        Written[] written = new Written[1];
        try (FileChannel lock = lock()) {
            removeUnfinished(folder);
            try (FileChannel channel = FileChannel.open(
                    unfinished, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), Modes.PRIVATE_FILE)) {
                OutputStream out = new BufferedOutputStream(counting.apply(Channels.newOutputStream(channel)), BUFFER);
                SealedStream.Writing members = plain -> written[0] = write(plain, target);
                if (recipients.isEmpty()) {
                    members.to(out);
                } else {
                    SealedStream.seal(recipients, out, members);
                }
                out.flush();
                channel.force(true);
            }
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
            AtomicFiles.syncFolder(folder);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        if (written[0].damaged() == 0) {
            LastBackup.write(home, new LastBackup(written[0].time(), target.toString(), Files.size(target)));
        }
        return written[0];
    }

    /** One at a time: each removes what a killed one left. */
    private FileChannel lock() throws IOException {
        AtomicFiles.createFolders(home.run());
        FileChannel lock = FileChannel.open(
                home.run().resolve("backup.lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                Modes.PRIVATE_FILE);
        if (isTaken(lock)) {
            lock.close();
            throw new IOException(home.folder() + ": expected no other back-up at work, found one. Wait until it ends");
        }
        return lock;
    }

    private static boolean isTaken(FileChannel lock) throws IOException {
        try {
            return lock.tryLock() == null;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }

    /** They have private keys, and the room of a whole back-up. */
    private void removeUnfinished(Path folder) throws IOException {
        Pattern name = Pattern.compile("[.]" + Pattern.quote(site.folderName()) + "-[0-9TZ]+[.]tar([.]age)?"
                + Pattern.quote(AtomicFiles.TEMPORARY_SUFFIX));
        FileTree.forEach(folder, entry -> {
            if (name.matcher(entry.getFileName().toString()).matches()) {
                Files.deleteIfExists(entry);
            }
        });
    }

    private Written write(OutputStream out, Path target) throws IOException {
        try (BackupWriter backup = new BackupWriter(out, home.run())) {
            return Files.exists(home.resolve("topology.yaml")) ? hq(backup, target) : linked(backup, target);
        } catch (SQLException | SiteStartException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Written hq(BackupWriter backup, Path target) throws IOException, SQLException, SiteStartException {
        try (HqParts parts = HqParts.open(home)) {
            Instant time = clock.instant();
            begin(
                    backup,
                    new BackupFacts(BackupFacts.FORMAT, site, "hq", time, version(), parts.schema(), parts.tables()));
            parts.add(backup);
            backup.finish();
            return new Written(
                    target,
                    time,
                    backup.members(),
                    backup.bytes(),
                    parts.damaged(),
                    backup.closed(),
                    backup.firstClosed());
        }
    }

    private Written linked(BackupWriter backup, Path target) throws IOException {
        boolean isLab = Files.exists(home.journal().resolve("lab.db"));
        String journal = isLab ? "lab.db" : "rc.db";
        if (!Files.exists(home.journal().resolve(journal))) {
            throw new IOException(home.folder() + ": expected the home of a site that was started, found no journal."
                    + " Check --home");
        }
        try (LabParts parts = LabParts.open(home, journal)) {
            Instant time = clock.instant();
            begin(backup, new BackupFacts(BackupFacts.FORMAT, site, isLab ? "lab" : "rc", time, version(), null, null));
            parts.add(backup, handed);
            backup.finish();
            return new Written(
                    target, time, backup.members(), backup.bytes(), 0, backup.closed(), backup.firstClosed());
        }
    }

    private void begin(BackupWriter backup, BackupFacts facts) throws IOException {
        backup.add(BackupFacts.MEMBER, 0600, Json.writeForPeople(facts));
        new HomeFiles(home, backup).add();
    }

    private static String version() {
        String version = HomeBackup.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }
}
