package io.saddlebag.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BenchHqTest {
    /** What a harness for brokers asks of every command that it sets beside them. */
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

    @Test
    void deliversALoadAndItsBacklogAndSaysAllThatIsAskedForInOneLine() throws Exception {
        CommandLineRun run = CommandLineRun.of(
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

        assertThat(run.exitCode()).as("%s%s", run.out(), run.err()).isZero();
        assertThat(run.out().strip()).hasLineCount(1);
        JsonNode line = new ObjectMapper().readTree(run.out());
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
        CommandLineRun run = CommandLineRun.of("bench", "hq", "--publishers", "4", "--messages", "500000000");

        assertThat(run.exitCode()).isNotZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("messages for each publisher")
                .contains("found 500000000")
                .contains("-Xmx8g");
    }
}
