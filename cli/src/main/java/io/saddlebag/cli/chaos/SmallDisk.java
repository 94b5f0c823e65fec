package io.saddlebag.cli.chaos;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A tmpfs over a folder, which can be filled to its last byte. For one thread at a time. */
final class SmallDisk implements AutoCloseable {
    private static final int CHUNK = 1 << 20;
    private static final int LAST_CHUNK = 4 << 10;

    private final Path folder;
    private final Path ballast;
    /** A run that is broken off leaves no disk behind. */
    private final Thread atTheEnd = new Thread(this::unmountQuietly, "unmount");

    private SmallDisk(Path folder) {
        this.folder = folder;
        this.ballast = folder.resolve(".ballast");
    }

    /**
     * Mounts one over a folder, which is made when missing and must be empty.
     *
     * @throws IOException when this user may not mount
     */
    static SmallDisk over(Path folder, long bytes) throws IOException {
        Files.createDirectories(folder);
        Commands.run("mount", "-t", "tmpfs", "-o", "size=" + bytes + ",mode=0700", "tmpfs", folder.toString());
        SmallDisk disk = new SmallDisk(folder);
        Runtime.getRuntime().addShutdownHook(disk.atTheEnd);
        return disk;
    }

    /** From now on nothing can be written. */
    void fill() throws IOException {
        try (FileChannel channel = FileChannel.open(ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK);
            for (int size = CHUNK; size > 0; size = size == CHUNK ? LAST_CHUNK : 0) {
                fill(channel, zeros.clear().limit(size));
            }
        }
    }

    private static void fill(FileChannel channel, ByteBuffer zeros) {
        try {
            while (true) {
                channel.write(zeros.rewind());
            }
        } catch (IOException full) {
            // As was wanted.
        }
    }

    /** There is room again. */
    void empty() throws IOException {
        Files.deleteIfExists(ballast);
    }

    /** Unmounts, whoever still has files open there; what lay on it then lies in the folder below. */
    @Override
    public void close() throws IOException {
        empty();
        Path copy = folder.resolveSibling(folder.getFileName() + ".copy");
        Commands.run("cp", "-a", folder.toString(), copy.toString());
        unmount();
        Runtime.getRuntime().removeShutdownHook(atTheEnd);
        Files.delete(folder);
        Files.move(copy, folder);
    }

    private void unmount() throws IOException {
        Commands.run("umount", "-l", folder.toString());
    }

    private void unmountQuietly() {
        try {
            unmount();
        } catch (IOException e) {
            // The process ends; the mount is named by whoever looks for it.
        }
    }
}
