package io.saddlebag.hq.store.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.message.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An upload whose parts are brought to the disk while more come, 32 at a time. */
class SpoolUploadTest {
    private static final byte[] MANIFEST = {'{', '}'};
    private static final byte[] PART = new byte[Manifest.PART_SIZE];
    private static final int STEP = 32;

    @TempDir
    private Path folder;

    private final AtomicInteger syncs = new AtomicInteger();
    private volatile IOException failure;
    private SpoolUpload upload;

    @BeforeEach
    void open() throws IOException {
        upload = upload();
        upload.begin();
    }

    @AfterEach
    void close() {
        upload.close();
    }

    private SpoolUpload upload() throws IOException {
        return new SpoolUpload(folder.resolve("upload"), MANIFEST, 100L * PART.length, (path, ref) -> ref, channel -> {
            syncs.incrementAndGet();
            if (failure != null) {
                throw failure;
            }
            channel.force(false);
        });
    }

    private void append(int parts) throws IOException {
        for (int i = 0; i < parts; i++) {
            upload.append(PART);
        }
    }

    @Test
    void syncsWhatHasComeWhileMoreComes() throws IOException {
        append(STEP);
        await().untilAsserted(() -> assertThat(syncs).hasValue(1));
        append(STEP);
        await().untilAsserted(() -> assertThat(syncs).hasValue(2));
        assertThat(upload.received()).isEqualTo(2L * STEP * PART.length);
    }

    @Test
    void keepsNothingWhenTheDiskCouldNotSyncWhatHadCome() throws IOException {
        failure = new IOException("the disk is broken");
        append(STEP);
        await().untilAsserted(
                        () -> assertThatThrownBy(() -> upload.append(PART)).isSameAs(failure));
        assertThat(folder.resolve("upload")).doesNotExist();
    }

    @Test
    void theConnectionAfterItBeginsAnewWhenTheDiskCouldNotSyncWhatHadCome() throws IOException {
        failure = new IOException("the disk is broken");
        append(STEP);
        await().until(() -> upload.hasFailed());

        SpoolUpload before = upload;
        upload = upload();
        upload.takeOver(before);
        upload.begin();
        assertThat(upload.received()).isZero();
        failure = null;
        append(1);
        assertThat(upload.received()).isEqualTo(PART.length);
    }

    @Test
    void theConnectionAfterItGoesOnWhenItWasClosedInTheMiddleOfASync() throws IOException {
        append(STEP + 1);

        SpoolUpload before = upload;
        upload = upload();
        upload.takeOver(before);
        upload.begin();
        assertThat(upload.received()).isEqualTo((STEP + 1L) * PART.length);
    }
}
