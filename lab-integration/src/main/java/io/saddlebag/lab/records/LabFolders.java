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
import io.saddlebag.lab.claim.PutBack;
import io.saddlebag.lab.message.DropFolder;
import io.saddlebag.lab.message.FileLook;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.StillWrittenException;
import io.saddlebag.message.Json;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a laboratory's files lie, from the claim on: {@code work/<message_id>} and, unless the journal holds it,
 * {@code work/<message_id>.age}, then {@code sent/<yyyy-mm-dd>/} (UTC) or {@code failed/} with {@code <name>.reason.json}. Nothing
 * there is ever overwritten: a second file of a name gets {@code .2}, {@code .3} and so on. For any number of threads, one
 * a message.
 */
public final class LabFolders {
    private static final Logger LOG = LoggerFactory.getLogger(LabFolders.class);

    /** Ends the name of the folder in {@code sent/} for what a dropped folder travelled without. */
    private static final String LEFT_OUT_SUFFIX = ".ignored";

    static final String REASON_SUFFIX = ".reason.json";
    /** Ends the name in {@code failed/} of a dropped file whose own ends like that of a reason. */
    private static final String NO_REASON_SUFFIX = ".file";
    /** No message_id has a dot. */
    static final String SEALED_SUFFIX = ".age";

    private static final Pattern DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final int LONGEST_NAME = 200;

    private final SiteHome home;
    private final Clock clock;
    private final Presence workDisk;

    public LabFolders(SiteHome home, Clock clock) {
        this(home, clock, Presence.ALWAYS);
    }

