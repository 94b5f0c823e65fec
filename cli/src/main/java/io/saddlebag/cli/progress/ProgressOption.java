package io.saddlebag.cli.progress;

import io.saddlebag.site.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code --progress}, for a command that may take long. */
public final class ProgressOption {
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    @Option(
            names = "--progress",
            paramLabel = "INTERVAL",
            converter = Interval.class,
            description = "A line about the progress on standard error at this interval, such as 30s. On a terminal one"
                    + " line shows it without this option; elsewhere the signal USR1 asks for one.")
    private Duration every;

    /** A time as in settings. */
    static final class Interval implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            try {
                Duration interval = Settings.durationOf(value);
                if (interval.toMillis() > 0) {
                    return interval;
                }
            } catch (IllegalArgumentException e) {
                // The fault below.
            }
            throw new TypeConversionException("Expected --progress to be a time such as 30s or 1m, found " + value);
        }
    }

    /**
     * Begins; to be closed.
     *
     * @param what such as {@code sealing run7.bam}
     * @param total bytes; 0 when they are not known
     */
    public Progress begin(String what, long total, PrintWriter err) {
        return new Progress(what, total, err, every, every == null && isTerminal(), System::nanoTime);
    }

    /** The size of a file; 0 of anything else, such as standard input. */
    public static long sizeOf(String file) {
        try {
            return !file.equals("-") && Files.isRegularFile(Path.of(file)) ? Files.size(Path.of(file)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /** The name of the file or device behind standard error tells, since Java asks about standard output alone. */
    private static boolean isTerminal() {
        try {
            String name = Files.readSymbolicLink(STANDARD_ERROR).toString();
            return (name.startsWith("/dev/pts/") || name.startsWith("/dev/tty"))
                    && !"dumb".equals(System.getenv("TERM"));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
