package io.saddlebag.rc.outbox;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FolderSync;
import io.saddlebag.files.Presence;
import io.saddlebag.files.StoreAwayException;
import io.saddlebag.files.access.Modes;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where a centre's people find what arrived: {@code <directory>/<sender_id>/}, a payload and beside it the standardized
 * file, which is always the later of the two. Each stands there whole and synced or not at all, and nothing that stands
 * there is ever changed. A message is placed only in a folder that readers cannot exchange. Any number of threads, one for
 * each message; their syncs of a folder are made together.
 */
public final class Outbox {
    private static final Set<StandardOpenOption> NEW_FILE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private final SenderFolders folders;
    private final OutboxExtras extras;
    private final Map<SiteId, FolderSync> syncs = new ConcurrentHashMap<>();

    /**
     * @param directory absolute; made when it is first written to
     * @param extras what stands beside payload and standardized file
     */
    public Outbox(Path directory, OutboxExtras extras) {
        this(directory, extras, Presence.ALWAYS);
    }

    /** @param presence of the disk that the directory lies on: without it nothing is put or deleted here */
    public Outbox(Path directory, OutboxExtras extras, Presence presence) {
        this.folders = new SenderFolders(directory, presence);
        this.extras = Objects.requireNonNull(extras, "extras");
    }

    /** With nothing but payloads and standardized files. */
    public Outbox(Path directory) {
        this(directory, OutboxExtras.NONE);
    }

    public Path directory() {
        return folders.directory();
    }

    /** @throws StoreAwayException when the outbox's own disk is not there */
    public void requireThere() throws StoreAwayException {
        folders.requireThere();
    }

    public OutboxExtras extras() {
        return extras;
    }

    /**
     * Removes what a killed process left half written: hidden files that nobody has seen, each written anew under another
     * name when its message comes again. Before anything is written here only.
     *
     * @throws IOException of the first that cannot be removed, once all others are
     */
    public void removeUnfinished() throws IOException {
        folders.removeUnfinished(AtomicFiles::isTemporary);
    }

    /** Those who have sent something, as far as it shows. */
    public List<SiteId> senders() throws IOException {
        return folders.senders();
    }

    /**
     * Tries whether something can be put here; makes the folders for it.
     *
     * @param sender null: whoever it is
     * @param bytes for so much there must be room
     * @throws IOException saying what is in the way
     */
    public void requireRoom(SiteId sender, long bytes) throws IOException {
        folders.requireOutbox();
        folders.staging();
        AtomicFiles.requireRoom(sender == null ? folders.directory() : folders.require(sender), bytes);
    }

    /**
     * Moves an opened file to its place. After a crash the same bytes may stand there already: then they stay and the
     * opened file goes. Its name is on the disk after {@link #sync}.
     *
     * @param opened a finished file, which is synced; not there any more afterwards
     * @throws Refusal {@code CONFLICT} when other bytes stand under that name
     */
    public void placePayload(SiteId sender, String name, Path opened) throws IOException {
        Path target = folders.require(sender).resolve(name);
        try {
            AtomicFiles.name(opened, target);
        } catch (FileAlreadyExistsException e) {
            requireSame(target, opened);
            Files.delete(opened);
        }
    }

    private void requireSame(Path target, Path opened) throws IOException {
        if (!folders.look(target, standing -> Files.mismatch(standing, opened) < 0)
                .orElse(false)) {
            throw conflict(target);
        }
    }

    /**
     * Writes the payload's digest beside it, if this outbox has them. Durable as the payload is.
     *
     * @throws Refusal {@code CONFLICT} when something else stands under that name
     */
    public void placeChecksum(SiteId sender, String payloadName, Sha256 sha256) throws IOException {
        if (!extras.checksum()) {
            return;
        }
        Path target = folder(sender).resolve(payloadName + OutboxNames.CHECKSUM_SUFFIX);
        byte[] line = (sha256 + "  " + payloadName + "\n").getBytes(StandardCharsets.US_ASCII);
        Path written = AtomicFiles.write(target, out -> out.write(line));
        try {
            AtomicFiles.name(written, target);
        } catch (FileAlreadyExistsException e) {
            Files.delete(written);
            boolean isSame = folders.look(
                            target,
                            standing -> Files.size(standing) == line.length
                                    && Arrays.equals(Files.readAllBytes(standing), line))
                    .orElse(false);
            if (!isSame) {
                throw conflict(target);
            }
        }
    }

