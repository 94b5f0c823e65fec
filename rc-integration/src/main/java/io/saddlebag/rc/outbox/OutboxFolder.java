package io.saddlebag.rc.outbox;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FileTree;
import io.saddlebag.files.FolderMove;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.files.tree.FolderWalk;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * One folder's place in an outbox. The folder is filled where this site alone can reach it, and then renamed, so that it
 * appears whole or not at all. It is on the outbox's own file system, since a rename works only there. For one thread.
 */
public final class OutboxFolder {
    private static final String HIDDEN_SUFFIX = ".folder";

    private final SenderFolders folders;
    private final SiteId sender;
    private final String name;
    private final String hiddenName;
    private final Outbox.Extras extras;

    /** @param name the folder's, by {@link OutboxNames#payload} */
    public OutboxFolder(Outbox outbox, SiteId sender, MessageId messageId, String name) {
        this.folders = outbox.folders();
        this.sender = sender;
        this.name = name;
        this.hiddenName = messageId + HIDDEN_SUFFIX;
        this.extras = outbox.extras();
    }

    /**
     * The path to unpack to. Makes its parent and the sender's folder.
     *
     * @throws IOException when others could exchange one of them
     */
    public Path hidden() throws IOException {
        folders.require(sender);
        return folders.staging().resolve(hiddenName);
    }

    /**
     * Gives the filled folder its name, with a file of its checksums, a line a file, if this outbox has them. When a crash
     * left the same content there, that stays.
     *
     * @throws Refusal {@code CONFLICT} when one of the names has another content
     */
    public void place() throws IOException {
        Path place = folders.require(sender).resolve(name);
        Path hidden = hidden();
        // Before other users can exchange the files.
        Path checksums = extras.checksum() ? AtomicFiles.write(hidden, out -> writeChecksums(hidden, out)) : null;
        try {
            if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
                FolderMove.rename(hidden, place);
            } else if (folders.isSameFolder(hidden, place)) {
                AtomicFiles.syncFolder(place.getParent());
                FileTree.delete(hidden);
            } else {
                throw SenderFolders.conflict(place);
            }
            if (checksums != null) {
                folders.name(checksums, place.resolveSibling(name + OutboxNames.CHECKSUM_SUFFIX));
                AtomicFiles.syncFolder(place.getParent());
            }
        } finally {
            if (checksums != null) {
                Files.deleteIfExists(checksums);
            }
        }
    }

    private void writeChecksums(Path folder, OutputStream out) throws IOException {
        FolderWalk walk = new FolderWalk(folder, FolderLimits.NONE);
        for (FolderWalk.Entry entry = walk.next(); entry != null; entry = walk.next()) {
            if (!entry.isFolder()) {
                try (InputStream in = FolderTar.open(entry.file())) {
                    String line = Sha256.of(in, entry.size()) + "  " + name + "/" + entry.path() + "\n";
                    out.write(line.getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }

    /** Removes the folder that was not placed. */
    public void discard() throws IOException {
        FileTree.delete(hidden());
    }
}
