package io.saddlebag.lab.records;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FileTree;
import io.saddlebag.files.FolderMove;
import io.saddlebag.files.NumberedName;
import io.saddlebag.files.Presence;
import io.saddlebag.files.StoreAwayException;
import io.saddlebag.files.access.Modes;
import io.saddlebag.lab.claim.DropClaims;
import io.saddlebag.lab.claim.DropRoot;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.StillWrittenException;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The places of a laboratory's files, from the claim on: {@code work/<message_id>} and, unless the journal holds it,
 * {@code work/<message_id>.age}, then {@code sent/<yyyy-mm-dd>/} (UTC) or {@code failed/} with {@code
 * <name>.reason.json}. Nothing there is ever overwritten: a second file of a name gets {@code .2}, {@code .3} and so
 * on. For any number of threads, one a message.
 */
public final class LabFolders {
    private static final Logger LOG = LoggerFactory.getLogger(LabFolders.class);

    /** Ends the name of the folder in {@code sent/} for the system files of a dropped folder, which go with it. */
    public static final String IGNORED = ".ignored";
    /** Ends the name of the folder in {@code sent/} for what a route's {@code exclude} left out, which nobody else has. */
    public static final String EXCLUDED = ".excluded";

    /** No message_id has a dot. */
    static final String SEALED_SUFFIX = ".age";

    private static final Pattern DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

    private final SiteHome home;
    private final Clock clock;
    private final Presence workDisk;
    private final FailedFolder failed;

    /** @param workDisk the disk of the work folder: without it no file is taken in, given its name or deleted */
    public LabFolders(SiteHome home, Clock clock, Presence workDisk) {
        this.workDisk = workDisk;
        this.home = home;
        this.clock = clock;
        this.failed = new FailedFolder(home, clock);
    }

    public void create() throws IOException {
        AtomicFiles.createPrivateFolder(home.work());
        // The site's alone: what is claimed lies there, and those who drop files may be of its group.
        Files.setPosixFilePermissions(home.work(), Modes.PRIVATE_FOLDER.value());
        AtomicFiles.createPrivateFolder(home.journal());
        AtomicFiles.createFolders(sent());
        AtomicFiles.createFolders(failed.path());
        for (Path kept : List.of(sent(), failed.path())) {
            requireRename(home.work(), kept);
        }
    }

