package io.saddlebag.folder;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/**
 * The place of one folder in an outbox: filled under a hidden name beside it, then given its own in one step, so that it
 * is there whole or not at all. On the outbox's own file system, because only there a folder can be renamed. For one
 * thread.
 */
public final class OutboxFolder {
    private static final String HIDDEN_SUFFIX = ".folder" + AtomicFiles.TEMPORARY_SUFFIX;
    /** The folder's, or that of its digests while they are compared with those that stand there. */
    private static final Pattern HIDDEN_NAME = Pattern.compile(
            "[.][A-Z].*" + Pattern.quote(HIDDEN_SUFFIX) + "(" + Pattern.quote(OutboxNames.CHECKSUM_SUFFIX) + ")?");

    private static final int BUFFER = 64 * 1024;

    private final Path hidden;
    private final Path place;
    private final OutboxExtras extras;

    /** @param name the folder's, as {@link OutboxNames#payload} says */
    public OutboxFolder(Outbox outbox, SiteId sender, MessageId messageId, String name) {
        Path folder = outbox.directory().resolve(sender.value());
        this.hidden = folder.resolve("." + messageId + HIDDEN_SUFFIX);
        this.place = folder.resolve(name);
        this.extras = outbox.extras();
    }

    /** Whether a folder of this name was being filled here, or its digests written: by a process that was killed, when nobody is at it now. */
    static boolean isHiddenName(String fileName) {
        return HIDDEN_NAME.matcher(fileName).matches();
    }

    /** Where to unpack; the folder that it lies in is made. */
    public Path hidden() throws IOException {
        AtomicFiles.createFolders(hidden.getParent());
        return hidden;
    }

    /**
     * Gives the filled folder its name. After a crash the same content may stand there already: then that one stays.
     *
     * @throws Refusal {@code CONFLICT} when something else stands under the name
     */
    public void place() throws IOException {
        if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            requireSame();
            AtomicFiles.syncFolder(place.getParent());
            FileTree.delete(hidden);
        } else {
            FolderMove.rename(hidden, place);
        }
    }

    /**
     * Writes the digests of its files beside it, a line a file, if this outbox has them.
     *
     * @throws Refusal {@code CONFLICT} when something else stands under that name
     */
    public void placeChecksums() throws IOException {
        if (!extras.checksum()) {
            return;
        }
        Path target = place.resolveSibling(place.getFileName() + OutboxNames.CHECKSUM_SUFFIX);
        try {
            AtomicFiles.create(target, this::writeChecksums);
        } catch (FileAlreadyExistsException e) {
            Path written = hidden.resolveSibling(hidden.getFileName() + OutboxNames.CHECKSUM_SUFFIX);
            AtomicFiles.replace(written, this::writeChecksums);
            boolean isSame =
                    Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS) && Files.mismatch(target, written) < 0;
            Files.delete(written);
            if (!isSame) {
                throw conflict(target);
            }
        }
    }

    private void writeChecksums(OutputStream out) throws IOException {
        FolderWalk walk = new FolderWalk(place, FolderLimits.NONE);
        for (FolderEntry entry = walk.next(); entry != null; entry = walk.next()) {
            if (!entry.isFolder()) {
                String line = digest(entry) + "  " + place.getFileName() + "/" + entry.path() + "\n";
                out.write(line.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static Sha256 digest(FolderEntry entry) throws IOException {
        MessageDigest digest = Sha256.newDigest(entry.size());
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = FolderTar.open(entry.file())) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return Sha256.ofDigest(digest.digest());
    }

    /** Removes what was not placed. */
    public void discard() throws IOException {
        FileTree.delete(hidden);
    }

    private void requireSame() throws IOException {
        boolean isSame;
        try {
            isSame = Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)
                    && FolderTar.digest(place).equals(FolderTar.digest(hidden));
        } catch (Refusal e) {
            // Somebody put something there that cannot have come in a message.
            isSame = false;
        }
        if (!isSame) {
            throw conflict(place);
        }
    }

    private static Refusal conflict(Path target) {
        return new Refusal(
                Refusal.Code.CONFLICT,
                "Expected nothing or the same content in the outbox under " + target.getFileName()
                        + ", found another, which stays as it is. Send it under a new message_id");
    }
}
