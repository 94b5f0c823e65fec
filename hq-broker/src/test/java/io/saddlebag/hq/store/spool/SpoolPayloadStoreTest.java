package io.saddlebag.hq.store.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.files.Presence;
import io.saddlebag.hq.store.PayloadRef;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.ReconciledPayloads;
import io.saddlebag.hq.store.ReconciledPayloadsContract;
import io.saddlebag.hq.store.Samples;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolPayloadStoreTest extends ReconciledPayloadsContract {
    private static final int SEGMENT_BYTES = 3 << 20;

    @TempDir
    Path folder;

    private SpoolPayloadStore store;

    @BeforeEach
    void open() throws IOException {
        store = new SpoolPayloadStore(folder, SEGMENT_BYTES, Presence.ALWAYS);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    public ReconciledPayloads store() {
        return store;
    }

    @Override
    public ReconciledPayloads reopened() throws IOException {
        store.close();
        store = new SpoolPayloadStore(folder, SEGMENT_BYTES, Presence.ALWAYS);
        return store;
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".segment") || name.endsWith(".payload"))
                    .sorted()
                    .toList();
        }
    }

    private static long blocks(Path file) throws IOException {
        Process process = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return Long.parseLong(new String(process.getInputStream().readAllBytes()).strip());
    }

    @Test
    void deletesASegmentWhenNothingInItIsLive() throws IOException {
        List<PayloadRef> refs = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            refs.add(Samples.put(store, MANIFEST, bytes(1 << 20)));
            store.sync();
        }
        assertThat(files()).containsExactly("1.segment", "2.segment", "3.segment");

        refs.stream().filter(ref -> ref.file() == 1).forEach(store::drop);
        await().untilAsserted(() -> assertThat(files()).containsExactly("2.segment", "3.segment"));
    }

    @Test
    void leavesAnEmptyFolderWhenNothingIsLive() throws IOException {
        PayloadRef ref = Samples.put(store, MANIFEST, bytes(100));
        store.sync();
        store.drop(ref);
        await().untilAsserted(() -> assertThat(files()).isEmpty());

        PayloadRef next = Samples.put(store, MANIFEST, bytes(50));
        store.sync();
        assertThat(readAll(store, next)).isEqualTo(bytes(50));
    }

    @Test
    void aSyncNeverMeetsTheEndOfTheIdleSegment() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            for (int round = 0; round < 10; round++) {
                PayloadRef ref = Samples.put(store, MANIFEST, bytes(100));
                store.sync();
                store.drop(ref);
                AtomicBoolean gone = new AtomicBoolean();
                List<Future<Void>> syncs = new ArrayList<>();
                for (int thread = 0; thread < 16; thread++) {
                    // More than there are processors, so that the segment ends between any two steps of one.
                    syncs.add(threads.submit(() -> {
                        while (!gone.get()) {
                            store.sync();
                        }
                        return null;
                    }));
                }
                await().until(() -> files().isEmpty());
                gone.set(true);
                for (Future<Void> sync : syncs) {
                    sync.get();
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void copiesTheFewLiveRecordsOfASegmentAndKeepsTheirPlaces() throws IOException {
        List<PayloadRef> refs = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            refs.add(Samples.put(store, MANIFEST, bytes((1 << 19) + i)));
        }
        store.sync();
        Samples.put(store, MANIFEST, bytes(10));
        store.sync();
        long before = blocks(folder.resolve("1.segment"));
        for (PayloadRef ref : refs) {
            if (ref.file() == 1 && ref != refs.get(3)) {
                store.drop(ref);
            }
        }
        await().untilAsserted(
                        () -> assertThat(blocks(folder.resolve("1.segment"))).isLessThan(before / 3));

        assertThat(readAll(store, refs.get(3))).isEqualTo(bytes((1 << 19) + 3));
        ReconciledPayloads again = reopened();
        assertThat(again.restore(refs.get(3))).isTrue();
        again.freeOthers();
        assertThat(readAll(again, refs.get(3))).isEqualTo(bytes((1 << 19) + 3));
        again.drop(refs.get(3));
        await().untilAsserted(() -> assertThat(files()).isEmpty());
    }

    @Test
    void tellsATornTailFromWhatIsWhole() throws IOException {
        PayloadRef whole = Samples.put(store, MANIFEST, bytes(5000));
        PayloadRef torn = Samples.put(store, MANIFEST, bytes(6000));
        store.sync();
        store.close();
        try (FileChannel file = FileChannel.open(folder.resolve("1.segment"), StandardOpenOption.WRITE)) {
            file.truncate(file.size() - 1);
        }
        store = new SpoolPayloadStore(folder, SEGMENT_BYTES, Presence.ALWAYS);

        assertThat(store.restore(whole)).isTrue();
        assertThat(store.restore(torn)).isFalse();
        assertThat(store.renew(List.of(whole, torn))).containsExactly(torn);
        store.freeOthers();
        assertThat(readAll(store, whole)).isEqualTo(bytes(5000));
        assertThat(Samples.put(store, MANIFEST, bytes(1)).file())
                .as("never behind a torn tail")
                .isNotEqualTo(1);
    }

    @Test
    void tellsZeroedBytesFromWhatWasPut() throws IOException {
        PayloadRef zeroed = Samples.put(store, MANIFEST, bytes(6000));
        store.sync();
        store.close();
        try (FileChannel file = FileChannel.open(folder.resolve("1.segment"), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(4096), file.size() - 4096);
        }
        store = new SpoolPayloadStore(folder, SEGMENT_BYTES, Presence.ALWAYS);

        assertThat(store.restore(zeroed)).isTrue();
        assertThatThrownBy(() -> readAll(store, zeroed)).hasMessageContaining("does not check");
        assertThat(store.renew(List.of(zeroed))).containsExactly(zeroed);
    }

    @Test
    void goesBackToTheLastWholePartOfAnUploadThatWasTorn() throws IOException {
        byte[] body = bytes(2 * Manifest.PART_SIZE + 77);
        try (PayloadStore.Upload upload =
                store.upload(Samples.FL_LAB, Samples.id(1), MANIFEST, Sha256.of(MANIFEST), body.length)) {
            upload.append(part(body, 0));
            upload.append(part(body, 1));
        }
        Path file;
        try (Stream<Path> uploads = Files.list(folder.resolve("uploads"))) {
            file = uploads.findFirst().orElseThrow();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(512), channel.size() - 512);
        }
        reopened();
        try (PayloadStore.Upload upload =
                store.upload(Samples.FL_LAB, Samples.id(1), MANIFEST, Sha256.of(MANIFEST), body.length)) {
            assertThat(upload.received()).isEqualTo(Manifest.PART_SIZE);
            upload.append(part(body, 1));
            upload.append(part(body, 2));
            assertThat(readAll(store, upload.complete(Sha256.of(body)))).isEqualTo(body);
        }
    }

    @Test
    void deletesUploadsThatWereGivenUpBeforeAKill() throws IOException {
        Path givenUp = folder.resolve("uploads").resolve("FL-LAB.upload.tmp");
        Files.write(givenUp, bytes(100));
        store.discardUploads(dated -> false);
        assertThat(givenUp).doesNotExist();

        Files.write(givenUp, bytes(100));
        reopened();
        assertThat(givenUp).doesNotExist();
    }

    @Test
    void neverGivesAFileNumberTwice() throws IOException {
        PayloadRef before = Samples.put(store, MANIFEST, bytes(100));
        store.sync();
        reopened().freeOthers();
        assertThat(files()).isEmpty();

        PayloadRef after = Samples.put(store, MANIFEST, bytes(100));
        assertThat(after.file()).isGreaterThan(before.file());
        store.drop(before);
        assertThat(readAll(store, after)).isEqualTo(bytes(100));
    }

    @Test
    void isUsedByOneProcessAlone() {
        assertThatThrownBy(() -> new SpoolPayloadStore(folder, Presence.ALWAYS)).hasMessageContaining("in use");
    }

    @Test
    void keepsTheManifestAndTheSealedMessageAsTheyAre() throws IOException {
        PayloadRef ref = Samples.put(store, MANIFEST, bytes(300));
        store.sync();
        byte[] file = Files.readAllBytes(folder.resolve(ref.file() + ".segment"));
        assertThat(file).endsWith(bytes(300)).startsWith("SBP1".getBytes());
    }

    @Test
    void keepsNothingOfAnUploadThatCouldNotBeSynced() throws IOException {
        byte[] body = bytes(Manifest.PART_SIZE + 10);
        PayloadStore.Upload upload =
                store().upload(Samples.FL_LAB, Samples.id(1), MANIFEST, Sha256.of(MANIFEST), body.length);
        upload.append(part(body, 0));
        upload.append(part(body, 1));

        // The one way to let a sync fail that needs no broken disk.
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> upload.complete(Sha256.of(body))).isInstanceOf(IOException.class);
        Thread.interrupted();

        try (PayloadStore.Upload again =
                store().upload(Samples.FL_LAB, Samples.id(1), MANIFEST, Sha256.of(MANIFEST), body.length)) {
            assertThat(again.received()).isZero();
        }
    }

    @Test
    void anUploadTakesNoRoomForWhatItsManifestAnnounces() throws IOException {
        long bytes = 9_000_000L * Manifest.PART_SIZE;
        try (PayloadStore.Upload upload =
                store.upload(Samples.FL_LAB, Samples.id(1), MANIFEST, Sha256.of(MANIFEST), bytes)) {
            assertThat(upload.received()).isZero();
        }
        try (Stream<Path> uploads = Files.list(folder.resolve("uploads"))) {
            assertThat(blocks(uploads.findFirst().orElseThrow())).isLessThan(64);
        }
    }

    @Test
    void givesUpTheOldestUploadThatASiteLeftWhenItLeavesTooMany() throws IOException {
        byte[] oldest = Samples.manifest(0);
        PayloadStore.Upload open = store.upload(Samples.FL_LAB, Samples.id(2), MANIFEST, Sha256.of(MANIFEST), 2 << 20);
        for (int number = 0; number < SpoolUploads.LEFT_BY_A_SITE + 10; number++) {
            byte[] manifest = Samples.manifest(number);
            store.upload(Samples.FL_LAB, Samples.id(1), manifest, Sha256.of(manifest), 2 << 20)
                    .close();
        }
        store.upload(SiteId.of("PA-LAB"), Samples.id(1), MANIFEST, Sha256.of(MANIFEST), 2 << 20)
                .close();
        open.append(new byte[1 << 20]);
        try (Stream<Path> uploads = Files.list(folder.resolve("uploads"))) {
            assertThat(uploads).hasSize(SpoolUploads.LEFT_BY_A_SITE + 2).noneMatch(file -> file.toString()
                    .contains(Sha256.of(oldest).toString()));
        }
    }
}
