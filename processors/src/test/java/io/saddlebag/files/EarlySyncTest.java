package io.saddlebag.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EarlySyncTest {
    private static final byte[] MEGABYTE = new byte[1 << 20];

    private final AtomicInteger syncs = new AtomicInteger();

    @Test
    void syncsALongFileWhileItIsWritten() throws IOException {
        try (EarlySync file = new EarlySync(syncs::incrementAndGet)) {
            write(file, 32);
            await().untilAsserted(() -> assertThat(syncs).hasValue(1));
            write(file, 32);
            await().untilAsserted(() -> assertThat(syncs).hasValue(2));
            file.finish();
        }
    }

    @Test
    void leavesAShortFileToTheSyncAtItsEnd() throws IOException {
        try (EarlySync file = new EarlySync(syncs::incrementAndGet)) {
            write(file, 31);
            file.finish();
        }
        assertThat(syncs).hasValue(0);
    }

    @Test
    void tellsOfASyncThatFailed() throws IOException {
        EarlySync.Sync failing = () -> {
            syncs.incrementAndGet();
            throw new IOException("no room");
        };
        try (EarlySync file = new EarlySync(failing)) {
            write(file, 32);
            await().untilAsserted(() -> assertThat(syncs).hasValue(1));
            write(file, 64);
            await().untilAsserted(() -> assertThatThrownBy(file::requireNoFailure)
                    .isInstanceOf(IOException.class)
                    .hasMessage("no room"));
            assertThatThrownBy(file::finish).isInstanceOf(IOException.class).hasMessage("no room");
        }
        assertThat(syncs).hasValue(1);
    }

    @Test
    void takesAFileThatWasGivenUpForNoFailure() throws IOException {
        EarlySync.Sync closed = () -> {
            syncs.incrementAndGet();
            throw new AsynchronousCloseException();
        };
        try (EarlySync file = new EarlySync(closed)) {
            write(file, 32);
            await().untilAsserted(() -> assertThat(syncs).hasValue(1));
            file.finish();
        }
    }

    private static void write(EarlySync file, int megabytes) throws IOException {
        for (int i = 0; i < megabytes; i++) {
            file.through(OutputStream.nullOutputStream()).write(MEGABYTE);
        }
    }
}
