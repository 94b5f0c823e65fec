package io.saddlebag.lab.claim;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FileTree;
import io.saddlebag.files.HeldFolder;
import io.saddlebag.files.access.Modes;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.files.tree.FolderRebuild;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;

/** Brings claims of drop folders on other file systems into the work folder, by a copy. For any number of threads. */
final class FarClaims implements AutoCloseable {
    private final ClaimFolders folders;
    private final Set<String> underWay;
    private final FolderLimits limits;
    private final CopyThreads copies;
    private final SecureRandom random;

    /** @param underWay names of the entries that this process has in hand; changed here */
    FarClaims(ClaimFolders folders, Set<String> underWay, FolderLimits limits, Duration patience, SecureRandom random) {
        this.folders = folders;
        this.underWay = underWay;
        this.limits = limits;
        this.copies = new CopyThreads(patience);
        this.random = random;
    }

    /**
     * @return the same, with its place in the work folder
     * @throws NotTakenException when it was written to meanwhile, or cannot be read; it is in its drop folder again. Or
     *     when its copy hangs
     */
    Dropped bring(Dropped claimed) throws IOException {
        ClaimFolders.Claims from = folders.far(claimed.root());
        Path name = claimed.claim().getFileName();
        BasicFileAttributes look = from.held().look(name);
        if (look == null) {
            throw new NoSuchFileException(claimed.claim().toString());
        }
        Path entry = folders.near(claimed.root()).path().resolve(nearName(claimed, look.isDirectory()));
        FileTree.delete(entry);
        if (!look.isDirectory() && !look.isRegularFile()) {
            // A link or device is made anew and not opened.
            Files.move(claimed.claim(), entry);
            return claimed.claimedAs(entry);
        }
        try {
            copies.run(
                    claimed.path(),
                    progress -> copy(from, name, look.isDirectory(), entry, progress),
                    () -> claimed.root().later(claimed, Duration.ZERO));
        } catch (NotTakenException e) {
            if (e.kind() != NotTakenException.Kind.COPY_HANGS) {
                putBackFar(claimed, from, name);
            }
            throw e;
        }
        return claimed.claimedAs(look.isDirectory() ? entry.resolve(FolderRebuild.TAKEN) : entry);
    }

    /** The name that it has already, unless it was exchanged for something of the other kind before it was claimed. */
    private String nearName(Dropped claimed, boolean isFolder) {
        String name = claimed.claim().getFileName().toString();
        boolean fits = ClaimName.parse(name)
                .filter(parsed -> parsed.isFolder() == isFolder)
                .isPresent();
        if (fits) {
            return name;
        }
        String other =
                ClaimName.of(claimed.file().getFileName(), isFolder, random).entry();
        underWay.add(other);
        return other;
    }

    /** Under a temporary name, so that no start takes half a copy for a claim. */
    private void copy(ClaimFolders.Claims from, Path name, boolean isFolder, Path entry, CopyThreads.Progress progress)
            throws IOException {
        Path hidden = entry.resolveSibling("." + UUID.randomUUID() + AtomicFiles.TEMPORARY_SUFFIX);
        try {
            Path target = hidden;
            if (isFolder) {
                Files.createDirectory(hidden, Modes.SHARED_FOLDER);
                target = hidden.resolve(FolderRebuild.TAKEN);
            }
            new FarCopy(limits, progress).copy(from.held(), name, target);
            if (isFolder) {
                AtomicFiles.syncFolder(hidden);
            }
            Files.move(hidden, entry, StandardCopyOption.ATOMIC_MOVE);
            AtomicFiles.syncFolder(entry.getParent());
        } catch (IOException | RuntimeException e) {
            FileTree.delete(hidden);
            throw e;
        }
        FarCopy.delete(from.held(), name);
        from.held().sync(from.path());
    }

    private void putBackFar(Dropped claimed, ClaimFolders.Claims from, Path name) throws IOException {
        HeldFolder root = claimed.root().folder();
        Path droppedName = claimed.file().getFileName();
        if (root.isThere(droppedName)) {
            throw new FileAlreadyExistsException(
                    claimed.path().toString(), null, "cannot be read now, and another has its name in the drop folder");
        }
        from.held().move(name, root, droppedName);
        underWay.remove(name.toString());
    }

    @Override
    public void close() {
        copies.close();
    }
}
