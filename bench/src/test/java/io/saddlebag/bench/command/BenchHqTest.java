package io.saddlebag.bench.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.cli.Saddlebag;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BenchHqTest {
    /** Figures that a harness for brokers takes from each command that it runs. */
    private static final List<String> ASKED_FOR = List.of(
            "pub_s",
            "dlv_s",
            "pub_MBps",
            "e2e_p50_us",
            "e2e_p99_us",
            "conf_p50_us",
            "conf_p99_us",
            "broker_cores",
            "rss_MB",
            "undelivered",
            "unconfirmed",
            "dup");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Saddlebag.execute(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    @Test
    void isFoundByTheCommand() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("bench");
        assertThat(run("bench")).isEqualTo(2);
        assertThat(err.toString())
                .contains("Expected what to measure: hq, parts, files, line, where, chaos or nodes-chaos");
    }

    @Test
    void findsAMessageByEachOfItsNamesAtEachSite() {
        assertThat(run("bench", "where", "--messages", "1000", "--times", "1"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("1000 messages a site", "FL-LAB", "CA-RC", "DC-HQ", "run333.bam");
    }

    @Test
    void deliversALoadAndItsBacklogAndSaysAllThatIsAskedForInOneLine() throws Exception {
        int exitCode = run(
                "bench",
                "hq",
                "--json",
                "--rate",
                "100",
                "--recipients",
                "2",
                "--consumers",
                "3",
                "--publishers",
                "2",
                "--warm-up",
                "1",
                "--seconds",
                "2",
                "--backlog",
                "300",
                "--queues",
                "2");

        assertThat(exitCode).as("%s%s", out, err).isZero();
        assertThat(out.toString().strip()).hasLineCount(1);
        JsonNode line = new ObjectMapper().readTree(out.toString());
        assertThat(ASKED_FOR)
                .allSatisfy(
                        name -> assertThat(line.path(name).isNumber()).as(name).isTrue());
        assertThat(line.path("pub_s").asDouble()).isPositive();
        assertThat(line.path("store_warm_MB").path("delivery_waiting").asDouble())
                .isPositive();
        assertThat(line.path("store_settled_MB").path("spool").isNumber()).isTrue();
        assertThat(line.path("backlog").path("messages").asInt()).isEqualTo(300);
        assertThat(line.path("backlog").path("first_delivery_seconds").asDouble())
                .isPositive();
    }

    @Test
    void refusesMoreMessagesThanItsMemoryHolds() {
        int exitCode = run("bench", "hq", "--publishers", "4", "--messages", "500000000");

        assertThat(exitCode).isNotZero();
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .contains("messages for each publisher")
                .contains("found 500000000")
                .contains("-Xmx8g");
    }
}
