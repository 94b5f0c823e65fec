package io.saddlebag.rc.work;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.files.access.Modes;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Sha256;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Set;

/**
 * The parts of a delivery as far as they came, in a file of the work folder that outlives the connection and the process.
 * The file holds the number of parts, the length of the manifest's envelope (4 bytes each, big-endian), the envelope, and
 * the parts in order. Only whole parts count; the manifest's digest checks their bytes. For one thread at a time.
 */
public final class PartsFile {
    private static final int HEAD = 2 * Integer.BYTES;

    private final Path path;
    private final int count;
    private final byte[] envelope;
    /** The digest of the parts here; null when some of them came on an earlier connection or twice. */
    private MessageDigest digest;

    private long size;
    /** Several deliveries of the message bring parts, which are the same. */
    private boolean isShared;

    private boolean isWhole;

    private PartsFile(Path path, int count, byte[] envelope, long size, MessageDigest digest) {
        this.digest = digest;
        this.path = path;
        this.count = count;
        this.envelope = envelope;
        this.size = size;
    }

    /** Makes the file and replaces an existing one. */
    public static PartsFile begin(Path path, int count, byte[] envelope) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD + envelope.length)
                .putInt(count)
                .putInt(envelope.length)
                .put(envelope)
                .flip();
        try (FileChannel channel = FileChannel.open(
                path,
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS),
                Modes.PRIVATE_FILE)) {
            write(channel, head, 0);
        }
        return new PartsFile(path, count, envelope, 0, Sha256.newDigest((long) count * Manifest.PART_SIZE));
    }

    /** The parts of an earlier connection; null when there is none that can be resumed. */
    public static PartsFile reopen(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer head = read(channel, HEAD);
            int count = head.getInt();
            int length = head.getInt();
            if (count < 2 || length < 1 || length > Envelope.MAX_SIZE) {
                return null;
            }
            return new PartsFile(path, count, read(channel, length).array(), channel.size() - HEAD - length, null);
        } catch (NoSuchFileException | EOFException e) {
            return null;
        }
    }

    private static ByteBuffer read(FileChannel channel, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException();
            }
        }
        return bytes.flip();
    }

    private static void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    public int count() {
        return count;
    }

    public byte[] envelope() {
        return envelope;
    }

    /** For a reader behind the parts; call it before the first part is put. */
    public GrowingParts growing() {
        return new GrowingParts(path, start());
    }

    private long start() {
        return HEAD + (long) envelope.length;
    }

    /** The first part that is not here; the last one when all are, since its end looks like a break. */
    public int lacking() {
        return (int) Math.min(count, size / Manifest.PART_SIZE + 1);
    }

    /** From now on a part that is here already is passed over. */
    public void share() {
        isShared = true;
    }

    public boolean isShared() {
        return isShared;
    }

    /** The last part was put. */
    public boolean isWhole() {
        return isWhole;
    }

    private boolean has(int part) {
        return part < count ? (long) part * Manifest.PART_SIZE <= size : isWhole;
    }

    /**
     * Puts a part behind those before it, and cuts off the rest.
     *
     * @param part from 1 to {@link #lacking}
     * @param body holds the part from the offset to its end; only the last part may be shorter than the others
     * @return false when another delivery had put it before
     */
    public boolean put(int part, byte[] body, int offset) throws IOException {
        if (isShared && has(part)) {
            return false;
        }
        long before = (long) (part - 1) * Manifest.PART_SIZE;
        int length = body.length - offset;
        boolean isOfItsLength =
                part == count ? length >= 1 && length <= Manifest.PART_SIZE : length == Manifest.PART_SIZE;
        if (before > size || !isOfItsLength) {
            throw new ProtocolException("Expected part " + lacking() + "/" + count + " of " + Manifest.PART_SIZE
                    + " bytes, the last one of what is left, found part " + part + " of " + length);
        }
        digest = before == size ? digest : null;
        long start = start();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(start + before);
            size = before;
            write(channel, ByteBuffer.wrap(body, offset, length), start + before);
            size = before + length;
        }
        if (digest != null) {
            digest.update(body, offset, length);
        }
        isWhole = part == count;
        return true;
    }

    /** The whole message, once the last part was put; once. */
    public SealedSource source() {
        Sha256 sha256 = digest == null ? null : Sha256.ofDigest(digest.digest());
        digest = null;
        return new SealedSource(null, start(), path, size, sha256);
    }
}