    /** Whether something stands under the payload's name. */
    public boolean hasPayload(SiteId sender, String name) {
        return Files.exists(folder(sender).resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Writes the standardized file under a hidden name, whole and synced, so that {@link #nameFacts} has but to rename
     * it: while the hidden file stands, nobody has seen the other. So with the marker, if this outbox has them. The names
     * of all that was put here for the message are on the disk after {@link #sync}.
     */
    public void stageFacts(SiteId sender, MessageId messageId, byte[] json) throws IOException {
        if (extras.readyMarker()) {
            write(stagedReady(sender, messageId), new byte[0]);
        }
        write(staged(sender, messageId), json);
    }

    /** Half of it after a crash is as good as nothing: then it is written again before it gets its name. */
    private static void write(Path hidden, byte[] content) throws IOException {
        try (FileChannel channel = createHidden(hidden)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** Never what stands there: after a crash it may be the very file that a reader has taken away. */
    private static FileChannel createHidden(Path hidden) throws IOException {
        try {
            return FileChannel.open(hidden, NEW_FILE, Modes.SHARED_FILE);
        } catch (FileAlreadyExistsException e) {
            Files.delete(hidden);
            return FileChannel.open(hidden, NEW_FILE, Modes.SHARED_FILE);
        }
    }

    /**
     * Brings the names in the sender's folder to the disk; for all that were given there before.
     *
     * @throws IOException also when the outbox's own disk is not there: the names may be in the folder below it
     */
    public void sync(SiteId sender) throws IOException {
        syncs.computeIfAbsent(sender, each -> new FolderSync(folder(each))).sync();
        requireThere();
    }

    /** Whether a standardized file was staged and not given its name. */
    public boolean isStaged(SiteId sender, MessageId messageId) {
        return Files.exists(staged(sender, messageId), LinkOption.NOFOLLOW_LINKS);
    }

    /** Removes what was staged, if anything. */
    public void discardStaged(SiteId sender, MessageId messageId) throws IOException {
        Files.deleteIfExists(staged(sender, messageId));
        Files.deleteIfExists(stagedReady(sender, messageId));
    }

    /**
     * Gives the staged file its name, which is on the disk after {@link #sync}.
     *
     * @throws Refusal {@code CONFLICT} when another stands under that name
     */
    public void nameFacts(SiteId sender, MessageId messageId) throws IOException {
        Path target = folder(sender).resolve(OutboxNames.facts(messageId));
        try {
            AtomicFiles.rename(staged(sender, messageId), target);
        } catch (FileAlreadyExistsException e) {
            throw conflict(target);
        }
    }

    /** Does what a crash left undone of a message whose standardized file stands. A marker that was seen stays away. */
    public void finish(SiteId sender, MessageId messageId) throws IOException {
        Files.deleteIfExists(staged(sender, messageId));
        sync(sender);
        if (nameReady(sender, messageId)) {
            sync(sender);
        }
    }

    /**
     * Gives the staged marker its name, last of all; on the disk after {@link #sync}.
     *
     * @return false when none was staged
     */
    public boolean nameReady(SiteId sender, MessageId messageId) throws IOException {
        Path marker = stagedReady(sender, messageId);
        if (!Files.exists(marker, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            AtomicFiles.rename(marker, folder(sender).resolve(OutboxNames.ready(messageId)));
        } catch (FileAlreadyExistsException e) {
            Files.delete(marker);
        }
        return true;
    }

    /** The standardized file's bytes, when the message stands in the outbox. */
    public Optional<byte[]> facts(SiteId sender, MessageId messageId) throws IOException {
        Path facts = folder(sender).resolve(OutboxNames.facts(messageId));
        if (!AtomicFiles.isThere(facts) || !folders.exists(sender)) {
            return Optional.empty();
        }
        return folders.look(facts, Files::readAllBytes);
    }

    private Path stagedReady(SiteId sender, MessageId messageId) {
        return folder(sender).resolve(OutboxNames.stagedReady(messageId));
    }

    private Path staged(SiteId sender, MessageId messageId) {
        return folder(sender).resolve(OutboxNames.staged(messageId));
    }

    /** Where the sender's messages are put, whether or not it is there. */
    Path folder(SiteId sender) {
        return folders.folder(sender);
    }

    SenderFolders folders() {
        return folders;
    }

    private static Refusal conflict(Path target) {
        return new Refusal(
                Refusal.Code.CONFLICT,
                "Expected nothing or the same bytes in the outbox under " + target.getFileName()
                        + ", found another file, which stays as it is. Send it under a new message_id");
    }
}
