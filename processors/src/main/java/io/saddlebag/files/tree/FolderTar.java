package io.saddlebag.files.tree;

import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;

/**
 * A folder as a stream of bytes, made while it is read: a POSIX tar (IEEE Std 1003.1, pax) of its files and folders in
 * the order of {@link FolderWalk}. The same names and contents make the same bytes, whatever their times, owners and
 * modes, which do not travel. Holds no file in memory. For one thread.
 *
 * <p>Reading throws a {@link Refusal} for what cannot travel, and for a file that became shorter while it was read; one
 * that changed otherwise shows in the digest of a second reading.
 */
public final class FolderTar extends InputStream {
    private final FolderWalk walk;
    private InputStream current = InputStream.nullInputStream();
    private FolderWalk.Entry contentAhead;
    private boolean ended;

    FolderTar(Path folder, FolderLimits limits) {
        this(new FolderWalk(folder, limits));
    }

    /** @param walk from its beginning */
    public FolderTar(FolderWalk walk) {
        this.walk = walk;
    }

    /**
     * A file's bytes, or a folder's tar.
     *
     * @throws Refusal {@code BAD_FILE} when it is neither, or closed to this site
     */
    public static InputStream open(Path dropped) throws IOException {
        return Files.isDirectory(dropped, LinkOption.NOFOLLOW_LINKS)
                ? new FolderTar(dropped, FolderLimits.NONE)
                : openFile(dropped);
    }

    /**
     * A file's bytes. Opens nothing else: a pipe would hold the thread until somebody writes to it.
     *
     * @throws Refusal {@code BAD_FILE} when it is no file, or closed to this site
     */
    public static InputStream openFile(Path dropped) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(dropped, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new Refusal(
                    Refusal.Code.BAD_FILE,
                    "Expected a regular file named '" + nameOf(dropped) + "', found "
                            + (attributes.isDirectory() ? "a folder" : "a link, device or pipe")
                            + ". Drop the file itself");
        }
        try {
            return Files.newInputStream(dropped, LinkOption.NOFOLLOW_LINKS);
        } catch (AccessDeniedException e) {
            throw new Refusal(
                    Refusal.Code.BAD_FILE,
                    "Expected a file that this site may read named '" + nameOf(dropped)
                            + "', found one that it may not. Open its mode and drop it again",
                    e);
        }
    }

    private static String nameOf(Path file) {
        return Printable.of(file.getFileName().toString());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int read = current.read(target, offset, length);
        while (read < 0 && advance()) {
            read = current.read(target, offset, length);
        }
        return read;
    }

    private boolean advance() throws IOException {
        current.close();
        current = InputStream.nullInputStream();
        if (contentAhead != null) {
            FolderWalk.Entry entry = contentAhead;
            contentAhead = null;
            current = new Content(entry);
            return true;
        }
        if (ended) {
            return false;
        }
        FolderWalk.Entry entry = walk.next();
        ended = entry == null;
        current = new ByteArrayInputStream(ended ? new byte[TarFormat.END] : TarHeader.of(entry));
        contentAhead = ended || entry.size() == 0 ? null : entry;
        return true;
    }

    @Override
    public void close() throws IOException {
        current.close();
    }

    /** As many bytes of the file as its header says, then zeros to the end of the block. */
    private static final class Content extends InputStream {
        private final FolderWalk.Entry entry;
        private final InputStream file;
        private long left;
        private int padding;

        Content(FolderWalk.Entry entry) throws IOException {
            this.entry = entry;
            this.left = entry.size();
            this.padding = TarFormat.padding(entry.size());
            try {
                this.file = Files.newInputStream(entry.file(), LinkOption.NOFOLLOW_LINKS);
            } catch (AccessDeniedException e) {
                throw FolderWalk.unreadable(entry.path(), e);
            }
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("the tar reads arrays only");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0) {
                int zeros = Math.min(padding, length);
                Arrays.fill(target, offset, offset + zeros, (byte) 0);
                padding -= zeros;
                return zeros == 0 ? -1 : zeros;
            }
            int read = file.read(target, offset, (int) Math.min(left, length));
            if (read < 0) {
                throw new Refusal(
                        Refusal.Code.BAD_FILE,
                        "Expected '" + Printable.of(entry.path()) + "' to keep its " + entry.size()
                                + " bytes, found it cut short by " + left
                                + " while it was read. Drop the folder again when it is complete");
            }
            left -= read;
            return read;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
