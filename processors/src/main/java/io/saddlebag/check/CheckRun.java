package io.saddlebag.check;

import io.saddlebag.check.kind.Faults;
import io.saddlebag.check.kind.FileCheck;
import io.saddlebag.check.kind.MessageCheck;
import io.saddlebag.files.tree.TarSplitter;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The checks of one message while its bytes pass: give it all bytes in their order, then call {@link #end}. In constant
 * memory. For one thread. Close it in any case.
 */
public final class CheckRun implements Closeable {
    /** The run of a message without checks. */
    public static final CheckRun NONE = new CheckRun("", new Faults());

    private static final int MOST_IN_REASON = 5;
    private static final int BUFFER = 128 * 1024;

    private final String name;
    private final Faults faults;
    private final List<CheckFile.Entry> entries = new ArrayList<>();
    private final List<MessageCheck> checks = new ArrayList<>();
    private final List<FileCheck> streams = new ArrayList<>();
    private final List<FileCheck> files = new ArrayList<>();
    private TarSplitter tar;

    private CheckRun(String name, Faults faults) {
        this.name = name;
        this.faults = faults;
    }

    /**
     * @param checkFile as reasons name it
     * @param fileName of the message
     * @param isFolder whether the bytes are a folder's tar
     */
    static CheckRun begin(
            String checkFile, List<CheckFile.Entry> entries, String fileName, boolean isFolder, long size, Path work)
            throws IOException {
        CheckRun run = new CheckRun(checkFile, new Faults());
        try {
            for (CheckFile.Entry entry : entries) {
                MessageCheck check = entry.check().begin(run.faults, work);
                run.entries.add(entry);
                run.checks.add(check);
                FileCheck stream = check.stream();
                if (stream != null) {
                    run.streams.add(stream);
                }
            }
            if (isFolder) {
                run.tar = run.new Entries();
            } else {
                run.beginFile(null, fileName, size);
            }
            return run;
        } catch (IOException | RuntimeException e) {
            run.close();
            throw e;
        }
    }

    private void beginFile(String path, String fileName, long size) {
        files.clear();
        for (int i = 0; i < checks.size(); i++) {
            if (entries.get(i).takes(path == null ? fileName : path)) {
                FileCheck file = checks.get(i).file(path, size);
                if (file != null) {
                    files.add(file);
                }
            }
        }
    }

    /** True when there is nothing to check, so that the bytes need not pass. */
    public boolean isNone() {
        return checks.isEmpty();
    }

    /** @throws Refusal {@code BAD_CONTENT} as soon as it has as many faults as are kept */
    public void update(byte[] bytes, int offset, int length) throws IOException {
        try {
            update(streams, bytes, offset, length);
            if (tar != null) {
                tar.update(bytes, offset, length);
            } else {
                update(files, bytes, offset, length);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (faults.isFull()) {
            throw refusal();
        }
    }

    /**
     * Gives it all bytes of the stream, and ends it.
     *
     * @throws Refusal {@code BAD_CONTENT} when it has a fault
     * @throws IOException also when a check could not be made: the message is to be tried again
     */
    public void take(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            update(buffer, 0, read);
        }
        end();
    }

    private static void update(List<FileCheck> checks, byte[] bytes, int offset, int length) throws IOException {
        for (FileCheck each : checks) {
            each.update(bytes, offset, length);
        }
    }

    /**
     * After the last byte.
     *
     * @throws Refusal {@code BAD_CONTENT} when it has a fault
     * @throws IOException when a check could not be made: the message is to be tried again
     */
    public void end() throws IOException {
        try {
            if (tar != null) {
                tar.end();
            } else {
                end(files);
            }
            end(streams);
            for (MessageCheck each : checks) {
                each.end();
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (!faults.first().isEmpty()) {
            throw refusal();
        }
    }

    private static void end(List<FileCheck> checks) throws IOException {
        for (FileCheck each : checks) {
            each.end();
        }
    }

    private Refusal refusal() {
        List<Refusal.Fault> first = faults.first();
        String some =
                first.stream().limit(MOST_IN_REASON).map(Refusal.Fault::text).collect(Collectors.joining("; "));
        String count = faults.isFull() ? Faults.MOST + " faults or more" : first.size() + " faults";
        return new Refusal(
                Refusal.Code.BAD_CONTENT,
                Printable.shortened(
                                "Expected a content that the check " + Printable.of(name) + " accepts, found "
                                        + (first.size() == 1 ? "a fault" : count) + ". " + upper(some)
                                        + (first.size() > MOST_IN_REASON ? "; and more" : "")
                                        + ". Correct it and drop it again",
                                Printable.MAX_REASON)
                        .toString(),
                first);
    }

    private static String upper(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (MessageCheck each : checks) {
            try {
                each.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private final class Entries extends TarSplitter {
        @Override
        protected void entry(String path, boolean isFolder, long size) {
            if (isFolder) {
                checks.forEach(each -> each.folder(path));
            } else {
                beginFile(path, null, size);
            }
        }

        @Override
        protected void content(byte[] bytes, int offset, int length) throws IOException {
            CheckRun.update(files, bytes, offset, length);
        }

        @Override
        protected void endOfFile() throws IOException {
            CheckRun.end(files);
        }
    }
}
