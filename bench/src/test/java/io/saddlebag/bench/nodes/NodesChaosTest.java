package io.saddlebag.bench.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Five faults of two nodes and their PostgreSQL, while files travel between real processes. */
@Tag("chaos")
class NodesChaosTest {
    private static final long SEED = 20261130;
    private static final int ROUNDS = 5;

    @TempDir
    private Path folder;

    @Test
    void losesNothingDeliversNothingTwice() throws Exception {
        PrintWriter progress = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        NodesReport report = new NodesRun(
                        folder.resolve("run"),
                        new NodesRun.Order(
                                ROUNDS,
                                2,
                                SEED,
                                EnumSet.of(
                                        NodeFault.KILL_NODE,
                                        NodeFault.KILL_PRIMARY,
                                        NodeFault.CANCEL_COMMIT,
                                        NodeFault.KILL_IN_UPLOAD)),
                        progress)
                .run();
        progress.println(report.table());
        assertThat(report.findings()).as(report.table()).isEmpty();
        assertThat(report.isClean()).isTrue();
        assertThat(report.rounds()).isEqualTo(ROUNDS);
    }
}
