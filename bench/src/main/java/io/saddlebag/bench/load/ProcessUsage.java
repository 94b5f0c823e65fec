package io.saddlebag.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * CPU time and resident memory of a process, or of one and its children, as Linux's {@code /proc} gives them (proc(5)).
 *
 * @param cpuSeconds user and system time since each process began
 * @param residentBytes now; pages that children share count in each
 */
public record ProcessUsage(double cpuSeconds, long residentBytes) {
    /** The unit of /proc/PID/stat on every Linux architecture in use (USER_HZ). */
    private static final double TICKS_PER_SECOND = 100;

    private static final double MB = 1e6;
    /** The usage by an ended process. */
    static final ProcessUsage NONE = new ProcessUsage(0, 0);

    public static ProcessUsage of(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            double cpu = (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
            return new ProcessUsage(cpu, status(pid, "VmRSS:"));
        } catch (IOException e) {
            // It ended between the listing and the look: it uses nothing.
            return NONE;
        }
    }

    /** The process and all its descendants, and children that have ended. */
    public static ProcessUsage ofTree(ProcessHandle root) {
        List<Long> pids = Stream.concat(Stream.of(root), root.descendants())
                .map(ProcessHandle::pid)
                .toList();
        return sum(pids.stream().map(ProcessUsage::of).toList());
    }

    /** All of them together. */
    static ProcessUsage sum(List<ProcessUsage> all) {
        return new ProcessUsage(
                all.stream().mapToDouble(ProcessUsage::cpuSeconds).sum(),
                all.stream().mapToLong(ProcessUsage::residentBytes).sum());
    }

    /** The most that the process ever had resident, in bytes; 0 when it has ended. */
    public static long peakResident(long pid) {
        try {
            return status(pid, "VmHWM:");
        } catch (IOException e) {
            return 0;
        }
    }

    private static long status(long pid, String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        return 0;
    }

    /**
     * The live heap of another JVM in MB of 10^6 bytes, by the JDK's {@code jcmd}, which makes that JVM collect its garbage
     * first.
     *
     * @return null when this Java has no {@code jcmd}, or it gets no answer
     */
    static Double liveHeap(long pid) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(jcmd)) {
            return null;
        }
        Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        List<String> lines;
        try (var reader = process.inputReader()) {
            lines = reader.lines().toList();
        }
        return process.waitFor() == 0 ? totalHeap(lines) : null;
    }

    /** The last line sums up: {@code Total instances bytes}. */
    static Double totalHeap(List<String> histogram) {
        for (String line : histogram) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length == 3 && fields[0].equals("Total")) {
                return Long.parseLong(fields[2]) / MB;
            }
        }
        return null;
    }
}
