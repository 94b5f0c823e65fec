package io.saddlebag.cli.doctor;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The disks of a home: their room, and how long a sync takes, for which every message waits several times. */
final class DiskExam {
    private static final String SUBJECT = "disk";
    private static final int PROBES = 9;
    private static final int PROBE_BYTES = 4096;
    private static final long SLOW_MILLIS = 50;
    private static final double LOW = 0.1;
    private static final int PERCENT = 100;

    private final Map<String, Path> volumes;
    private final long least;

    /**
     * @param volumes folders by name; those that are not there are passed over
     * @param least the bytes below which the site takes nothing
     */
    DiskExam(Map<String, Path> volumes, long least) {
        this.volumes = volumes;
        this.least = least;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        Set<FileStore> seen = new HashSet<>();
        volumes.forEach((name, folder) -> {
            try {
                if (Files.isDirectory(folder) && seen.add(Files.getFileStore(folder))) {
                    findings.add(room(name, Files.getFileStore(folder)));
                    findings.add(sync(name, folder));
                }
            } catch (IOException e) {
                findings.add(Finding.fail(
                        SUBJECT,
                        name + ": " + Printable.reason(FaultText.of(e)),
                        "Mount the disk, or run this as the site's user"));
            }
        });
        return findings;
    }

    private Finding room(String name, FileStore store) throws IOException {
        long free = store.getUsableSpace();
        long total = Math.max(1, store.getTotalSpace());
        String found =
                name + ": " + gibibytes(free) + " of " + gibibytes(total) + " free (" + free * PERCENT / total + " %)";
        if (free <= least) {
            return Finding.fail(SUBJECT, found, "Nothing is taken in below " + gibibytes(least) + ". Make room");
        }
        return free < total * LOW
                ? Finding.warn(SUBJECT, found, "Make room, or tidy what is no longer needed")
                : Finding.ok(SUBJECT, found);
    }

    private static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }

    /** The median, since one sync may meet those of others. */
    private static Finding sync(String name, Path folder) throws IOException {
        // A name that every scan here skips.
        Path probe = folder.resolve(".doctor-" + ProcessHandle.current().pid() + AtomicFiles.TEMPORARY_SUFFIX);
        long[] nanos = new long[PROBES];
        try (FileChannel file = FileChannel.open(probe, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < PROBES; i++) {
                long begun = System.nanoTime();
                file.write(ByteBuffer.allocate(PROBE_BYTES));
                file.force(true);
                nanos[i] = System.nanoTime() - begun;
            }
        } finally {
            Files.deleteIfExists(probe);
        }
        Arrays.sort(nanos);
        Duration median = Duration.ofNanos(nanos[PROBES / 2]);
        String found = String.format(
                Locale.ROOT,
                "%s: a sync takes %.1f ms",
                name,
                median.toNanos() / (double) Duration.ofMillis(1).toNanos());
        return median.toMillis() < SLOW_MILLIS
                ? Finding.ok(SUBJECT, found)
                : Finding.warn(SUBJECT, found, "Each message waits for several. Put this folder on a faster disk");
    }
}
