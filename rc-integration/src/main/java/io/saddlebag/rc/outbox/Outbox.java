package io.saddlebag.rc.outbox;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.Presence;
import io.saddlebag.files.StoreAwayException;
import io.saddlebag.files.access.Modes;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The folder in which a centre's people find their messages: {@code <directory>/<sender_id>/} with payload and standardized
 * file, which always comes last. A file appears whole and synced or not at all, and is never changed. A message is placed
 * only in a folder that readers cannot exchange. For any number of threads, one for each message; they share the syncs of a
 * folder.
 */
public final class Outbox {
    private static final Set<StandardOpenOption> NEW_FILE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private final SenderFolders folders;
    private final Extras extras;
    private final Set<SiteId> acceptedSenders;
    private final Map<SiteId, FolderSync> syncs = new ConcurrentHashMap<>();

    /**
     * Files of a message besides payload and standardized file.
     *
     * @param checksum {@code <payload>.sha256}, for {@code sha256sum -c}
     * @param readyMarker {@code <message_id>.ready}, empty, last of all
     * @param crate {@code <message_id>.ro-crate-metadata.json}, the message's description
     */
    public record Extras(boolean checksum, boolean readyMarker, boolean crate) {
        /** Without a description. */
        public Extras(boolean checksum, boolean readyMarker) {
            this(checksum, readyMarker, false);
        }
    }

    /** One that takes messages of every laboratory. */
    public Outbox(Path directory, Extras extras, Presence presence) {
        this(directory, extras, Set.of(), presence);
    }

    /**
     * @param directory absolute; made with the first message
     * @param acceptedSenders whose messages may be placed here; empty for those of every laboratory
     * @param presence of the directory's disk: without it nothing is written or deleted here
     */
    public Outbox(Path directory, Extras extras, Set<SiteId> acceptedSenders, Presence presence) {
        this.acceptedSenders = Set.copyOf(acceptedSenders);
        this.folders = new SenderFolders(directory, presence);
        this.extras = extras;
    }

    public Path directory() {
        return folders.directory();
    }

    /** True when messages of this laboratory may be placed here. */
    public boolean accepts(SiteId sender) {
        return acceptedSenders.isEmpty() || acceptedSenders.contains(sender);
    }

    /** @throws StoreAwayException when the outbox's own disk is not there */
    public void requireThere() throws StoreAwayException {
        folders.requireThere();
    }

    /**
     * Makes the outbox if it is missing.
     *
     * @throws IOException when a reader could exchange its folders; with the remedy
     */
    public void make() throws IOException {
        folders.requireOutbox();
    }

    public Extras extras() {
        return extras;
    }

    /**
     * Removes the hidden, unfinished files of a killed process. Each is written again when its message comes again. Call it
     * before anything is written here.
     *
     * @throws IOException of the first file that cannot be removed, once all others are
     */
    public void removeUnfinished() throws IOException {
        folders.removeUnfinished(AtomicFiles::isTemporary);
    }

    /** The senders that have a folder. */
    public List<SiteId> senders() throws IOException {
        return folders.senders();
    }

    /**
     * Checks that a file can be written here; makes the folders for it.
     *
     * @param sender null when it is not known yet
     * @param bytes the room that it needs
     * @throws IOException that names the obstacle
     */
    public void requireRoom(SiteId sender, long bytes) throws IOException {
        folders.requireOutbox();
        folders.staging();
        AtomicFiles.requireRoom(sender == null ? folders.directory() : folders.require(sender), bytes);
    }

    /**
     * Moves an opened file to its place. When a crash left the same bytes there, they stay and the opened file is deleted.
     * The name is on the disk after {@link #sync}.
     *
     * @param opened a finished and synced file; gone afterwards
     * @throws Refusal {@code CONFLICT} when the name has other bytes
     */
    public void placePayload(SiteId sender, String name, Path opened) throws IOException {
        folders.name(opened, folders.require(sender).resolve(name));
    }

    /**
     * Writes the payload's checksum file, if this outbox has them. As durable as the payload.
     *
     * @throws Refusal {@code CONFLICT} when the name has other bytes
     */
    public void placeChecksum(SiteId sender, String payloadName, Sha256 sha256) throws IOException {
        if (!extras.checksum()) {
            return;
        }
        Path target = folder(sender).resolve(payloadName + OutboxNames.CHECKSUM_SUFFIX);
        byte[] line = (sha256 + "  " + payloadName + "\n").getBytes(StandardCharsets.US_ASCII);
        Path written = AtomicFiles.write(target, out -> out.write(line));
        try {
            folders.name(written, target);
        } catch (IOException | Refusal e) {
            Files.deleteIfExists(written);
            throw e;
        }
    }

