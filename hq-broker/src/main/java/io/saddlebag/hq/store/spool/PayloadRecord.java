package io.saddlebag.hq.store.spool;

import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore.PayloadDamagedException;
import io.saddlebag.message.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * How a payload lies in a spool file, big-endian:
 *
 * <pre>
 *   4 bytes  magic "SBP1"
 *   4 bytes  length of the manifest's envelope, m
 *   8 bytes  length of the sealed message, b
 *   4 bytes  CRC-32C of the 16 bytes before, then the manifest
 *
 *   4 bytes  CRC-32C of each part of the sealed message (RFC 3720, appendix B.4); there are max(1, b / 1 MiB rounded up)
 *   m bytes  the manifest's envelope
 *   b bytes  the sealed message
 * </pre>
 *
 * With a checksum a part a reader checks each part, and an upload that broke off knows how far it came.
 */
final class PayloadRecord {
    static final int HEAD_LENGTH = 20;

    private static final int MAGIC = 0x53425031;
    private static final int FACTS_LENGTH = 16;
    /** Stays in the processor's cache between one copy and the next. */
    private static final int SLICE = 256 << 10;

    private PayloadRecord() {}

    static long length(int manifestLength, long bodyLength) {
        return bodyStart(manifestLength, bodyLength) + bodyLength;
    }

    static long length(PayloadRef ref) {
        return length(ref.manifestLength(), ref.bodyLength());
    }

    /** Where the sealed message begins within the record. */
    static long bodyStart(int manifestLength, long bodyLength) {
        return HEAD_LENGTH + 4L * Manifest.partsOf(bodyLength) + manifestLength;
    }

    static int partLength(long bodyLength, int part) {
        return (int) Math.min(Manifest.PART_SIZE, bodyLength - (long) part * Manifest.PART_SIZE);
    }

    /**
     * Begins the record of an empty file: head and manifest. Between them the checksums are a hole, each to be filled
     * with its part, so that what a manifest announces costs nothing before it comes.
     */
    static void begin(FileChannel file, byte[] manifest, long bodyLength) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD_LENGTH);
        head.putInt(MAGIC).putInt(manifest.length).putLong(bodyLength);
        head.putInt(headChecksum(head.array(), manifest, manifest.length));
        writeFully(file, head.flip(), 0);
        writeFully(file, ByteBuffer.wrap(manifest), bodyStart(0, bodyLength));
    }

    /**
     * Head and checksum of a record of one part, ready to be written.
     *
     * @param sealed what follows: the manifest's envelope, then the sealed message
     */
    static ByteBuffer head(byte[] sealed, int manifestLength) {
        int bodyLength = sealed.length - manifestLength;
        ByteBuffer head = ByteBuffer.allocate(Math.toIntExact(bodyStart(0, bodyLength)));
        head.putInt(MAGIC).putInt(manifestLength).putLong(bodyLength);
        head.putInt(headChecksum(head.array(), sealed, manifestLength));
        head.putInt(checksum(sealed, manifestLength, bodyLength));
        return head.flip();
    }

    static int checksum(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    private static int headChecksum(byte[] head, byte[] manifest, int manifestLength) {
        CRC32C crc = new CRC32C();
        crc.update(head, 0, FACTS_LENGTH);
        crc.update(manifest, 0, manifestLength);
        return (int) crc.getValue();
    }

    /**
     * The manifest of a record.
     *
     * @throws IOException when there is another record, or none
     */
    static byte[] readManifest(FileChannel file, PayloadRef ref) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD_LENGTH);
        readFully(file, head, ref.offset());
        byte[] manifest = new byte[ref.manifestLength()];
        long start = ref.offset() + bodyStart(ref.manifestLength(), ref.bodyLength()) - manifest.length;
        readFully(file, ByteBuffer.wrap(manifest), start);
        if (head.getInt(0) != MAGIC
                || head.getInt(4) != manifest.length
                || head.getLong(8) != ref.bodyLength()
                || head.getInt(FACTS_LENGTH) != headChecksum(head.array(), manifest, manifest.length)) {
            throw damaged(ref, "its head does not check");
        }
        return manifest;
    }

    /**
     * One part of the sealed message.
     *
     * @param part from 0
     * @throws IOException when its checksum does not hold
     */
    static byte[] readPart(FileChannel file, PayloadRef ref, int part) throws IOException {
        byte[] bytes = new byte[partLength(ref.bodyLength(), part)];
        readPart(file, ref, part, ByteBuffer.wrap(bytes));
        return bytes;
    }

    /** @param into an array's, with room for the part */
    private static void readPart(FileChannel file, PayloadRef ref, int part, ByteBuffer into) throws IOException {
        int length = partLength(ref.bodyLength(), part);
        ByteBuffer checksum = ByteBuffer.allocate(Integer.BYTES);
        readFully(file, checksum, ref.offset() + HEAD_LENGTH + 4L * part);
        long start = ref.offset() + bodyStart(ref.manifestLength(), ref.bodyLength());
        int from = into.arrayOffset() + into.position();
        ByteBuffer bytes = into.slice(into.position(), length);
        readFully(file, bytes, start + (long) part * Manifest.PART_SIZE);
        if (checksum.getInt(0) != checksum(into.array(), from, length)) {
            throw damaged(ref, "part " + (part + 1) + " does not check");
        }
        into.position(into.position() + length);
    }

    /**
     * Reads from the sealed message at an offset until the buffer is full or the message ends, checking each part.
     *
     * @param into an array's
     */
    static void read(FileChannel file, PayloadRef ref, long offset, ByteBuffer into) throws IOException {
        long at = offset;
        while (into.hasRemaining() && at < ref.bodyLength()) {
            int number = (int) (at / Manifest.PART_SIZE);
            int from = (int) (at % Manifest.PART_SIZE);
            int count = partLength(ref.bodyLength(), number) - from;
            if (from == 0 && count <= into.remaining()) {
                readPart(file, ref, number, into);
            } else {
                count = Math.min(count, into.remaining());
                into.put(readPart(file, ref, number), from, count);
            }
            at += count;
        }
    }

    /** @throws IOException when the record is not whole */
    static void check(FileChannel file, PayloadRef ref) throws IOException {
        readManifest(file, ref);
        for (int part = 0; part < Manifest.partsOf(ref.bodyLength()); part++) {
            readPart(file, ref, part);
        }
    }

    static void readFully(FileChannel file, ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            ByteBuffer slice = slice(into);
            int count = file.read(slice, at);
            if (count < 0) {
                throw new PayloadDamagedException("Expected " + into.remaining() + " more bytes at " + at
                        + " of a spool file of " + file.size() + " bytes");
            }
            into.position(into.position() + count);
            at += count;
        }
    }

    static void writeFully(FileChannel file, ByteBuffer from, long position) throws IOException {
        long at = position;
        while (from.hasRemaining()) {
            int count = file.write(slice(from), at);
            from.position(from.position() + count);
            at += count;
        }
    }

    /**
     * The bytes of an array go through a buffer of the same size outside of the heap, and the kernel copies them once
     * more.
     */
    private static ByteBuffer slice(ByteBuffer whole) {
        return whole.slice(whole.position(), Math.min(whole.remaining(), SLICE));
    }

    private static IOException damaged(PayloadRef ref, String how) {
        return new PayloadDamagedException(
                "Spool file " + ref.file() + " is damaged at offset " + ref.offset() + ": " + how);
    }
}
