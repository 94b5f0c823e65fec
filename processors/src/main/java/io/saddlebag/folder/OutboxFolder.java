package io.saddlebag.folder;

import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The place of one folder in an outbox: filled under a hidden name beside it, then given its own in one step, so that it
 * is there whole or not at all. On the outbox's own file system, because only there a folder can be renamed. For one
 * thread.
 */
public final class OutboxFolder {
    private static final String HIDDEN_SUFFIX = ".folder" + AtomicFiles.TEMPORARY_SUFFIX;
    private static final Pattern HIDDEN_NAME = Pattern.compile("[.][A-Z].*" + Pattern.quote(HIDDEN_SUFFIX));

    private final Path hidden;
    private final Path place;
    private final FolderLimits limits;

    /** @param name the folder's, as {@link OutboxNames#payload} says */
    public OutboxFolder(Outbox outbox, SiteId sender, MessageId messageId, String name, FolderLimits limits) {
        Path folder = outbox.directory().resolve(sender.value());
        this.hidden = folder.resolve("." + messageId + HIDDEN_SUFFIX);
        this.place = folder.resolve(name);
        this.limits = Objects.requireNonNull(limits, "limits");
    }

    /** Whether a folder of this name was being filled here: by a process that was killed, when nobody is at it now. */
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
            AtomicFiles.moveFolder(hidden, place);
        }
    }

    /** Removes what was not placed. */
    public void discard() throws IOException {
        FileTree.delete(hidden);
    }

    private void requireSame() throws IOException {
        boolean isSame;
        try {
            isSame = Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)
                    && digest(place).equals(digest(hidden));
        } catch (Refusal e) {
            // Somebody put something there that cannot have come in a message.
            isSame = false;
        }
        if (!isSame) {
            throw new Refusal(
                    Refusal.Code.CONFLICT,
                    "Expected nothing or the same content in the outbox under " + place.getFileName()
                            + ", found another, which stays as it is. Send it under a new message_id");
        }
    }

    private Sha256 digest(Path folder) throws IOException {
        try (FolderTar tar = new FolderTar(folder, limits);
                DigestOutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), Sha256.newDigest())) {
            tar.transferTo(out);
            return Sha256.ofDigest(out.getMessageDigest().digest());
        }
    }
}
