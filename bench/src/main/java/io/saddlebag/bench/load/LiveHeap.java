package io.saddlebag.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The live heap of another JVM, by the JDK's {@code jcmd}, which makes that JVM collect its garbage first. */
final class LiveHeap {
    private static final double MB = 1e6;

    private LiveHeap() {}

    /** MB of 10^6 bytes; null when this Java has no {@code jcmd}, or it gets no answer. */
    static Double megabytes(long pid) throws IOException, InterruptedException {
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
        return process.waitFor() == 0 ? total(lines) : null;
    }

    /** The last line sums up: {@code Total instances bytes}. */
    static Double total(List<String> histogram) {
        for (String line : histogram) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length == 3 && fields[0].equals("Total")) {
                return Long.parseLong(fields[2]) / MB;
            }
        }
        return null;
    }
}
