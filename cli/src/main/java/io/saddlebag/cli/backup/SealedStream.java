package io.saddlebag.cli.backup;

import io.saddlebag.seal.AgeFile;
import io.saddlebag.seal.AgeIdentity;
import io.saddlebag.seal.CryptoProviders;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

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
            FutureTask<Void> sealing = start("seal-backup", () -> {
                try (plain) {
                    age.seal(plain, recipients, sealed);
                }
            });
            IOException failure = null;
            try (out) {
                writing.to(out);
            } catch (IOException e) {
                failure = e;
            }
            await(sealing, failure);
        }
    }

    /** The end of the age file is verified before this returns. */
    static void open(InputStream sealed, List<AgeIdentity> identities, Reading reading) throws IOException {
        AgeFile age = new AgeFile(CryptoProviders.choose());
        try (PipedInputStream plain = new PipedInputStream(PIPE)) {
            PipedOutputStream out = new PipedOutputStream(plain);
            FutureTask<Void> opening = start("open-backup", () -> {
                try (out) {
                    age.open(sealed, identities, out);
                }
            });
            IOException failure = null;
            try {
                reading.from(plain);
                plain.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                failure = e;
                plain.close();
            }
            await(opening, failure);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static FutureTask<Void> start(String name, Work work) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            work.run();
            return null;
        });
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    /** The failure of the seal comes first: the other one follows from it. */
    private static void await(FutureTask<Void> task, IOException failure) throws IOException {
        try {
            task.get();
        } catch (ExecutionException e) {
            boolean isBrokenPipe = e.getCause() instanceof IOException && failure != null;
            if (!isBrokenPipe) {
                throw e.getCause() instanceof IOException cause
                        ? cause
                        : new IOException(e.getCause().getMessage(), e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        if (failure != null) {
            throw failure;
        }
    }
}