    /** @return true when the payload's name is taken */
    public boolean hasPayload(SiteId sender, String name) {
        return Files.exists(folder(sender).resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Writes the standardized file under a hidden name, whole and synced, so that {@link #nameStandardizedFile} only renames
     * it: as long as the hidden file is there, no reader has seen the message. The same with the marker, if this outbox has
     * them. All names of the message are on the disk after {@link #sync}.
     */
    public void stageStandardizedFile(SiteId sender, MessageId messageId, byte[] json) throws IOException {
        if (extras.readyMarker()) {
            write(stagedReady(sender, messageId), new byte[0]);
        }
        write(staged(sender, messageId), json);
    }

    /**
     * Writes the message's description under a hidden name; it gets its own right before the standardized file.
     *
     * @param content is called when this outbox has descriptions
     */
    public void stageCrate(SiteId sender, MessageId messageId, AtomicFiles.Content content) throws IOException {
        if (!extras.crate()) {
            return;
        }
        folders.require(sender);
        try (FileChannel channel = createHidden(stagedCrate(sender, messageId))) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
            content.writeTo(out);
            out.flush();
            channel.force(true);
        }
    }

    /** A partial file after a crash does no harm: it is written again before it gets its name. */
    private static void write(Path hidden, byte[] content) throws IOException {
        try (FileChannel channel = createHidden(hidden)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** Never opens the existing file: after a crash it may be the very file that a reader has taken away. */
    private static FileChannel createHidden(Path hidden) throws IOException {
        try {
            return FileChannel.open(hidden, NEW_FILE, Modes.SHARED_FILE);
        } catch (FileAlreadyExistsException e) {
            Files.delete(hidden);
            return FileChannel.open(hidden, NEW_FILE, Modes.SHARED_FILE);
        }
    }

    /**
     * Syncs the sender's folder, so that all names in it are on the disk.
     *
     * @throws IOException also when the outbox's own disk is absent: the names may be in the folder below its mount
     */
    public void sync(SiteId sender) throws IOException {
        syncs.computeIfAbsent(sender, each -> new FolderSync(folder(each))).sync();
        requireThere();
    }

    /** @return true when a standardized file is staged and has no name yet */
    public boolean isStaged(SiteId sender, MessageId messageId) {
        return Files.exists(staged(sender, messageId), LinkOption.NOFOLLOW_LINKS);
    }

    /** Removes the staged files, if any. */
    public void discardStaged(SiteId sender, MessageId messageId) throws IOException {
        Files.deleteIfExists(staged(sender, messageId));
        Files.deleteIfExists(stagedReady(sender, messageId));
        Files.deleteIfExists(stagedCrate(sender, messageId));
    }

    /**
     * Gives the staged file its name, after the description if there is one. Both are on the disk after {@link #sync}.
     *
     * @throws Refusal {@code CONFLICT} when the name is taken
     */
    public void nameStandardizedFile(SiteId sender, MessageId messageId) throws IOException {
        nameCrate(sender, messageId);
        Path target = folder(sender).resolve(OutboxNames.standardizedFile(messageId));
        try {
            AtomicFiles.rename(staged(sender, messageId), target);
        } catch (FileAlreadyExistsException e) {
            throw SenderFolders.conflict(target);
        }
    }

    private void nameCrate(SiteId sender, MessageId messageId) throws IOException {
        Path staged = stagedCrate(sender, messageId);
        if (!AtomicFiles.isThere(staged)) {
            return;
        }
        Path target = folder(sender).resolve(OutboxNames.crate(messageId));
        try {
            AtomicFiles.rename(staged, target);
        } catch (FileAlreadyExistsException e) {
            // This site's own was named before a crash, and says the same but for the time of receipt.
            if (folders.look(target, found -> true).isEmpty()) {
                throw SenderFolders.conflict(target);
            }
            Files.delete(staged);
        }
    }

    /** Completes, after a crash, a message whose standardized file has its name. A marker that was seen is not made again. */
    public void finish(SiteId sender, MessageId messageId) throws IOException {
        Files.deleteIfExists(staged(sender, messageId));
        Files.deleteIfExists(stagedCrate(sender, messageId));
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

    /** The standardized file's bytes, when the message is in the outbox. */
    public Optional<byte[]> standardizedFile(SiteId sender, MessageId messageId) throws IOException {
        Path file = folder(sender).resolve(OutboxNames.standardizedFile(messageId));
        if (!AtomicFiles.isThere(file) || !folders.exists(sender)) {
            return Optional.empty();
        }
        return folders.look(file, Files::readAllBytes);
    }

    private Path stagedReady(SiteId sender, MessageId messageId) {
        return folder(sender).resolve(OutboxNames.stagedReady(messageId));
    }

    private Path stagedCrate(SiteId sender, MessageId messageId) {
        return folder(sender).resolve(OutboxNames.stagedCrate(messageId));
    }

    private Path staged(SiteId sender, MessageId messageId) {
        return folder(sender).resolve(OutboxNames.staged(messageId));
    }

    /** The folder of the sender's messages, which need not exist. */
    Path folder(SiteId sender) {
        return folders.folder(sender);
    }

    SenderFolders folders() {
        return folders;
    }

    /** Syncs a folder's entries to the disk for many threads: one sync serves all threads that asked before it began. */
    static final class FolderSync {
        private final Path folder;
        private final AtomicLong asked = new AtomicLong();
        private long over;
        private long failed;

        FolderSync(Path folder) {
            this.folder = folder;
        }

        /**
         * Returns once every entry that the caller made before is on the disk.
         *
         * @throws IOException when that is not certain, also when the sync of another thread served this one
         */
        void sync() throws IOException {
            long mine = asked.incrementAndGet();
            synchronized (this) {
                if (over < mine) {
                    long all = asked.get();
                    over = all;
                    try {
                        AtomicFiles.syncFolder(folder);
                    } catch (IOException e) {
                        // The next sync may succeed without the data that this one lost.
                        failed = all;
                        throw e;
                    }
                } else if (mine <= failed) {
                    throw new IOException(folder + ": its entries could not be brought to the disk");
                }
            }
        }
    }
}
