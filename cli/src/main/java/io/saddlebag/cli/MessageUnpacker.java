package io.saddlebag.cli;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.files.FileTree;
import io.saddlebag.files.FolderMove;
import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.files.tree.FolderUnpacker;
import io.saddlebag.message.Json;
import io.saddlebag.message.Message;
import io.saddlebag.message.Sha256;
import io.saddlebag.rc.outbox.OutboxNames;
import io.saddlebag.seal.MessageSealer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Takes a sealed message apart by hand: the file or folder in it appears under the name that it would have in an outbox,
 * whole or not at all. The sender is not verified: the manifest names it, not the seal.
 */
final class MessageUnpacker {
    private final Path folder;

    /** @param folder where to put it; made when it is not there */
    MessageUnpacker(Path folder) {
        this.folder = folder;
    }

    /**
     * @param plain writes what the seal holds, and fails unless all of it verifies
     * @return the file or folder
     * @throws CommandFailure when it is no message, or something has its name already
     */
    Path unpack(AtomicFiles.Content plain) throws IOException, CommandFailure {
        AtomicFiles.createFolders(folder);
        Path whole = Files.createTempFile(folder, ".opened", AtomicFiles.TEMPORARY_SUFFIX);
        try {
            try (OutputStream out = Files.newOutputStream(whole)) {
                plain.writeTo(out);
            }
            Message message = read(whole);
            Path target = folder.resolve(OutboxNames.payload(message.messageId(), message.fileName()));
            if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                throw taken(target);
            }
            place(message, whole, target);
            return target;
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    private void place(Message message, Path whole, Path target) throws IOException, CommandFailure {
        try (InputStream content = content(whole)) {
            if (message.folder() == null) {
                AtomicFiles.create(target, content::transferTo);
                return;
            }
            Path hidden = folder.resolve("." + message.messageId() + ".folder" + AtomicFiles.TEMPORARY_SUFFIX);
            try {
                new FolderUnpacker(FolderLimits.NONE).unpack(content, hidden);
                FolderMove.rename(hidden, target);
            } finally {
                FileTree.delete(hidden);
            }
        } catch (FileAlreadyExistsException e) {
            throw taken(target);
        }
    }

    /** The message, once its content was found to be the one that it names. */
    private static Message read(Path whole) throws IOException, CommandFailure {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(whole))) {
            byte[] line = line(in);
            Message message = Json.read(line, Message.class);
            long size = Files.size(whole) - line.length - 1;
            Sha256 sha256 = Sha256.of(in, size);
            if (size != message.size() || !sha256.equals(message.sha256())) {
                throw new CommandFailure("Expected the content of " + message.messageId() + " to have "
                        + message.size() + " bytes of SHA-256 " + message.sha256() + ", found " + size + " of "
                        + sha256 + ". Ask for it to be sent again");
            }
            return message;
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    "Expected a message of Saddlebag in the seal, found something else (" + e.getMessage()
                            + "). Open it without --unpack",
                    e);
        }
    }

    private static InputStream content(Path whole) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(whole));
        line(in);
        return in;
    }

    private static byte[] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int each = in.read(); each != '\n'; each = in.read()) {
            if (each < 0 || line.size() >= MessageSealer.MAX_LINE) {
                throw new IllegalArgumentException("no line of JSON at its beginning");
            }
            line.write(each);
        }
        return line.toByteArray();
    }

    private static CommandFailure taken(Path target) {
        return new CommandFailure(target + ": expected nothing of that name, found something. Remove it, or unpack into"
                + " another folder");
    }
}
