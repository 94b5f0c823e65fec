package io.saddlebag.hq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The contract of every payload store. */
public abstract class PayloadStoreContract {
    public static final byte[] MANIFEST = Samples.manifest(1);

    /** The store; empty at first. */
    public abstract PayloadStore store();

    /** The same store after its process ended and started again, with these payloads needed and no others. */
    public abstract PayloadStore restarted(PayloadRef... needed) throws IOException;

    /** Makes it the payload of a message with a delivery, where that is a matter of the store. */
    protected void stored(PayloadRef ref) throws IOException {}

    /** The delivery of its message has ended. */
    protected void settled(PayloadRef ref) throws IOException {}

    public static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    static byte[] read(PayloadStore store, PayloadRef ref, long offset, int length) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(length);
        store.read(ref, offset, into);
        return Arrays.copyOf(into.array(), into.position());
    }

    public static byte[] readAll(PayloadStore store, PayloadRef ref) throws IOException {
        return read(store, ref, 0, (int) ref.bodyLength());
    }

    private PayloadStore.Upload upload(byte[] body) throws IOException {
        return store().upload(Samples.FL_LAB, Samples.id(1), MANIFEST, Sha256.of(MANIFEST), body.length);
    }

    public static byte[] part(byte[] body, int part) {
        int from = part * Manifest.PART_SIZE;
        return Arrays.copyOfRange(body, from, Math.min(body.length, from + Manifest.PART_SIZE));
    }

    @Test
    void givesAManifestWithTheFirstPartAsTheyWerePut() throws IOException {
        byte[] sealed = Samples.sealed(MANIFEST, bytes(5000));

        assertThat(store().part(store().put(sealed, MANIFEST.length), 1, true)).isEqualTo(sealed);
    }

    @Test
    void givesBackWhatWasPut() throws IOException {
        for (int length : new int[] {0, 1, 1000, Manifest.PART_SIZE}) {
            PayloadRef ref = Samples.put(store(), MANIFEST, bytes(length));
            assertThat(readAll(store(), ref)).isEqualTo(bytes(length));
            assertThat(store().manifest(ref)).isEqualTo(MANIFEST);
        }
        store().sync();
    }

    @Test
    void readsFromAnyOffsetToTheEnd() throws IOException {
        PayloadRef ref = Samples.put(store(), MANIFEST, bytes(5000));
        assertThat(read(store(), ref, 4000, 2000)).isEqualTo(Arrays.copyOfRange(bytes(5000), 4000, 5000));
        assertThat(read(store(), ref, 10, 20)).isEqualTo(Arrays.copyOfRange(bytes(5000), 10, 30));
        assertThat(read(store(), ref, 5000, 1)).isEmpty();
    }

    @Test
    void refusesMoreThanAPart() {
        assertThatThrownBy(() -> Samples.put(store(), MANIFEST, new byte[Manifest.PART_SIZE + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsNothingOfWhatWasDropped() throws IOException {
        PayloadRef kept = Samples.put(store(), MANIFEST, bytes(10));
        PayloadRef dropped = Samples.put(store(), MANIFEST, bytes(20));
        store().drop(dropped);
        store().drop(dropped);

        assertThatThrownBy(() -> readAll(store(), dropped)).isInstanceOf(IOException.class);
        assertThat(readAll(store(), kept)).isEqualTo(bytes(10));
    }

    @Test
    void keepsWhatIsRestoredAndFreesTheRest() throws IOException {
        PayloadRef kept = Samples.put(store(), MANIFEST, bytes(10));
        PayloadRef other = Samples.put(store(), MANIFEST, bytes(20));
        store().sync();
        stored(kept);

        PayloadStore again = restarted(kept);

        assertThat(readAll(again, kept)).isEqualTo(bytes(10));
        assertThat(again.manifest(kept)).isEqualTo(MANIFEST);
        assertThatThrownBy(() -> readAll(again, other)).isInstanceOf(IOException.class);
    }

    @Test
    void takesAPayloadPartByPart() throws IOException {
        byte[] body = bytes(2 * Manifest.PART_SIZE + 77);
        PayloadRef ref;
        try (PayloadStore.Upload upload = upload(body)) {
            for (int part = 0; part < 3; part++) {
                assertThat(upload.received()).isEqualTo((long) part * Manifest.PART_SIZE);
                upload.append(part(body, part));
            }
            ref = upload.complete(Sha256.of(body));
        }
        assertThat(readAll(store(), ref)).isEqualTo(body);
        stored(ref);
        assertThat(store().manifest(ref)).isEqualTo(MANIFEST);
        assertThat(store().part(ref, 1, true)).isEqualTo(Samples.sealed(MANIFEST, part(body, 0)));

        PayloadStore again = restarted(ref);
        assertThat(readAll(again, ref)).isEqualTo(body);
        assertThat(again.part(ref, 3, false)).isEqualTo(part(body, 2));
        settled(ref);
        again.drop(ref);
        assertThatThrownBy(() -> readAll(again, ref)).isInstanceOf(IOException.class);
    }

    @Test
    void goesOnWithAnUploadAfterABreakAndAfterARestart() throws IOException {
        byte[] body = bytes(2 * Manifest.PART_SIZE + 77);
        try (PayloadStore.Upload upload = upload(body)) {
            upload.append(part(body, 0));
        }
        try (PayloadStore.Upload upload = upload(body)) {
            assertThat(upload.received()).isEqualTo(Manifest.PART_SIZE);
            upload.append(part(body, 1));
        }
        PayloadStore again = restarted();
        try (PayloadStore.Upload upload =
                again.upload(Samples.FL_LAB, Samples.id(1), MANIFEST, Sha256.of(MANIFEST), body.length)) {
            assertThat(upload.received()).isEqualTo(2L * Manifest.PART_SIZE);
            upload.append(part(body, 2));
            assertThat(readAll(again, upload.complete(Sha256.of(body)))).isEqualTo(body);
        }
    }

    @Test
    void givesAnUploadToWhoeverAskedLast() throws IOException {
        byte[] body = bytes(Manifest.PART_SIZE + 1);
        PayloadStore.Upload before = upload(body);
        before.append(part(body, 0));
        PayloadStore.Upload after = upload(body);

        assertThatThrownBy(() -> before.append(part(body, 1))).isInstanceOf(IOException.class);
        assertThat(after.received()).isEqualTo(Manifest.PART_SIZE);
        after.append(part(body, 1));
        assertThat(readAll(store(), after.complete(Sha256.of(body)))).isEqualTo(body);
    }

    @Test
    void refusesPartsOfAnotherLengthAndOtherBytes() throws IOException {
        byte[] body = bytes(Manifest.PART_SIZE + 10);
        PayloadStore.Upload upload = upload(body);
        assertThatThrownBy(() -> upload.append(new byte[5])).isInstanceOf(Refusal.class);
        upload.append(part(body, 0));
        assertThatThrownBy(() -> upload.append(new byte[11])).isInstanceOf(Refusal.class);
        upload.append(new byte[10]);
        assertThatThrownBy(() -> upload.append(new byte[1])).isInstanceOf(Refusal.class);

        assertThatThrownBy(() -> upload.complete(Sha256.of(body)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_DIGEST));
        assertThat(upload(body).received()).as("discarded").isZero();
    }

    @Test
    void countsWhatASenderLeftUnfinished() throws IOException {
        byte[] body = bytes(Manifest.PART_SIZE + 10);
        PayloadStore.Upload upload = upload(body);
        upload.append(part(body, 0));
        assertThat(store().leftBy(Samples.FL_LAB)).as("still open").isZero();

        upload.close();

        assertThat(store().leftBy(Samples.FL_LAB)).isBetween((long) Manifest.PART_SIZE, Manifest.PART_SIZE + 1000L);
        assertThat(store().leftBy(SiteId.of("FL-LAB2"))).isZero();
        assertThat(store().leftBy(SiteId.of("FL"))).isZero();
    }

    @Test
    void discardsUploadsThatNobodyGoesOnWith() throws IOException {
        byte[] body = bytes(Manifest.PART_SIZE + 10);
        PayloadStore.Upload upload = upload(body);
        upload.append(part(body, 0));
        Instant later = Instant.now().plusSeconds(60);

        assertThat(store().discardUploads(dated -> dated.isBefore(later)))
                .as("still open")
                .isZero();
        upload.close();
        assertThat(store().discardUploads(dated -> false)).isZero();
        assertThat(store().discardUploads(dated -> dated.isBefore(later))).isEqualTo(1);
        assertThat(upload(body).received()).isZero();
    }
}
