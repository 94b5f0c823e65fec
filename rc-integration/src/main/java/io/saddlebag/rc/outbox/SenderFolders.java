package io.saddlebag.rc.outbox;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FileTree;
import io.saddlebag.files.Presence;
import io.saddlebag.files.StoreAwayException;
import io.saddlebag.files.access.Modes;
import io.saddlebag.files.access.Ownership;
import io.saddlebag.files.access.SharedFolder;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.verdict.Verdict;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * The folders in an outbox, one a sender, and the one in which this site prepares its files. Readers may write in the
 * senders' folders, so that any name in one may be a link, a pipe or another file a moment later. Such a name is created
 * exclusively, renamed, linked to or deleted, which follow no link. It is read, walked or deleted as a tree only under a
 * second name in {@value #STAGING}, which this site alone may enter. For any number of threads.
 */
final class SenderFolders {
    /** Mode 0700; within the outbox, because only within one file system can a folder be renamed. */
    static final String STAGING = ".saddlebag-staging";

    private final Path directory;
    private final Presence presence;
    private final int user;

    SenderFolders(Path directory, Presence presence) {
        this.presence = presence;
        this.directory = directory;
        this.user = Ownership.thisUser();
    }

    /** Reads a file at a path that only this site can reach. */
    @FunctionalInterface
    interface Look<T> {
        T at(Path file) throws IOException;
    }

    Path directory() {
        return directory;
    }

    /** The folder of the sender's messages, which need not exist. */
    Path folder(SiteId sender) {
        return directory.resolve(sender.value());
    }

    /**
     * The sender's folder, made if it is missing. Where the group may write in the outbox it may write there too.
     *
     * @throws IOException when a reader could exchange it, or has; with the remedy
     */
    Path require(SiteId sender) throws IOException {
        Ownership outbox = requireOutbox();
        Path folder = folder(sender);
        if (!SharedFolder.requireOwn(folder, user)) {
            try {
                Files.createDirectory(folder, Modes.SHARED_FOLDER);
                presence.requireFor(folder);
                if (outbox.groupMayWrite()) {
                    Modes.letGroupWrite(folder);
                }
                AtomicFiles.syncFolder(directory);
            } catch (FileAlreadyExistsException e) {
                // Another thread made it, or a reader: the next line checks.
            }
            SharedFolder.requireOwn(folder, user);
        }
        return folder;
    }

    /** Before each placement and deletion: nothing is written below a disk that is not mounted. */
    void requireThere() throws StoreAwayException {
        presence.require();
    }

    /** Makes the outbox if it is missing. */
    Ownership requireOutbox() throws IOException {
        requireThere();
        try {
            return SharedFolder.require(directory, user);
        } catch (NoSuchFileException e) {
            AtomicFiles.createFolders(directory);
            presence.requireFor(directory);
            return SharedFolder.require(directory, user);
        }
    }

    /**
     * Checks for the sender's folder.
     *
     * @throws IOException when it is not this site's own
     */
    boolean exists(SiteId sender) throws IOException {
        return SharedFolder.requireOwn(folder(sender), user);
    }

    /**
     * The folder in which this site prepares its files, made if it is missing.
     *
     * @throws IOException when it is another's, or others may enter it
     */
    Path staging() throws IOException {
        Path staging = directory.resolve(STAGING);
        if (!SharedFolder.requireOwn(staging, user)) {
            requireOutbox();
            try {
                Files.createDirectory(staging, Modes.PRIVATE_FOLDER);
                presence.requireFor(staging);
            } catch (FileAlreadyExistsException e) {
                // Another thread made it, or a reader: the next lines check.
            }
            SharedFolder.requireOwn(staging, user);
        }
        Ownership found = Ownership.of(staging, LinkOption.NOFOLLOW_LINKS);
        if (!found.isPrivate()) {
            throw new IOException(staging + ": expected a folder that this site alone may enter, found mode "
                    + found.octal() + ". Run: chmod 0700 " + staging);
        }
        return staging;
    }

    /**
     * Reads a file in a sender's folder under a second name, so that readers cannot exchange it meanwhile.
     *
     * @return empty when it is gone, no file, or not this site's own
     */
    <T> Optional<T> look(Path file, Look<T> look) throws IOException {
        Path held = staging().resolve(UUID.randomUUID().toString());
        try {
            Files.createLink(held, file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (UnsupportedOperationException | FileSystemException e) {
            // A folder, another user's file, or a file system without links, where readers cannot link either.
            return isOwnFile(file) ? Optional.of(look.at(file)) : Optional.empty();
        }
        try {
            return isOwnFile(held) ? Optional.of(look.at(held)) : Optional.empty();
        } finally {
            Files.deleteIfExists(held);
        }
    }

    /**
     * Gives a written file its name in a sender's folder. When a crash left the same bytes there, they stay.
     *
     * @param written gone afterwards, unless this throws
     * @throws Refusal {@code CONFLICT} when the name has other bytes
     */
    void name(Path written, Path target) throws IOException {
        try {
            AtomicFiles.name(written, target);
        } catch (FileAlreadyExistsException e) {
            if (!look(target, found -> Files.mismatch(found, written) < 0).orElse(false)) {
                throw conflict(target);
            }
            Files.delete(written);
        }
    }

    static Refusal conflict(Path target) {
        return new Refusal(
                Refusal.Code.CONFLICT,
                "Expected nothing or the same content in the outbox under " + target.getFileName()
                        + ", found another, which stays as it is. Send it under a new message_id");
    }

    private boolean isOwnFile(Path file) throws IOException {
        try {
            Ownership found = Ownership.of(file, LinkOption.NOFOLLOW_LINKS);
            return found.isRegularFile() && found.isOf(user);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Compares the names and bytes of a folder in a sender's folder with one that this site alone can reach. */
    boolean isSameFolder(Path own, Path found) throws IOException {
        return new FolderComparison(user).isSame(own, found);
    }

    /**
     * Deletes a file or folder of a sender's folder, if it exists; a folder is first moved out of the readers' reach.
     *
     * @throws IOException when it is a folder that others may write in, which stays
     */
    void delete(Path entry) throws IOException {
        requireThere();
        Ownership found;
        try {
            found = Ownership.of(entry, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return;
        }
        if (!found.isFolder()) {
            Files.deleteIfExists(entry);
            return;
        }
        requireUnshared(entry, found);
        Path away = staging().resolve(UUID.randomUUID().toString());
        Files.move(entry, away, StandardCopyOption.ATOMIC_MOVE);
        try {
            deleteStaged(away);
        } catch (IOException e) {
            putBack(away, entry, e);
            throw e;
        }
    }

    /** For the next attempt. When the name is taken meanwhile, the next start deletes the rest. */
    private static void putBack(Path away, Path entry, IOException cause) {
        try {
            if (!Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(away, entry, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Readers cannot change staged files, but one may have put another folder in its place before the move. */
    private void deleteStaged(Path staged) throws IOException {
        Ownership found = Ownership.of(staged, LinkOption.NOFOLLOW_LINKS);
        if (found.isFolder()) {
            requireUnshared(staged, found);
            FileTree.delete(staged);
        } else {
            Files.deleteIfExists(staged);
        }
    }

    /** A reader's verdict that a killed process had taken is put back. */
    private void clearStaged(Path staged) throws IOException {
        Optional<SiteId> sender = verdictOf(staged.getFileName().toString());
        if (sender.isPresent()) {
            putBackVerdict(staged, sender.get());
        } else {
            deleteStaged(staged);
        }
    }

    private static Optional<SiteId> verdictOf(String name) {
        return name.endsWith("." + Verdict.ACCEPTED) || name.endsWith("." + Verdict.REJECTED)
                ? OutboxNames.messageId(name).map(MessageId::sender)
                : Optional.empty();
    }

    /** Puts a reader's file back from the staging folder, unless the reader has written it anew. */
    void putBackVerdict(Path held, SiteId sender) throws IOException {
        Path target = folder(sender).resolve(held.getFileName());
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            deleteStaged(held);
        } else {
            Files.move(held, target, StandardCopyOption.ATOMIC_MOVE);
        }
        AtomicFiles.syncFolder(folder(sender));
    }

    private void requireUnshared(Path folder, Ownership found) throws IOException {
        if (!found.isOf(user) || found.groupMayWrite() || found.othersMayWrite()) {
            throw new IOException(folder + ": expected a folder of this site that nobody else may write, found user "
                    + found.owner() + ", mode " + found.octal() + ". Delete it by hand");
        }
    }

    /** The senders whose folder is this site's own. Skips the readers' own folders. */
    List<SiteId> senders() throws IOException {
        requireThere();
        List<SiteId> senders = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            FileTree.forEach(directory, each -> {
                Optional<SiteId> sender = sender(each);
                if (sender.isPresent() && SharedFolder.isOwn(each, user)) {
                    senders.add(sender.get());
                }
            });
        }
        return senders;
    }

    private static Optional<SiteId> sender(Path folder) {
        try {
            return Optional.of(SiteId.of(folder.getFileName().toString()));
        } catch (IllegalArgumentException e) {
            // A reader's own folder.
            return Optional.empty();
        }
    }

    /**
     * Removes the unfinished files of a killed process: all staged ones, and those with such a name in the other folders.
     *
     * @throws IOException of the first that cannot be removed, once all others are
     */
    void removeUnfinished(Predicate<String> isUnfinished) throws IOException {
        requireThere();
        if (!Files.isDirectory(directory)) {
            return;
        }
        List<IOException> failures = new ArrayList<>();
        if (Files.exists(directory.resolve(STAGING), LinkOption.NOFOLLOW_LINKS)) {
            each(staging(), name -> true, this::clearStaged, failures);
        }
        each(directory, isUnfinished, this::delete, failures);
        for (SiteId sender : senders()) {
            each(folder(sender), isUnfinished, this::delete, failures);
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    private static void each(
            Path folder, Predicate<String> names, FileTree.EntryAction removal, List<IOException> failures)
            throws IOException {
        FileTree.forEach(folder, entry -> {
            try {
                if (names.test(entry.getFileName().toString())) {
                    removal.on(entry);
                }
            } catch (IOException e) {
                failures.add(e);
            }
        });
    }
}
