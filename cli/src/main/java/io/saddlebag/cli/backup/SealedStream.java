package io.saddlebag.cli.backup;

import io.saddlebag.seal.AgeFile;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.CryptoProviders;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;

/** Seals what is written, or opens what is read, as it comes. The age file is worked on by a thread of its own. */
final class SealedStream {
    private static final int PIPE = 256 << 10;

    private SealedStream() {}

    @FunctionalInterface
    interface Writing {
        void to(OutputStream plain) throws IOException;
    }

    @FunctionalInterface
    interface Reading {
        void from(InputStream plain) throws IOException;
    }

    /** Nothing of what is written reaches the target in plain. */
    static void seal(List<String> recipients, OutputStream sealed, Writing writing) throws IOException {
        AgeFile age = new AgeFile(CryptoProviders.choose());
        try (PipedInputStream plain = new PipedInputStream(PIPE)) {
            PipedOutputStream out = new PipedOutputStream(plain);
            AtomicReference<Exception> first = new AtomicReference<>();
            FutureTask<Void> sealing = start("seal-backup", first, plain, () -> age.seal(plain, recipients, sealed));
            doing(first, out, () -> writing.to(out));
            await(sealing, first);
        }
    }

    /** The end of the age file is verified before this returns. */
    static void open(InputStream sealed, List<AgeIdentity> identities, Reading reading) throws IOException {
        AgeFile age = new AgeFile(CryptoProviders.choose());
        try (PipedInputStream plain = new PipedInputStream(PIPE)) {
            PipedOutputStream out = new PipedOutputStream(plain);
            AtomicReference<Exception> first = new AtomicReference<>();
            FutureTask<Void> opening = start("open-backup", first, out, () -> age.open(sealed, identities, out));
            doing(first, plain, () -> {
                reading.from(plain);
                plain.transferTo(OutputStream.nullOutputStream());
            });
            await(opening, first);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    /** Notes a failure before it closes this end of the pipe, from which the failure of the other end follows. */
    private static void doing(AtomicReference<Exception> first, Closeable end, Work work) throws IOException {
        try (end) {
            try {
                work.run();
            } catch (IOException | RuntimeException e) {
                first.compareAndSet(null, e);
            }
        }
    }

    private static FutureTask<Void> start(String name, AtomicReference<Exception> first, Closeable end, Work work) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            doing(first, end, work);
            return null;
        });
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private static void await(FutureTask<Void> task, AtomicReference<Exception> first) throws IOException {
        try {
            task.get();
        } catch (ExecutionException e) {
            first.compareAndSet(null, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        Exception failure = first.get();
        if (failure != null) {
            throw failure instanceof IOException io ? io : new IOException(failure.getMessage(), failure);
        }
    }
}
