package io.saddlebag.cli.backup;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.access.Ownership;
import io.saddlebag.message.Json;
import io.saddlebag.message.Printable;
import io.saddlebag.site.SiteHome;
import io.saddlebag.stores.FolderStore;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Adds to a back-up the files of a home that it has whatever kind it is: settings, routes, keys, records of its own. The
 * contents of drop folders, {@code sent/} and outboxes are left out; their marks are in. For one thread.
 */
final class HomeFiles {
    private static final List<String> FOLDERS =
            List.of("identity", "routes", "keys", "operators", "renewals", "resend", "failed", "lib", "checks");

    private static final Set<String> DROPPED = Set.of("failed", "work", "sent");
    /** Folders that people fill may have links to anything; what an operator linked into the home is part of it. */
    private static final Set<String> LINKED = Set.of("identity", "routes", "keys", "lib", "checks");
    /** A home has them once somebody opened a back-up by hand in it. */
    private static final Set<String> OF_BACKUPS =
            Set.of(BackupFacts.MEMBER, BackupWriter.MANIFEST, BackupWriter.EMPTY_FOLDERS);

    private final SiteHome home;
    private final BackupWriter backup;

    HomeFiles(SiteHome home, BackupWriter backup) {
        this.home = home;
        this.backup = backup;
    }

    void add() throws IOException {
        // The note of the last operator entry before the entries, which grow.
        addFile(home.resolve("operators/last.json"));
        try (var entries = Files.newDirectoryStream(home.folder())) {
            for (Path entry : entries) {
                if (!OF_BACKUPS.contains(entry.getFileName().toString())) {
                    addLinked(entry);
                }
            }
        }
        for (String folder : FOLDERS) {
            Path path = home.resolve(folder);
            addBelow(LINKED.contains(folder) && Files.isDirectory(path) ? path.toRealPath() : path, folder);
        }
        addFile(home.run().resolve("running-time"));
        addMarks();
    }

    /** Each file below the folder, under another name. */
    void addBelow(Path folder, String as) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) throws IOException {
                if (!each.equals(folder) || as.contains("/")) {
                    addEmpty(each, as + "/" + folder.relativize(each));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String path = as + "/" + folder.relativize(file);
                boolean isAddedElsewhere = path.equals("operators/last.json") || file.endsWith(FolderStore.MARKER);
                if (!isAddedElsewhere && !path.equals("operators/lock")) {
                    addFile(LINKED.contains(as) && Files.exists(file) ? file.toRealPath() : file, path);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                boolean isLeftOut =
                        failure instanceof AccessDeniedException && isLeftOut(as + "/" + folder.relativize(file));
                if (isLeftOut || failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
    }

    private void addEmpty(Path folder, String as) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            if (!entries.iterator().hasNext()) {
                backup.addEmptyFolder(Path.of(as).normalize().toString());
            }
        } catch (NoSuchFileException e) {
            // Its owner was faster.
        }
    }

    /**
     * A file, or all files of a folder.
     *
     * @return false when there is none
     */
    boolean addTree(Path path, String as) throws IOException {
        addBelow(path, as);
        return addFile(path, as) || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private void addLinked(Path file) throws IOException {
        addFile(
                Files.exists(file) ? file.toRealPath() : file,
                home.folder().relativize(file).toString());
    }

    private void addFile(Path file) throws IOException {
        addFile(file, home.folder().relativize(file).toString());
    }

    /** As it is now. Adds nothing and returns false for what is no regular file, is being written, or has just gone. */
    boolean addFile(Path file, String as) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                || AtomicFiles.isTemporary(file.getFileName().toString())) {
            return false;
        }
        try (FileChannel content = FileChannel.open(file, StandardOpenOption.READ)) {
            int mode = Ownership.of(file, LinkOption.NOFOLLOW_LINKS).mode() & 0777;
            backup.add(as, mode, content.size(), Channels.newInputStream(content));
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (AccessDeniedException e) {
            if (!isLeftOut(as)) {
                throw e;
            }
            return true;
        }
    }

    /** A file that was dropped may be closed to this site, which refuses it for that. */
    private boolean isLeftOut(String as) {
        boolean isDropped = DROPPED.contains(Path.of(as).getName(0).toString());
        if (isDropped) {
            backup.leaveOut(as);
        }
        return isDropped;
    }

    /** The marks of stores within the home: after a restore these are there and empty. */
    private void addMarks() throws IOException {
        Path notes = home.identity().resolve("stores.json");
        if (!Files.exists(notes)) {
            return;
        }
        Iterator<String> stores = Json.read(Files.readAllBytes(notes), JsonNode.class)
                .path("stores")
                .fieldNames();
        while (stores.hasNext()) {
            String name = stores.next();
            Path mark = home.resolve(name).resolve(FolderStore.MARKER);
            if (mark.startsWith(home.folder()) && !Printable.of(name).equals("spool")) {
                addFile(mark);
            }
        }
    }
}
