package io.saddlebag.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.cli.Saddlebag;
import io.saddlebag.cli.demo.SiteCommandLine;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten kills of each kind and every other fault, while files travel between real processes. */
@Tag("chaos")
class ChaosTest {
    private static final long SEED = 20251008;
    private static final int KILLS = 40;
    private static final int FILES = 300;

    @TempDir
    private Path folder;

    @Test
    void losesNothingDoublesNothingAltersNothing() throws Exception {
        PrintWriter progress = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        ChaosReport report = new ChaosRun(
                        folder.resolve("run"),
                        KILLS,
                        FILES,
                        SEED,
                        SiteCommandLine.ofThisJava(Saddlebag.class),
                        progress)
                .run();
        progress.println(report.table());
        assertThat(report.findings()).as(report.table()).isEmpty();
        assertThat(report.isClean()).isTrue();
        assertThat(report.files()).isEqualTo(FILES);
        assertThat(report.kills()).isEqualTo(KILLS);
        assertThat(report.faults()).isEqualTo(KILLS + 4 * (8 - report.leftOut().size()));
    }
}
