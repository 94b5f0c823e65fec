package io.saddlebag.hq.store.spool;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.files.EarlySync;
import io.saddlebag.files.access.Modes;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Set;

/**
 * An upload in a file of its own, laid out as the record that it will be; the checksum of each part says after a break
 * how far it came.
 */
final class SpoolUpload implements PayloadStore.Upload {
    private final Path path;
    private final PayloadRef ref;
    private final FileChannel channel;
    private final EarlySync early;
    private final Sha256 manifestSha256;
    /** Null once it is begun: the file has it. */
    private byte[] manifest;

    private MessageDigest digest;
    private volatile boolean isReady;
    private final Completion completion;
    private long received;

    /**
     * Call {@link #begin} before any other method.
     *
     * @param completion takes the whole, synced file over
     */
    SpoolUpload(Path path, byte[] manifest, long bodySize, Completion completion) throws IOException {
        this(path, manifest, bodySize, completion, channel -> channel.force(false));
    }

    /** @param meanwhile brings to the disk what has come, while more comes */
    SpoolUpload(Path path, byte[] manifest, long bodySize, Completion completion, ChannelSync meanwhile)
            throws IOException {
        this.manifest = manifest;
        this.manifestSha256 = Sha256.of(manifest);
        this.path = path;
        this.ref = new PayloadRef(0, 0, manifest.length, bodySize);
        this.completion = completion;
        this.digest = Sha256.newDigest(bodySize);
        this.channel = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                Modes.PRIVATE_FILE);
        this.early = new EarlySync(() -> meanwhile.sync(channel));
    }

    /** Reads what an earlier run has left of it, which takes a while, unless another upload of this run has handed it over. */
    synchronized void begin() throws IOException {
        try {
            if (!isReady) {
                resume();
                isReady = true;
            }
            manifest = null;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Takes over from another upload to the same file, which ends. Does not wait for one that is still being read. */
    void takeOver(SpoolUpload before) throws IOException {
        if (!before.isReady) {
            before.channel.close();
            return;
        }
        synchronized (before) {
            before.close();
            if (before.hasFailed()) {
                channel.truncate(0);
            } else if (before.digest != null && before.manifestSha256.equals(manifestSha256)) {
                digest = before.digest;
                before.digest = null;
                received = before.received;
                isReady = true;
            }
        }
    }

    private void resume() throws IOException {
        if (!beginsWith()) {
            channel.truncate(0);
            PayloadRecord.begin(channel, manifest, ref.bodyLength());
            return;
        }
        int parts = Manifest.partsOf(ref.bodyLength());
        for (int part = 0; part < parts; part++) {
            byte[] bytes;
            try {
                bytes = PayloadRecord.readPart(channel, ref, part);
            } catch (IOException e) {
                // The end of the bytes that came, or the place where a power cut tore them: the sender resumes here.
                return;
            }
            digest.update(bytes);
            received += bytes.length;
        }
    }

    private boolean beginsWith() {
        try {
            return Arrays.equals(PayloadRecord.readManifest(channel, ref), manifest);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public synchronized long received() {
        return received;
    }

    @Override
    public synchronized void append(byte[] part) throws IOException {
        requireOpen();
        requireSynced();
        int number = (int) (received / Manifest.PART_SIZE);
        int expected = received < ref.bodyLength() ? PayloadRecord.partLength(ref.bodyLength(), number) : 0;
        if (expected == 0 || part.length != expected) {
            throw new Refusal(
                    Refusal.Code.MALFORMED,
                    "Expected " + expected + " bytes as part " + (number + 1) + " of a sealed message of "
                            + ref.bodyLength() + " bytes, found " + part.length);
        }
        long start = PayloadRecord.bodyStart(ref.manifestLength(), ref.bodyLength());
        PayloadRecord.writeFully(channel, ByteBuffer.wrap(part), start + received);
        ByteBuffer checksum =
                ByteBuffer.allocate(Integer.BYTES).putInt(0, PayloadRecord.checksum(part, 0, part.length));
        PayloadRecord.writeFully(channel, checksum, PayloadRecord.HEAD_LENGTH + 4L * number);
        early.wrote(part.length);
        digest.update(part);
        received += part.length;
    }

    /** After one failed fsync the kernel may drop the data silently, so discard all parts. */
    private void requireSynced() throws IOException {
        try {
            early.requireNoFailure();
        } catch (IOException e) {
            discard();
            throw e;
        }
    }

    /** True once a sync has failed. */
    boolean hasFailed() {
        return early.hasFailed();
    }

    @Override
    public PayloadRef complete(Sha256 bodySha256) throws IOException {
        finish(bodySha256);
        Failpoint.HQ_UPLOAD_SYNCED.reached();
        try {
            // Without the lock: the store takes its own lock first, then an upload's. Open until then, since the file
            // of
            // one that is closed may be given up.
            return completion.take(path, ref);
        } finally {
            channel.close();
        }
    }

    private synchronized void finish(Sha256 bodySha256) throws IOException {
        requireOpen();
        if (received != ref.bodyLength()) {
            throw new IllegalStateException(
                    "Expected " + ref.bodyLength() + " bytes before the end, found " + received);
        }
        Sha256 found = Sha256.ofDigest(digest.digest());
        if (!found.equals(bodySha256)) {
            discard();
            throw new Refusal(
                    Refusal.Code.BAD_DIGEST,
                    "Expected a sealed message of SHA-256 " + bodySha256.brief() + ", found " + found.brief()
                            + "; it was altered on its way or at its sender: publish it again");
        }
        try {
            early.finish();
            channel.force(true);
        } catch (IOException e) {
            discard();
            throw e;
        }
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    private void requireOpen() throws IOException {
        if (!channel.isOpen()) {
            throw new IOException("This upload was closed, or another connection has taken it over");
        }
    }

    @Override
    public synchronized void discard() {
        close();
        digest = null;
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("Cannot delete " + path, e);
        }
    }

    @Override
    public synchronized void close() {
        early.close();
        try {
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("Cannot close " + path, e);
        }
    }

    /** Brings what was written to a file to the disk. */
    @FunctionalInterface
    interface ChannelSync {
        void sync(FileChannel channel) throws IOException;
    }

    /** Makes a complete upload's file one of the spool. */
    interface Completion {
        /** @param upload whole and synced; {@code ref} lacks the file's number */
        PayloadRef take(Path upload, PayloadRef ref) throws IOException;
    }
}
