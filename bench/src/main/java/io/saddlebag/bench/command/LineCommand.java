package io.saddlebag.bench.command;

import io.saddlebag.bench.files.CrowdRun;
import io.saddlebag.bench.files.FilesRun;
import io.saddlebag.bench.files.LineReport;
import io.saddlebag.bench.files.LineRun;
import io.saddlebag.bench.load.Load;
import io.saddlebag.bench.load.LoadNetwork;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Printable;
import io.saddlebag.site.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code bench line}: files over lines with a delay and a rate. */
@Command(
        name = "line",
        description = "Run a laboratory, headquarters and a centre as processes, with a delaying and rate-limited proxy"
                + " between each site and headquarters. Measure files from the drop folder to the outbox without the"
                + " line, then over the line with each round trip, then a single file by sftp over one such"
                + " line. sftp is skipped where sshd is not installed.",
        exitCodeList = {"0:every file arrived as it was dropped", "1:it failed, or a file is wrong", "2:wrong usage"})
final class LineCommand implements Callable<Integer> {
    private static final int MOST = 1000;

    @Option(
            names = "--rtt",
            split = ",",
            defaultValue = "2ms,100ms,200ms",
            paramLabel = "TIME",
            converter = Time.class,
            description = "Round trip of each hop; several are measured one after the other. ${DEFAULT-VALUE}.")
    private List<Duration> roundTrips;

    @Option(
            names = "--rate",
            defaultValue = "1Gbit",
            paramLabel = "RATE",
            converter = Rate.class,
            description = "Bits per second of each hop in each direction, such as 100Mbit; ${DEFAULT-VALUE}.")
    private long rate;

    @Option(
            names = "--size",
            defaultValue = "256MiB",
            paramLabel = "SIZE",
            converter = Bytes.class,
            description = "Size of each file; ${DEFAULT-VALUE}.")
    private long size;

    @Option(names = "--files", defaultValue = "1", description = "How many, dropped together; ${DEFAULT-VALUE}.")
    private int files;

    @Option(
            names = "--warm-up",
            defaultValue = "100",
            description = "Files that go before anything is measured, of at most 1 MiB; ${DEFAULT-VALUE}.")
    private int warmUp;

    @Option(
            names = "--laboratories",
            defaultValue = "0",
            description = "Instead, have as many laboratories upload one file each to a headquarters of its own at the"
                    + " same moment, over a line with the first round trip and the rate for all together; measure"
                    + " headquarters. ${DEFAULT-VALUE}.")
    private int laboratories;

    @Option(names = "--rounds", defaultValue = "1", description = "How often all is measured; ${DEFAULT-VALUE}.")
    private int rounds;

    @Mixin
    private SiteOptions sites;

    @Mixin
    private RunOptions run;

    @Override
    public Integer call() throws Exception {
        run.require(files >= 1, "--files of at least 1", files);
        run.require(size >= 1, "--size of at least 1 byte", size);
        run.require(warmUp >= 0, "--warm-up of at least 0", warmUp);
        run.require(rounds >= 1, "--rounds of at least 1", rounds);
        run.require(laboratories >= 0 && laboratories <= MOST, "--laboratories of 0 to " + MOST, laboratories);
        LineRun.Line line = new LineRun.Line(roundTrips, rate, rounds);
        if (laboratories > 0) {
            run.require(size > Manifest.PART_SIZE, "--size above 1MiB with --laboratories", size);
            run.require(size <= Integer.MAX_VALUE, "--size below 2GiB with --laboratories", size);
            return run.run(folder -> crowd(folder, line), CrowdRun.Report::table, report -> true);
        }
        FilesRun.Load load = FilesRun.Load.of(files, List.of(size), 1, warmUp);
        return run.run(
                folder -> new LineRun(folder, load, line, sites.hqJava(), sites.siteJava()).run(sites.patience()),
                LineReport::table,
                report -> report.wrong() == 0);
    }

    private CrowdRun.Report crowd(Path folder, LineRun.Line line) throws Exception {
        Load load = new Load(laboratories, 1, 1, 1, laboratories, 0, 0, 0, Duration.ZERO, Duration.ZERO);
        LoadNetwork network = LoadNetwork.create(folder, load, Map.of());
        try (BenchedHq hq = BenchedHq.make(folder, network, 0, sites.hqJava())) {
            hq.start();
            return new CrowdRun(network, laboratories, (int) size, line).run(sites.patience());
        }
    }

    private static <T> T convert(String value, String expected, Function<String, T> reading) {
        try {
            return reading.apply(value);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new TypeConversionException("Expected " + expected + ", found '" + Printable.of(value) + "'");
        }
    }

    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            return LineCommand.convert(value, "a time of at least 1ms such as 100ms", text -> {
                Duration time = Settings.durationOf(text);
                if (time.isZero()) {
                    throw new IllegalArgumentException(text);
                }
                return time;
            });
        }
    }

    static final class Bytes implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            return LineCommand.convert(value, "a size such as 256MiB", Settings::bytesOf);
        }
    }

    static final class Rate implements ITypeConverter<Long> {
        private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,8})(k|M|G)bit");

        @Override
        public Long convert(String value) {
            return LineCommand.convert(value, "a rate such as 1Gbit, 100Mbit or 512kbit", text -> {
                Matcher matcher = FORM.matcher(text);
                if (!matcher.matches()) {
                    throw new IllegalArgumentException(text);
                }
                long unit =
                        switch (matcher.group(2)) {
                            case "k" -> 1_000;
                            case "M" -> 1_000_000;
                            default -> 1_000_000_000;
                        };
                return Long.parseLong(matcher.group(1)) * unit;
            });
        }
    }
}
