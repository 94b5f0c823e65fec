package io.saddlebag.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.NativeLibraryNotFoundException;

/**
 * The folder in which SQLite and Conscrypt unpack their native libraries before they load them. It is the system's
 * folder for temporary files or, where that is full or mounted noexec, one in the site's home. Chosen before either is
 * used.
 */
public final class NativeFolder {
    private static final Logger LOG = LoggerFactory.getLogger(NativeFolder.class);
    private static final String SQLITE = "org.sqlite.tmpdir";
    private static final String CONSCRYPT = "org.conscrypt.tmpdir";
    private static final String TEMPORARY = "java.io.tmpdir";
    /** The size of both libraries, in bytes. */
    private static final long ROOM = 16L << 20;

    private NativeFolder() {}

    /**
     * Chooses the folder, and deletes remains of a killed process from the one in the home.
     *
     * @param inHome of this process alone; made when it is needed
     * @throws IOException when neither folder is usable; says why
     */
    public static void choose(Path inHome) throws IOException {
        FileTree.delete(inHome);
        Path usual = usual();
        Optional<String> fault = faultOf(usual);
        if (fault.isEmpty()) {
            return;
        }
        Files.createDirectories(
                inHome, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Optional<String> faultInHome = faultOf(inHome);
        if (faultInHome.isPresent()) {
            throw new IOException("expected a folder for native libraries with " + ROOM / (1 << 20)
                    + " MiB of room, whose files may be run; found " + usual + ", where " + fault.get() + ", and "
                    + inHome
                    + ", where " + faultInHome.get() + ". " + remedy(usual));
        }
        LOG.info("{}: {}; native libraries are unpacked in {}", usual, fault.get(), inHome);
        System.setProperty(SQLITE, inHome.toString());
        System.setProperty(CONSCRYPT, inHome.toString());
    }

    private static Path usual() {
        return Path.of(System.getProperty(SQLITE, System.getProperty(TEMPORARY)));
    }

    private static String remedy(Path folder) {
        return "Make room in " + folder
                + ", mount it without noexec, or name another folder with SADDLEBAG_JAVA_OPTS=-D" + TEMPORARY + "=DIR";
    }

    /** The reason that the folder is not usable; empty when it is. */
    private static Optional<String> faultOf(Path folder) {
        try {
            Path probe = Files.createTempFile(
                    folder,
                    "saddlebag",
                    ".so",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try {
                // On a file system that is mounted noexec this is false, whatever the mode.
                if (!Files.isExecutable(probe)) {
                    return Optional.of("files may not be run (mounted noexec)");
                }
                long free = folder.toFile().getUsableSpace();
                return free < ROOM ? Optional.of(free + " bytes are free") : Optional.empty();
            } finally {
                Files.delete(probe);
            }
        } catch (IOException e) {
            return Optional.of("no file can be made (" + e + ")");
        }
    }

    /** Explains a failure to open a database when the native library caused it. */
    public static SQLException explained(SQLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof NativeLibraryNotFoundException || cause instanceof UnsatisfiedLinkError) {
                Path folder = usual();
                return new LibraryFault(
                        folder + ": expected SQLite's native library to be unpacked and loaded there, found that "
                                + faultOf(folder).orElse(cause.getMessage()) + ". " + remedy(folder),
                        failure);
            }
        }
        return failure;
    }

    /** SQLite's native library cannot be used: no fault of the database or of its disk. The message says which folder is. */
    public static final class LibraryFault extends SQLException {
        private static final long serialVersionUID = 1L;

        LibraryFault(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