    /** @param workDisk on which the work folder lies: without it no file is taken in, given its name or deleted */
    public LabFolders(SiteHome home, Clock clock, Presence workDisk) {
        this.workDisk = Objects.requireNonNull(workDisk, "work disk");
        this.home = Objects.requireNonNull(home, "home");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    public void create() throws IOException {
        AtomicFiles.createPrivateFolder(home.work());
        // The site's alone: what is claimed lies there, and those who drop files may be of its group.
        Files.setPosixFilePermissions(home.work(), Modes.PRIVATE_FOLDER.value());
        AtomicFiles.createPrivateFolder(home.journal());
        AtomicFiles.createFolders(sent());
        AtomicFiles.createFolders(failed());
        for (Path kept : List.of(sent(), failed())) {
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
            LOG.warn("{}: no file can be moved there now: {}", to, Printable.of(e.toString()));
        } finally {
            Files.deleteIfExists(from.resolve(name));
            Files.deleteIfExists(to.resolve(name));
        }
    }

    /**
     * Removes what a killed process left half written where it keeps files, in the drop folders too, where others may write
     * as well: what cannot be removed there holds nothing up. Of the days in
     * {@code sent/} only the last two can hold any. Before anything is written there only.
     */
    public void removeUnfinished(Collection<DropFolder> dropFolders) throws IOException {
        AtomicFiles.removeUnfinished(failed());
        AtomicFiles.removeUnfinished(home.work());
        AtomicFiles.removeUnfinished(home.resolve("keys"));
        for (DropFolder folder : dropFolders) {
            try {
                DropRoot.removeUnfinished(home.resolve(folder.directory()));
            } catch (IOException e) {
                LOG.warn(
                        "{}: what an earlier run left half written there cannot be removed; delete it by hand: {}",
                        Printable.of(folder.directory()),
                        Printable.of(e.toString()));
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

    /** @throws StoreAwayException when the disk of the work folder is not there, so that nothing in it counts as gone */
    public void requireWork() throws StoreAwayException {
        workDisk.require();
    }

    /** The claimed file or folder. */
    public Path content(MessageId messageId) {
        return home.work().resolve(messageId.value());
    }

    /** Where a message's file is kept: in {@code sent/} once it was sent, in the work folder before. */
    public Path kept(OutgoingMessage message, String keptAs) {
        return keptAs == null ? content(message.messageId()) : sent().resolve(keptAs);
    }

    /** Its sealed message, when that is too large for the journal. */
    public Path sealed(MessageId messageId) {
        return home.work().resolve(messageId + SEALED_SUFFIX);
    }

    public Path sent() {
        return home.resolve("sent");
    }

    Path failed() {
        return home.resolve("failed");
    }

    /** A drop folder as records name it: relative to the home, or absolute outside it. */
    public String nameOf(Path dropFolder) {
        return dropFolder.startsWith(home.folder())
                ? home.folder().relativize(dropFolder).toString()
                : dropFolder.toString();
    }

    /** A claim's place as the journal records it: within the claims. */
    public String claimPlace(Path claim) {
        return claims().relativize(claim).toString();
    }

    /** Where a claim lies, see {@link #claimPlace}. */
    Path claim(String place) {
        return claims().resolve(place);
    }

    /** Of files that are claimed and no messages yet. */
    private Path claims() {
        return DropClaims.baseIn(home.work());
    }

    /** Gives a claimed file or folder its name in the work folder. When it fails the claim is as before. */
    public void takeIn(Path claim, MessageId messageId) throws IOException {
        requireWork();
        Path content = content(messageId);
        // A link to nowhere, which nobody but the operator can have put there, gives way.
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
     * @throws StillWrittenException when the claimed file was written to since, or another thing put in its place
     * @throws java.nio.file.NoSuchFileException when somebody took it away
     */
    public void requireUnchanged(MessageId messageId, OutgoingMessage.Claim claim) throws IOException {
        FileLook now = FileLook.of(content(messageId));
        if (!now.isAsIn(claim.look())) {
            throw new StillWrittenException(claim.look(), now);
        }
    }

    /**
     * Puts a claimed file back into its drop folder, or among the failed when another has its name there by now.
     *
     * @return where it stands
     */
    public Path giveBack(MessageId messageId, OutgoingMessage.Claim claim) throws IOException {
        requireWork();
        Path root = home.resolve(claim.folder());
        AtomicFiles.createFolders(root);
        return putBack(content(messageId), root, claim.fileName(), messageId);
    }

    /** As {@link #giveBack}, of what is no message yet; its id is null then. */
    public Path putBack(Path content, Path root, String fileName, MessageId messageId) throws IOException {
        if (PutBack.into(root, content, fileName)) {
            return root.resolve(fileName);
        }
        Refusal refusal = new Refusal(
                Refusal.Code.CONFLICT,
                "Expected the file to stay as it was when it was taken, found that somebody wrote to it and dropped"
                        + " another under its name. Drop it again under a name of its own when it is complete");
        return keepFailed(content, fileName, nameOf(root), messageId, refusal);
    }

    /**
     * Gives a claimed file its name among those sent today, beside the one in the work folder, which {@link #clear} takes
     * away. The entry is on the disk once the caller has synced the folder.
     *
     * @throws java.nio.file.NoSuchFileException when the file is gone: an earlier attempt has kept it, or somebody took it
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

    /** The name that an attempt gave it which a crash cut short, maybe days ago. */
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

    /** Whether a file in the work folder has another name too. */
    static boolean isNamedElsewhere(Path content) throws IOException {
        return (Integer) Files.getAttribute(content, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1;
    }

    private Path today() throws IOException {
        Path folder = sent().resolve(
                        LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString());
        AtomicFiles.createFolders(folder);
        return folder;
    }

    /** A new folder beside those sent today, for what a dropped folder travels without. */
    public Path leftOutOf(String fileName) throws IOException {
        return NumberedName.place(
                today(),
                keptName(fileName) + LEFT_OUT_SUFFIX,
                target -> Files.createDirectory(target, Modes.SHARED_FOLDER));
    }

    /** Keeps a file among those sent today. When it is gone already, an earlier attempt has kept it. */
    public Path keepSent(Path file, String fileName) throws IOException {
        return keep(file, today(), fileName);
    }

    /**
     * Keeps a file among those that failed, the reason beside it. A link or device is moved as it is, unread. Done again
     * after a crash, when the file is there already, it notes the reason that may be lacking.
     *
     * @param droppedIn see {@link #nameOf}; null when it is not known
     * @param messageId null when it has none yet
     */
    public Path keepFailed(Path file, String fileName, String droppedIn, MessageId messageId, Refusal refusal)
            throws IOException {
        return keepFailed(file, FailureReason.of(fileName, droppedIn, messageId, refusal, clock.instant()));
    }

    /** Keeps a claimed file that was refused before it was a message. */
    public Path keepRefused(Dropped dropped, MessageId messageId, Refusal refusal) throws IOException {
        Path parent = dropped.path().getParent();
        Path root = dropped.root().path();
        FailureReason reason = FailureReason.of(dropped.name(), nameOf(parent), messageId, refusal, clock.instant());
        return keepFailed(dropped.claim(), parent.equals(root) ? reason : reason.within(nameOf(root)));
    }

    /** As {@link #keepRefused}, each file of a group by itself, so that each can go back to where it was dropped. */
    public void keepRefusedGroup(Dropped group, MessageId messageId, Refusal refusal) throws IOException {
        for (Path name : namesIn(group.claim())) {
            keepRefused(group.member(name), messageId, refusal);
        }
        Files.delete(group.claim());
    }

    /** Puts the files of a claimed group back into the drop folder, each by itself. */
    public void putBackGroup(Dropped group) throws IOException {
        for (Path name : namesIn(group.claim())) {
            putBack(group.claim().resolve(name), group.root().path(), name.toString(), null);
        }
        Files.delete(group.claim());
    }

    private static List<Path> namesIn(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(Path::getFileName).toList();
        }
    }

    private Path keepFailed(Path file, FailureReason reason) throws IOException {
        String name = keptName(reason.fileName());
        Path target = Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                ? NumberedName.place(failed(), name, LabFolders::isTakenAmongFailed, free -> move(file, free))
                : keptBefore(name, reason);
        if (!Files.exists(reasonOf(target), LinkOption.NOFOLLOW_LINKS)) {
            AtomicFiles.replace(reasonOf(target), Json.write(reason));
        }
        return target;
    }

    /** A reason keeps its name though somebody took the file away: no other file may get that reason. */
    private static boolean isTakenAmongFailed(Path target) {
        return Files.exists(reasonOf(target), LinkOption.NOFOLLOW_LINKS)
                || Files.exists(target, LinkOption.NOFOLLOW_LINKS);
    }

    /** Where a crash left it, with its reason or still without one. */
    private Path keptBefore(String name, FailureReason reason) throws IOException {
        int copy = 1;
        Path target = NumberedName.of(failed(), name, copy);
        while (Files.exists(reasonOf(target), LinkOption.NOFOLLOW_LINKS) && !reason.isOfSameDrop(reasonOf(target))) {
            target = NumberedName.of(failed(), name, ++copy);
        }
        return target;
    }

    private static Path reasonOf(Path failed) {
        return failed.resolveSibling(failed.getFileName() + REASON_SUFFIX);
    }

    /**
     * A failed file's name: as dropped, unless that is too long for an ending, of bytes that are no text, or like that of a
     * reason, which it would pass for.
     */
    static String keptName(String fileName) {
        boolean isText = fileName.indexOf('\uFFFD') < 0;
        String name = isText ? fileName : fileName.replaceAll("[^\\x20-\\x7E]", "_");
        boolean isShort = name.length() <= LONGEST_NAME && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
        String kept = isShort ? name : beginning(name);
        return kept.endsWith(REASON_SUFFIX) ? kept + NO_REASON_SUFFIX : kept;
    }

    /** Not half of a character that takes two chars, which is no name to any file system. */
    private static String beginning(String name) {
        int end = Math.min(name.length(), LONGEST_NAME / 4);
        return name.substring(0, Character.isHighSurrogate(name.charAt(end - 1)) ? end - 1 : end);
    }

    static Path keep(Path file, Path folder, String fileName) throws IOException {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                ? NumberedName.place(folder, fileName, target -> move(file, target))
                : folder.resolve(fileName);
    }

    /** What is no file, or cannot be read, is moved without being opened. */
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

    /** As {@link #clear(MessageId)}, of a message whose sealed message may stand in the journal, so that none is looked for. */
    public void clear(OutgoingMessage message, boolean sealedInJournal) throws IOException {
        requireWork();
        if (sealedInJournal && !message.mayBeFolder()) {
            Files.deleteIfExists(content(message.messageId()));
        } else {
            clear(message.messageId());
        }
    }

    /** Deletes what is left in the work folder of a settled message. */
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
