package io.saddlebag.hq.postgres;

import io.saddlebag.files.FileTree;
import io.saddlebag.log.FaultText;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's own programs, which a dependency brings as an archive, unpacked once into a folder.
 *
 * @param folder holds {@code bin}, {@code lib} and {@code share}
 */
record PostgresBinaries(Path folder) {
    private static final String MARKER = "unpacked";
    private static final String EXECUTABLE = "rwxr-xr-x";
    private static final String PLAIN = "rw-r--r--";

    /**
     * Unpacks into the folder unless it was done before. An unpacking that broke off is done again. When two run
     * together, one wins and the other takes its result.
     */
    static PostgresBinaries unpackedIn(Path folder) throws PostgresException {
        Path target = folder.toAbsolutePath().normalize();
        if (Files.exists(target.resolve(MARKER))) {
            return new PostgresBinaries(target);
        }
        String archive = archiveFor(System.getProperty("os.name"), System.getProperty("os.arch"));
        try (InputStream packed = PostgresBinaries.class.getResourceAsStream(archive)) {
            if (packed == null) {
                throw new PostgresException("Expected " + archive + " on the class path, found nothing; install the"
                        + " whole distribution, or name an external PostgreSQL in the setting hq.database.url");
            }
            Files.createDirectories(target.getParent());
            Path work = Files.createTempDirectory(target.getParent(), "unpacking-");
            unpack(packed, work);
            Files.createFile(work.resolve(MARKER));
            moveIntoPlace(work, target);
        } catch (IOException e) {
            throw new PostgresException(
                    "Cannot unpack PostgreSQL into " + target + ": " + FaultText.of(e)
                            + "; check free space and permissions",
                    e);
        }
        return new PostgresBinaries(target);
    }

    static String archiveFor(String system, String machine) throws PostgresException {
        if (system.toLowerCase(Locale.ROOT).startsWith("linux")) {
            switch (machine) {
                case "amd64", "x86_64":
                    return "/postgres-linux-x86_64.txz";
                case "aarch64":
                    return "/postgres-linux-arm_64.txz";
                default:
                    break;
            }
        }
        throw new PostgresException("Expected Linux on amd64 or aarch64 for the embedded PostgreSQL, found " + system
                + " on " + machine + "; name an external PostgreSQL in the setting hq.database.url");
    }

    private static void moveIntoPlace(Path work, Path target) throws IOException {
        if (Files.isDirectory(target) && !Files.exists(target.resolve(MARKER))) {
            FileTree.delete(target);
        }
        try {
            Files.move(work, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            FileTree.delete(work);
            if (!Files.exists(target.resolve(MARKER))) {
                throw e;
            }
        }
    }

    private static void unpack(InputStream packed, Path target) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed, 1 << 16)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("Expected only paths below the archive's root, found " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else {
                    Files.createDirectories(path.getParent());
                    unpackFile(tar, entry, path);
                }
            }
        }
    }

    private static void unpackFile(TarArchiveInputStream tar, TarArchiveEntry entry, Path path) throws IOException {
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, path);
        boolean executable = (entry.getMode() & 0100) != 0;
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(executable ? EXECUTABLE : PLAIN));
    }

    Path program(String name) {
        return folder.resolve("bin").resolve(name);
    }
}
