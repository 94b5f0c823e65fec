package io.saddlebag.hq.store.rows;

import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.hq.store.NewestPayloads;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadRows;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.sql.PostgresTransaction;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import javax.sql.DataSource;

/**
 * Payloads in the database that several headquarters share. A payload of one part is in memory until the transaction of its
 * message inserts it; the parts of an upload are committed as they come. Nothing is to be repaired at a start: a committed
 * message has its payload, and what a crash left without a message is swept.
 *
 * <p>The manifest is that of the message's row, so a manifest is there once the message is stored.
 */
public final class PostgresPayloadStore implements PayloadStore, PayloadRows {
    private static final long NEWEST_BYTES = 32L << 20;
    /** The most of a group; above it the copy in memory costs more than the round trips that it spares. */
    private static final long SMALL_BYTES = 64L << 10;

    private static final String MANIFEST = "SELECT m.manifest FROM payload_part p JOIN message m"
            + " ON m.message_number = p.message_number WHERE p.payload_file = ? AND p.part = 1";
    private static final String FIRST_PART = "SELECT m.manifest || p.bytes FROM payload_part p JOIN message m"
            + " ON m.message_number = p.message_number WHERE p.payload_file = ? AND p.part = 1";
    private static final String PIECE = "SELECT substring(bytes FROM ?::integer + 1 FOR ?::integer)"
            + " FROM payload_part WHERE payload_file = ? AND part = ?";

    private final PayloadDatabase database;
    private final PayloadNumbers numbers;
    private final UnneededRows unneeded;
    private final UploadRows uploads;
    private final NewestPayloads newest = new NewestPayloads(NEWEST_BYTES);
    /** By number, until a commit has inserted them. */
    private final Map<Long, byte[]> uncommitted = new ConcurrentHashMap<>();

    /** @param database gives working connections; the schema is migrated */
    public PostgresPayloadStore(DataSource database) {
        this.database = new PayloadDatabase(database);
        this.numbers = new PayloadNumbers(this.database);
        this.unneeded = new UnneededRows(this.database);
        this.uploads = new UploadRows(this.database, unneeded);
    }

    /** Deletes now and every hour, on a thread of its own, what nothing needs any more. */
    public void sweepRegularly() {
        unneeded.sweepRegularly();
    }

    /** Deletes what nothing needs any more; returns how many payloads that were. */
    public int sweep() throws IOException {
        return unneeded.sweep();
    }

    @Override
    public PayloadRef put(byte[] sealed, int manifestLength) throws IOException {
        int bodyLength = sealed.length - manifestLength;
        if (bodyLength > Manifest.PART_SIZE) {
            throw new IllegalArgumentException(
                    "Expected at most " + Manifest.PART_SIZE + " bytes in one part, found " + bodyLength);
        }
        PayloadRef ref = new PayloadRef(numbers.next(), 0, manifestLength, bodyLength);
        uncommitted.put(ref.file(), sealed);
        newest.add(ref, sealed);
        return ref;
    }

    @Override
    public void insert(Connection connection, List<StoredPublication> publications) throws SQLException {
        PayloadCopy copy = new PayloadCopy();
        for (StoredPublication stored : publications) {
            PayloadRef ref = stored.payload();
            byte[] sealed = uncommitted.get(ref.file());
            if (sealed != null) {
                copy.add(ref.file(), stored.messageNumber(), sealed, ref.manifestLength());
            } else if (uploads.isComplete(ref.file())) {
                uploads.publish(connection, stored);
            } else {
                throw new SQLException("Expected a payload that was put and not committed, found " + ref);
            }
        }
        copy.insert(connection);
    }

    @Override
    public List<byte[]> small(List<StoredPublication> publications) {
        long bytes = 0;
        List<byte[]> small = new ArrayList<>();
        for (StoredPublication stored : publications) {
            byte[] sealed = uncommitted.get(stored.payload().file());
            bytes += stored.payload().bodyLength();
            if (sealed == null || bytes > SMALL_BYTES) {
                return List.of();
            }
            small.add(Arrays.copyOfRange(sealed, stored.payload().manifestLength(), sealed.length));
        }
        return small;
    }

    @Override
    public void committed(List<StoredPublication> publications) {
        for (StoredPublication stored : publications) {
            long file = stored.payload().file();
            if (uncommitted.remove(file) == null) {
                uploads.ended(file);
            }
        }
    }

    /** How many payloads are in memory because no commit has inserted them yet. */
    int uncommitted() {
        return uncommitted.size();
    }