    /** Tried, because two mounts of one file system take no rename between them either. A full disk is met later. */
    private static void requireRename(Path from, Path to) throws IOException {
        String name = "." + UUID.randomUUID() + AtomicFiles.TEMPORARY_SUFFIX;
        try {
            Files.createFile(from.resolve(name));
            Files.move(from.resolve(name), to.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException(
                    to + ": expected one file system with " + from
                            + ", for files are renamed from there, found another."
                            + " Put both on one disk, or mount the whole home",
                    e);
        } catch (IOException e) {
            LOG.warn("{}: no file can be moved there now: {}", to, Printable.reason(FaultText.of(e)));
        } finally {
            Files.deleteIfExists(from.resolve(name));
            Files.deleteIfExists(to.resolve(name));
        }
    }

    /**
     * Removes the files that a killed process left half written, in the drop folders too. A file that cannot be removed
     * from a drop folder does not stop the start. In {@code sent/} only the last two days can hold any. Call it before
     * any file is written.
     */
    public void removeUnfinished(Collection<Path> dropFolders) throws IOException {
        AtomicFiles.removeUnfinished(failed.path());
        AtomicFiles.removeUnfinished(home.work());
        AtomicFiles.removeUnfinished(home.resolve("keys"));
        for (Path folder : dropFolders) {
            try {
                DropRoot.removeUnfinished(folder);
            } catch (IOException e) {
                LOG.warn(
                        "{}: what an earlier run left half written there cannot be removed; delete it by hand: {}",
                        Printable.of(home.nameOf(folder)),
                        Printable.reason(FaultText.of(e)));
            }
        }
        AtomicFiles.removeUnfinished(sent());
        for (Path day : days().stream().limit(2).toList()) {
            AtomicFiles.removeUnfinished(day);
        }
    }

    /** The folders in {@code sent/}, the last day first. */
    private List<Path> days() throws IOException {
        try (Stream<Path> entries = Files.list(sent())) {
            return entries.filter(
                            entry -> DAY.matcher(entry.getFileName().toString()).matches())
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    /**
     * @throws StoreAwayException when the disk of the work folder is not there, so that nothing in it counts as gone
     */
    public void requireWork() throws StoreAwayException {
        workDisk.require();
    }

    /** The claimed file or folder. */
    public Path content(MessageId messageId) {
        return home.work().resolve(messageId.value());
    }

    /** Its sealed message, when that is too large for the journal. */
    public Path sealed(MessageId messageId) {
        return home.work().resolve(messageId + SEALED_SUFFIX);
    }

    public Path sent() {
        return home.resolve("sent");
    }

    /** As {@link SiteHome#nameOf}. */
    public String nameOf(Path folder) {
        return home.nameOf(folder);
    }

    public FailedFolder failed() {
        return failed;
    }

    /** A claim's place as the journal records it: within the claims. */
    public String claimPlace(Path claim) {
        return claims().relativize(claim).toString();
    }

    /** The path of a claim, see {@link #claimPlace}. */
    Path claim(String place) {
        return claims().resolve(place);
    }

    /** The folder of files that are claimed and no messages yet. */
    private Path claims() {
        return DropClaims.baseIn(home.work());
    }

    /** Gives a claimed file or folder its name in the work folder. When it fails the claim is as before. */
    public void takeIn(Path claim, MessageId messageId) throws IOException {
        requireWork();
        Path content = content(messageId);
        // A link to nowhere, which only the operator can have put there, is replaced.
        if (AtomicFiles.isThere(content)) {
            throw new FileAlreadyExistsException(
                    content.toString(), null, "a file that the journal does not know; look at it by hand");
        }
        if (isFolder(claim)) {
            FolderMove.rename(claim, content);
        } else {
            Files.move(claim, content, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /**
     * Gives the claimed file of a message that got another id the name of that id, and deletes the sealed message of
     * the former one. Idempotent, so that a crash within it does no harm.
     */
    public void leaveFormerName(LabJournal journal, OutgoingMessage message) throws IOException {
        MessageId former = message.formerId();
        if (former == null
                || Files.exists(content(message.messageId()), LinkOption.NOFOLLOW_LINKS)
                // Another claim has the former id, and the file under that name.
                || journal.find(former).isPresent()) {
            return;
        }
        clearSealed(former);
        if (Files.exists(content(former), LinkOption.NOFOLLOW_LINKS)) {
            Files.move(content(former), content(message.messageId()));
        }
    }

    /**
     * @throws StillWrittenException when the claimed file was written to since, or another thing put in its place
     * @throws java.nio.file.NoSuchFileException when somebody took it away
     */
    public void requireUnchanged(OutgoingMessage message) throws IOException {
        FileLook now = FileLook.of(content(message.messageId()));
        if (!now.isAsIn(message.claim().look())) {
            throw new StillWrittenException(message.claim().look(), now);
        }
    }

    /**
     * Puts a claimed file back into its drop folder, or among the failed when another file there has its name.
     *
     * @return its place
     */
    public Path giveBack(OutgoingMessage message) throws IOException {
        requireWork();
        Path root = home.resolve(message.claim().folder());
        AtomicFiles.createFolders(root);
        return putBack(content(message.messageId()), root, message.claim().fileName(), message.messageId());
    }

    /** As {@link #giveBack}, also for a file that is no message yet; its id is null then. */
    public Path putBack(Path content, Path root, String fileName, MessageId messageId) throws IOException {
        if (DropRoot.putBack(root, content, fileName)) {
            return root.resolve(fileName);
        }
        Refusal refusal = new Refusal(
                Refusal.Code.CONFLICT,
                "Expected the file to stay as it was when it was taken, found that somebody wrote to it and dropped"
                        + " another under its name. Drop it again under a name of its own when it is complete");
        return failed.keep(content, fileName, home.nameOf(root), messageId, refusal);
    }

    /**
     * Gives a claimed file a second name, among those sent today; {@link #clear} removes the one in the work folder.
     * The entry is on the disk once the caller has synced the folder.
     *
     * @throws java.nio.file.NoSuchFileException when the file is gone: an earlier attempt has kept it, or somebody took
     *     it
     */
    public Path nameSent(OutgoingMessage message) throws IOException {
        requireWork();
        Path content = content(message.messageId());
        String fileName = message.claim().fileName();
        if (message.mayBeFolder() && isFolder(content)) {
            return keepSent(content, fileName);
        }
        Optional<Path> before = namedBefore(content, fileName);
        if (before.isPresent()) {
            return before.get();
        }
        return NumberedName.place(today(), fileName, target -> AtomicFiles.nameNew(content, target));
    }

    /** The name that an attempt before a crash gave it, maybe days ago. */
    private Optional<Path> namedBefore(Path content, String fileName) throws IOException {
        if (!isNamedElsewhere(content)) {
            return Optional.empty();
        }
        for (Path day : days()) {
            Path target = day.resolve(fileName);
            for (int copy = 2; Files.exists(target, LinkOption.NOFOLLOW_LINKS); copy++) {
                if (Files.isSameFile(target, content)) {
                    return Optional.of(target);
                }
                target = NumberedName.of(day, fileName, copy);
            }
        }
        return Optional.empty();
    }

    /** True if a file in the work folder has another name too. */
    static boolean isNamedElsewhere(Path content) throws IOException {
        return (Integer) Files.getAttribute(content, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1;
    }

    private Path today() throws IOException {
        Path folder = sent().resolve(
                        LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString());
        AtomicFiles.createFolders(folder);
        return folder;
    }

    /** A new folder among those sent today, for what a dropped folder travels without; see {@link #IGNORED}. */
    public Path leftOutOf(String fileName, String suffix) throws IOException {
        return NumberedName.place(
                today(),
                FailedFolder.keptName(fileName) + suffix,
                target -> Files.createDirectory(target, Modes.SHARED_FOLDER));
    }

    /** Keeps a file among those sent today. A file that is gone was kept by an earlier attempt. */
    public Path keepSent(Path file, String fileName) throws IOException {
        return keep(file, today(), fileName);
    }

    /** Puts the files of a claimed group back into the drop folder, each by itself. */
    public void putBackGroup(Dropped group) throws IOException {
        for (Path name : namesIn(group.claim())) {
            putBack(group.claim().resolve(name), group.root().path(), name.toString(), null);
        }
        Files.delete(group.claim());
    }

    public static List<Path> namesIn(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(Path::getFileName).toList();
        }
    }

    static Path keep(Path file, Path folder, String fileName) throws IOException {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                ? NumberedName.place(folder, fileName, target -> move(file, target))
                : folder.resolve(fileName);
    }

    /** Moves an entry that is no file, or cannot be read, without opening it. */
    public static void move(Path file, Path target) throws IOException {
        if (isFolder(file)) {
            FolderMove.move(file, target);
            return;
        }
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.isReadable(file)) {
            AtomicFiles.moveNew(file, target);
        } else if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(target.toString());
        } else {
            Files.move(file, target);
        }
    }

    private static boolean isFolder(Path file) {
        return Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** As {@link #clear(MessageId)}; looks for no sealed message when the journal holds it. */
    public void clear(OutgoingMessage message, boolean sealedInJournal) throws IOException {
        requireWork();
        if (sealedInJournal && !message.mayBeFolder()) {
            Files.deleteIfExists(content(message.messageId()));
        } else {
            clear(message.messageId());
        }
    }

    /** Deletes the rest of a settled message in the work folder. */
    public void clear(MessageId messageId) throws IOException {
        requireWork();
        clearSealed(messageId);
        Path content = content(messageId);
        if (isFolder(content)) {
            FileTree.delete(content);
        } else {
            Files.deleteIfExists(content);
        }
    }

    /** Deletes the sealed message alone. */
    public void clearSealed(MessageId messageId) throws IOException {
        requireWork();
        AtomicFiles.deleteIfThere(sealed(messageId));
    }
}
