package io.saddlebag.lab.claim;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FileTree;
import io.saddlebag.files.HeldFolder;
import io.saddlebag.files.access.Modes;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.files.tree.FolderRebuild;
import io.saddlebag.log.ProgressLog;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * Brings claims of drop folders on other file systems into the work folder, by a copy; and copies of what cannot be taken
 * out of its drop folder. For any number of threads.
 */
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
                    progress -> {
                        FarCopy copy = new FarCopy(limits, progress, log(claimed, look), false, DropRules.USUAL);
                        copy(entry, look.isDirectory(), target -> copy.copy(from.held(), name, target));
                        FarCopy.delete(from.held(), name);
                        from.held().sync(from.path());
                    },
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

    /**
     * Copies what stays in its drop folder.
     *
     * @param rules which say what of a folder is not copied
     * @throws NotTakenException when it is written to meanwhile, cannot be read, or its copy hangs
     */
    Dropped copyOf(Dropped listed, DropRules rules) throws IOException {
        boolean isFolder = listed.isGroup() || listed.attributes().isDirectory();
        ClaimName name = ClaimName.of(listed.file().getFileName(), isFolder, random);
        Path entry = folders.near(listed.root()).path().resolve(name.entry());
        Dropped copied = listed.claimedAs(isFolder ? entry.resolve(FolderRebuild.TAKEN) : entry);
        underWay.add(name.entry());
        try {
            copies.run(
                    listed.path(),
                    progress -> copy(
                            entry,
                            isFolder,
                            target -> copyTo(
                                    target,
                                    listed,
                                    new FarCopy(limits, progress, log(listed, listed.attributes()), true, rules))),
                    () -> {
                        if (AtomicFiles.isThere(copied.claim())) {
                            listed.root().later(copied, Duration.ZERO);
                        }
                    });
            return copied;
        } catch (Refusal e) {
            underWay.remove(name.entry());
            throw new NotTakenException(
                    NotTakenException.Kind.UNTAKEABLE, listed.path().toString(), e.reason(), e);
        } catch (IOException e) {
            boolean hangs =
                    e instanceof NotTakenException notTaken && notTaken.kind() == NotTakenException.Kind.COPY_HANGS;
            if (!hangs) {
                underWay.remove(name.entry());
            }
            throw e;
        }
    }

    private static ProgressLog log(Dropped dropped, BasicFileAttributes look) {
        boolean isFile = look != null && look.isRegularFile();
        return new ProgressLog(Printable.of(dropped.name()), "copying", isFile ? look.size() : ProgressLog.UNKNOWN);
    }

    private static void copyTo(Path target, Dropped listed, FarCopy copy) throws IOException {
        if (!listed.isGroup()) {
            copyOne(target, listed, copy);
            return;
        }
        Files.createDirectory(target, Modes.SHARED_FOLDER);
        for (Dropped member : listed.members()) {
            copyOne(target.resolve(member.name()), member, copy);
        }
        AtomicFiles.syncFolder(target);
    }

    private static void copyOne(Path target, Dropped listed, FarCopy copy) throws IOException {
        listed.root().at(listed.file(), (folder, name) -> {
            BasicFileAttributes look = folder.look(name);
            if (look == null
                    || !Objects.equals(look.fileKey(), listed.attributes().fileKey())) {
                throw new NotTakenException(
                        NotTakenException.Kind.CHANGED_MEANWHILE,
                        listed.path().toString(),
                        "another has its name since it was listed");
            }
            copy.copy(folder, name, target);
            return null;
        });
    }

    /** Makes the file or folder of a claim. */
    @FunctionalInterface
    private interface Content {
        void to(Path target) throws IOException;
    }

    /** Under a temporary name, so that no start takes half a copy for a claim. */
    private static void copy(Path entry, boolean isFolder, Content content) throws IOException {
        Path hidden = entry.resolveSibling("." + UUID.randomUUID() + AtomicFiles.TEMPORARY_SUFFIX);
        try {
            Path target = hidden;
            if (isFolder) {
                Files.createDirectory(hidden, Modes.SHARED_FOLDER);
                target = hidden.resolve(FolderRebuild.TAKEN);
            }
            content.to(target);
            if (isFolder) {
                AtomicFiles.syncFolder(hidden);
            }
            Files.move(hidden, entry, StandardCopyOption.ATOMIC_MOVE);
            AtomicFiles.syncFolder(entry.getParent());
        } catch (IOException | RuntimeException e) {
            FileTree.delete(hidden);
            throw e;
        }
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