    @Override
    public Upload upload(SiteId sender, MessageId id, byte[] manifest, Sha256 manifestSha256, long bodySize)
            throws IOException {
        return new RowUpload(
                uploads,
                uploads.open(sender, id, manifestSha256, bodySize, RowUpload.emptyDigest(), numbers.next()),
                manifest.length,
                bodySize);
    }

    @Override
    public void sync() {}

    private byte[] inMemory(PayloadRef ref) throws NoSuchFileException {
        byte[] kept = newest.get(ref);
        if (kept == null) {
            kept = uncommitted.get(ref.file());
        }
        if (kept == null && unneeded.contains(ref.file())) {
            throw new NoSuchFileException("No payload at " + ref + "; it was dropped");
        }
        return kept;
    }

    @Override
    public byte[] manifest(PayloadRef ref) throws IOException {
        byte[] kept = inMemory(ref);
        return kept != null
                ? Arrays.copyOf(kept, ref.manifestLength())
                : ask(ref, MANIFEST, ref.manifestLength(), ref.file());
    }

    @Override
    public byte[] part(PayloadRef ref, int part, boolean withManifest) throws IOException {
        if (part != 1 || !withManifest) {
            return PayloadStore.super.part(ref, part, withManifest);
        }
        byte[] kept = inMemory(ref);
        if (kept != null) {
            return kept;
        }
        long length = Math.min(Manifest.PART_SIZE, ref.bodyLength());
        byte[] found = ask(ref, FIRST_PART, (int) (ref.manifestLength() + length), ref.file());
        if (length == ref.bodyLength()) {
            // Its receipt, which comes next, asks for the manifest.
            newest.add(ref, found);
        }
        return found;
    }

    @Override
    public void read(PayloadRef ref, long offset, ByteBuffer into) throws IOException {
        byte[] kept = inMemory(ref);
        if (kept != null) {
            int from = ref.manifestLength() + (int) Math.min(offset, ref.bodyLength());
            into.put(kept, from, Math.min(into.remaining(), kept.length - from));
            return;
        }
        long at = offset;
        while (into.hasRemaining() && at < ref.bodyLength()) {
            int from = (int) (at % Manifest.PART_SIZE);
            long left = Math.min(ref.bodyLength() - at, Manifest.PART_SIZE - from);
            int length = (int) Math.min(into.remaining(), left);
            into.put(ask(ref, PIECE, length, from, length, ref.file(), at / Manifest.PART_SIZE + 1));
            at += length;
        }
    }

    private static boolean isOther(List<byte[]> found, int length) {
        return found.isEmpty() || found.get(0).length != length;
    }

    private byte[] ask(PayloadRef ref, String sql, int length, long... values) throws IOException {
        PostgresTransaction.Parameters asked = parameters -> {
            for (long value : values) {
                parameters.bigint(value);
            }
        };
        List<byte[]> found = database.query("read a payload", sql, asked, row -> row.getBytes(1));
        if (isOther(found, length)) {
            // Its delivery becomes a dead letter: nothing that a former primary says may lead to that.
            found = database.queryReplicated("read a payload", sql, asked, row -> row.getBytes(1));
        }
        if (isOther(found, length)) {
            throw new PayloadDamagedException("Expected " + length + " bytes of the payload " + ref
                    + " in the database," + " found " + (found.isEmpty() ? "none" : found.get(0).length));
        }
        return found.get(0);
    }

    @Override
    public void drop(PayloadRef ref) {
        newest.remove(ref);
        if (uncommitted.remove(ref.file()) == null) {
            unneeded.add(ref.file(), ref.bodyLength() > Manifest.PART_SIZE, uploads.ended(ref.file()));
        }
    }

    @Override
    public void giveBack(PayloadRef ref) {
        newest.remove(ref);
        uncommitted.remove(ref.file());
        uploads.ended(ref.file());
    }

    @Override
    public long leftBy(SiteId sender) throws IOException {
        return uploads.leftBy(sender);
    }

    /** The bytes of all uploads at all headquarters; while the database is away, as they were last known. */
    public long uploadBytes() {
        return uploads.bytes();
    }

    @Override
    public int discardUploads(Predicate<Instant> lastPart) throws IOException {
        return uploads.giveUp(lastPart);
    }

    /** Payloads that were put and not committed are gone then; uploads stay. */
    @Override
    public void close() {
        unneeded.close();
    }
}
