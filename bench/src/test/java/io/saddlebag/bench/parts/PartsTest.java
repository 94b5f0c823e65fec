package io.saddlebag.bench.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;

final class PartsTest {
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

    /** Once each, at its first parameters, seals of both kinds, in this JVM: that it works, not how fast it is. */
    @Test
    void everyBenchmarkRunsForReal() throws Exception {
        List<Parts.Result> results =
                Parts.run("", new PrintStream(progress, true, StandardCharsets.UTF_8), options -> options.forks(0)
                        .mode(Mode.SingleShotTime)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .param("size", "1024")
                        .param("group", "16")
                        .param("mib", "2")
                        .param("payloads", "database")
                        .param("backlog", "1000"));

        assertThat(results)
                .as(() -> progress.toString(StandardCharsets.UTF_8))
                .extracting(Parts.Result::part)
                .containsExactlyInAnyOrder(
                        "DispatchBenchmark.dispatch",
                        "FrameBenchmark.decode",
                        "FrameBenchmark.encode",
                        "GroupCommitBenchmark.publish",
                        "GroupCommitBenchmark.publishAndSettle",
                        "LargePayloadBenchmark.read",
                        "LargePayloadBenchmark.upload",
                        "SealBenchmark.open",
                        "SealBenchmark.open",
                        "SealBenchmark.seal",
                        "SealBenchmark.seal",
                        "SignatureBenchmark.sign",
                        "SignatureBenchmark.verify");
        assertThat(results).allSatisfy(each -> assertThat(each.micros()).isPositive());
    }

    @Test
    void aPatternThatNoBenchmarkHoldsIsToldWhichThereAre() {
        assertThatThrownBy(() -> Parts.run("decrypt", System.err))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FrameBenchmark.decode")
                .hasMessageContaining("decrypt");
    }
}
