package io.saddlebag.bench.chaos.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A disk of its own for a folder: a tmpfs kept aside and bound over the folder. It can be filled to its last byte, taken
 * away while its files live on aside, and put back. For one thread at a time.
 */
public final class SmallDisk implements AutoCloseable {
    private static final int CHUNK = 1 << 20;
    private static final int LAST_CHUNK = 4 << 10;

    private final Path folder;
    private final Path aside;
    private final Path ballast;
    private boolean isMounted;

    private SmallDisk(Path folder, Path aside) {
        this.folder = folder;
        this.aside = aside;
        this.ballast = aside.resolve(".ballast");
    }

    /**
     * Mounts one over a folder, which is made when missing and must be empty.
     *
     * @param aside where the disk is mounted as long as it exists; made when missing
     * @throws IOException when this user may not mount
     */
    public static SmallDisk over(Path folder, Path aside, long bytes) throws IOException {
        Files.createDirectories(folder);
        Files.createDirectories(aside);
        Commands.run("mount", "-t", "tmpfs", "-o", "size=" + bytes + ",mode=0750", "tmpfs", aside.toString());
        SmallDisk disk = new SmallDisk(folder, aside);
        try {
            disk.mount();
        } catch (IOException e) {
            disk.close();
            throw e;
        }
        return disk;
    }

    /** From now on nothing can be written. */
    public void fill() throws IOException {
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
    public void empty() throws IOException {
        Files.deleteIfExists(ballast);
    }

    /** Shows the bare folder below the disk. A process keeps those files of the disk that it has open. */
    public void takeAway() throws IOException {
        Commands.run("umount", "-l", folder.toString());
        isMounted = false;
    }

    /**
     * Mounts the disk again over its folder, which is emptied before.
     *
     * @return the files that were written into the bare folder meanwhile, relative to it
     */
    public List<Path> putBack() throws IOException {
        List<Path> below = filesBelow(folder).stream().map(folder::relativize).toList();
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.toList()) {
                Commands.run("rm", "-rf", entry.toString());
            }
        }
        mount();
        return below;
    }

    /** The regular files in a folder and below it. */
    public static List<Path> filesBelow(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void mount() throws IOException {
        Commands.run("mount", "--bind", aside.toString(), folder.toString());
        isMounted = true;
    }

    public boolean isMounted() {
        return isMounted;
    }

    /** Unmounts, whoever still has files open there; what lay on it then lies in the folder below. */
    @Override
    public void close() throws IOException {
        empty();
        if (isMounted) {
            takeAway();
        }
        Commands.run("cp", "-a", aside + "/.", folder.toString());
        Commands.run("umount", "-l", aside.toString());
        Files.delete(aside);
    }

    /** Unmounts and keeps nothing, when the process ends. */
    public void abandon() {
        for (Path mounted : isMounted ? List.of(folder, aside) : List.of(aside)) {
            try {
                Commands.run("umount", "-l", mounted.toString());
            } catch (IOException e) {
                // The process ends; the mount is named by whoever looks for it.
            }
        }
    }
}
