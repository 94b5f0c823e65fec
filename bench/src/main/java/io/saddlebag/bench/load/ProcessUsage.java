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

    public static ProcessUsage of(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            double cpu = (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
            return new ProcessUsage(cpu, resident(pid));
        } catch (IOException e) {
            // It ended between the listing and the look: it uses nothing.
            return new ProcessUsage(0, 0);
        }
    }

    /** The process and all its descendants, and children that have ended. */
    public static ProcessUsage ofTree(ProcessHandle root) {
        List<Long> pids = Stream.concat(Stream.of(root), root.descendants())
                .map(ProcessHandle::pid)
                .toList();
        double cpu = 0;
        long resident = 0;
        for (long pid : pids) {
            ProcessUsage one = of(pid);
            cpu += one.cpuSeconds;
            resident += one.residentBytes;
        }
        return new ProcessUsage(cpu, resident);
    }

    /** The most that the process ever had resident, in bytes; 0 when it has ended. */
    public static long peakResident(long pid) {
        try {
            return status(pid, "VmHWM:");
        } catch (IOException e) {
            return 0;
        }
    }

    private static long resident(long pid) throws IOException {
        return status(pid, "VmRSS:");
    }

    private static long status(long pid, String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        return 0;
    }
}
