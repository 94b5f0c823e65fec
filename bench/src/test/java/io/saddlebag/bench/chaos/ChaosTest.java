package io.saddlebag.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.bench.chaos.fault.FaultKind;
import io.saddlebag.bench.chaos.fault.FaultPlan;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Six kills of each kind and every other fault, while files travel between real processes. */
@Tag("chaos")
class ChaosTest {
    private static final long SEED = 20251008;
    private static final int KILLS = 24;
    private static final int FILES = 200;

    @TempDir
    private Path folder;

    @Test
    void losesNothingDoublesNothingAltersNothing() throws Exception {
        PrintWriter progress = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        ChaosReport report = new ChaosRun(
                        folder.resolve("run"),
                        new FaultPlan.Order(KILLS, FILES, SEED, EnumSet.allOf(FaultKind.class)),
                        progress)
                .run();
        progress.println(report.table());
        assertThat(report.findings()).as(report.table()).isEmpty();
        assertThat(report.isClean()).isTrue();
        assertThat(report.files()).isEqualTo(FILES);
        assertThat(report.kills()).isEqualTo(KILLS);
        assertThat(report.faults()).isEqualTo(expectedFaults(report.leftOut().keySet()));
    }

    /** Six of each kill, two of each other fault, one of each of borders; without those that this machine refuses. */
    private static int expectedFaults(Set<String> leftOut) {
        return Arrays.stream(FaultKind.values())
                .filter(kind -> !leftOut.contains(kind.name().toLowerCase(Locale.ROOT)))
                .mapToInt(kind -> kind.isKill() ? 6 : kind.isOfBorder() ? 1 : 2)
                .sum();
    }
}
