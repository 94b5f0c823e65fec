package io.saddlebag.rc.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowingPartsTest {
    private static final byte[] HEAD = {9, 9, 9};

    @TempDir
    private Path folder;

    private Path file;
    private GrowingParts parts;
    private Thread reader;

    @BeforeEach
    void begin() throws IOException {
        file = Files.write(folder.resolve("parts"), HEAD);
        parts = new GrowingParts(file, HEAD.length);
    }

    @Test
    void givesWhatIsThereAndWaitsForTheRest() throws Exception {
        CompletableFuture<byte[]> read = read(InputStream::readAllBytes);
        put(0, false, 1, 2);
        awaitThatItWaits();
        put(2, true, 3);

        assertThat(read.join()).containsExactly(1, 2, 3);
    }

    @Test
    void givesNothingThatWasNotToldOfYet() throws Exception {
        append(1, 2, 3, 4);
        parts.grow(0, 2, false);
        try (InputStream in = parts.follow(() -> false)) {
            assertThat(in.read(new byte[10])).isEqualTo(2);
        }
    }

    @Test
    void failsAtOnceForWhoWaitsWhenItIsAbandoned() throws Exception {
        CompletableFuture<byte[]> read = read(InputStream::readAllBytes);
        awaitThatItWaits();

        parts.abandon();

        assertThatThrownBy(read::join).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void failsWhenAPartIsPutOnceMoreForItMayHaveBeenRead() throws Exception {
        put(0, false, 1, 2);
        parts.grow(0, 2, true);

        try (InputStream in = parts.follow(() -> false)) {
            assertThatThrownBy(in::read).isInstanceOf(IOException.class);
        }
    }

    @Test
    void failsWhenNothingWillCome() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        CompletableFuture<byte[]> read = read(in -> in.readAllBytes(), isOver);
        awaitThatItWaits();

        isOver.set(true);

        assertThatThrownBy(read::join).hasCauseInstanceOf(IOException.class);
        assertThat(parts.isAbandoned()).isTrue();
    }

    @Test
    void goesToTheEndOfWhatIsWholeEvenIfTheConnectionIsGone() throws Exception {
        put(0, true, 1, 2);

        try (InputStream in = parts.follow(() -> true)) {
            assertThat(in.readAllBytes()).containsExactly(1, 2);
        }
    }

    @Test
    void endsWhenItsThreadIsInterrupted() throws Exception {
        CompletableFuture<byte[]> read = read(InputStream::readAllBytes);
        awaitThatItWaits();

        reader.interrupt();

        assertThatThrownBy(read::join).hasCauseInstanceOf(InterruptedIOException.class);
    }

    @FunctionalInterface
    private interface Reading {
        byte[] of(InputStream in) throws IOException;
    }

    private CompletableFuture<byte[]> read(Reading reading) {
        return read(reading, new AtomicBoolean());
    }

    private CompletableFuture<byte[]> read(Reading reading, AtomicBoolean isOver) {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        reader = new Thread(() -> {
            try (InputStream in = parts.follow(isOver::get)) {
                result.complete(reading.of(in));
            } catch (IOException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        reader.start();
        return result;
    }

    private void awaitThatItWaits() {
        AtomicReference<Thread> waiting = new AtomicReference<>(reader);
        Awaitility.await().until(() -> waiting.get().getState() == Thread.State.TIMED_WAITING);
    }

    private void put(int from, boolean isLast, int... bytes) throws IOException {
        append(bytes);
        parts.grow(from, bytes.length, isLast);
    }

    private void append(int... bytes) throws IOException {
        for (int each : bytes) {
            Files.write(file, new byte[] {(byte) each}, StandardOpenOption.APPEND);
        }
    }
}
