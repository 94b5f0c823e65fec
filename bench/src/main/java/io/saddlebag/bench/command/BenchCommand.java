package io.saddlebag.bench.command;

import io.saddlebag.bench.load.Bench;
import io.saddlebag.bench.load.Load;
import io.saddlebag.bench.load.LoadNetwork;
import io.saddlebag.bench.load.Report;
import io.saddlebag.cli.AddedCommand;
import io.saddlebag.cli.CommandFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench hq}: starts a headquarters of its own, loads it, reports, and removes everything again. */
@Command(
        name = "bench",
        description = "Measure this build on this machine, or prove that it loses nothing.",
        subcommands = {
            BenchCommand.Hq.class,
            PartsCommand.class,
            FilesCommand.class,
            LineCommand.class,
            WhereBenchCommand.class,
            ChaosCommand.class,
            NodesChaosCommand.class
        })
public final class BenchCommand implements AddedCommand {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "Expected what to measure: hq, parts, files, line, where, chaos or nodes-chaos");
    }

    @Command(
            name = "hq",
            description =
                    "Load a headquarters of its own over mutual TLS with messages signed beforehand. A slot of the"
                            + " window is free again when the message is committed, confirmed, delivered to every recipient and"
                            + " every acknowledgement is committed: the rate is the durable end-to-end rate. Where an option is"
                            + " not given, PUBLISHERS CONSUMERS RECIPIENTS SIZE WINDOW RATE SECS WARM of the environment"
                            + " count, so that a harness for brokers can run it as it is.")
    static final class Hq implements Callable<Integer> {
        /** So that a run keeps to a harness's time on a busy machine too. */
        private static final Duration LONGEST_SIGNING = Duration.ofSeconds(25);

        /** A timetable does not wait for a busy machine to look at the store between warm-up and measurement. */
        private static final int SPARE_SECONDS = 60;

        private static final int MOST_NODES = 5;
        private static final int MOST_PER_SECOND = 30_000;
        private static final long MOST_BYTES_PER_SECOND = 600_000_000;
        /** Memory of a message, mostly the manifest in its envelope. All share one content. */
        private static final int SIGNED_BYTES = 2_400;

        @Option(
                names = "--publishers",
                defaultValue = "${env:PUBLISHERS:-1}",
                description = "Connections that publish; ${DEFAULT-VALUE}.")
        private int publishers;

        @Option(
                names = "--consumers",
                defaultValue = "${env:CONSUMERS:-1}",
                description = "Connections that consume; ${DEFAULT-VALUE}.")
        private int consumers;

        @Option(
                names = "--recipients",
                defaultValue = "${env:RECIPIENTS:-1}",
                description = "Recipients a message; ${DEFAULT-VALUE}.")
        private int recipients;

        @Option(
                names = "--size",
                defaultValue = "${env:SIZE:-1024}",
                description = "Bytes of a sealed message; ${DEFAULT-VALUE}.")
        private int size;

        @Option(
                names = "--window",
                defaultValue = "${env:WINDOW:-512}",
                description = "Messages in flight; ${DEFAULT-VALUE}.")
        private int window;

        @Option(
                names = "--rate",
                defaultValue = "${env:RATE:-0}",
                description = "Messages per second on a fixed timetable; 0 for as fast as the window allows.")
        private int rate;

        @Option(
                names = "--backlog",
                defaultValue = "0",
                description =
                        "Messages that wait beforehand on a queue of their own whose receiver is away; after the run"
                                + " headquarters is started anew over them, and they are fetched for some seconds."
                                + " ${DEFAULT-VALUE}.")
        private int backlog;

        @Option(
                names = "--queues",
                defaultValue = "0",
                description = "More queues, each with a connected receiver that gets nothing; ${DEFAULT-VALUE}.")
        private int queues;

        @Option(
                names = "--nodes",
                defaultValue = "0",
                description =
                        "How many nodes, over a PostgreSQL with a synchronous standby on this machine. Publishers are"
                                + " spread over them, each consumer has a link to each; 0 for the single headquarters.")
        private int nodes;

        @Option(
                names = "--warm-up",
                defaultValue = "${env:WARM:-10}",
                description = "Seconds before measuring; ${DEFAULT-VALUE}.")
        private int warmUp;

        @Option(
                names = "--seconds",
                defaultValue = "${env:SECS:-15}",
                description = "Seconds to measure; ${DEFAULT-VALUE}.")
        private int seconds;

        @Option(
                names = "--messages",
                description = "Messages signed beforehand for each publisher; by default enough for"
                        + " 30,000 or 600 MB a second, all publishers together, or what can be signed in 25 s.")
        private Integer messages;

        @Option(
                names = "--set",
                paramLabel = "NAME=VALUE",
                description = "A setting of the headquarters, such as hq.verify-manifests=false; may be repeated.")
        private final Map<String, String> settings = new LinkedHashMap<>();

        @Option(
                names = "--hq-java",
                paramLabel = "OPTION",
                description = "An option for the headquarters' Java; may be repeated. Replaces"
                        + " -XX:TieredStopAtLevel=4 -Xms384m -Xmx512m.")
        private List<String> hqJava = List.of("-XX:TieredStopAtLevel=4", "-Xms384m", "-Xmx512m");

        @Mixin
        private RunOptions run;

        @Override
        public Integer call() throws Exception {
            Load load = new Load(
                    publishers,
                    consumers,
                    recipients,
                    size,
                    window,
                    rate,
                    backlog,
                    queues,
                    Duration.ofSeconds(warmUp),
                    Duration.ofSeconds(seconds));
            requireMemory();
            run.require(nodes >= 0 && nodes <= MOST_NODES, "--nodes of 0 to " + MOST_NODES, nodes);
            run.require(nodes == 0 || backlog == 0, "no --backlog with --nodes", backlog);
            return run.run(folder -> measure(load, folder), Report::table, report -> report.run()
                    .isClean());
        }

        private Report measure(Load load, Path folder) throws Exception {
            LoadNetwork network = LoadNetwork.create(folder, load, settings);
            try (BenchedHq hq = BenchedHq.make(folder, network, nodes, hqJava)) {
                Bench bench = new Bench(load, network, () -> StoreLook.at(hq.home()), hq::postgres);
                hq.start();
                Report report = messages == null
                        ? bench.run(enough(), LONGEST_SIGNING)
                        : bench.run(messages, Duration.ofDays(1));
                if (backlog == 0) {
                    return report;
                }
                hq.stop();
                long began = System.nanoTime();
                hq.start();
                return bench.drainBacklog(began, report);
            }
        }

        private void requireMemory() throws CommandFailure {
            long memory = Runtime.getRuntime().maxMemory();
            long most = memory / 10 * 9 / SIGNED_BYTES / publishers;
            if (messages != null && messages > most) {
                throw new CommandFailure("Expected at most " + most + " messages for each publisher, which is what "
                        + (memory >> 20) + " MB of memory hold, found " + messages
                        + ". Send fewer, or give more memory, such as SADDLEBAG_JAVA_OPTS=-Xmx8g");
            }
        }

        /** Messages for each publisher: as many as any rate that may come out would use up. */
        private int enough() {
            long most = Math.min(MOST_PER_SECOND, MOST_BYTES_PER_SECOND / size);
            long perSecond = (rate == 0 ? most : rate) / publishers + 1;
            return Math.toIntExact(perSecond * (warmUp + seconds + (rate == 0 ? 1 : SPARE_SECONDS)));
        }
    }
}
