package io.saddlebag.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.cli.Saddlebag;
import io.saddlebag.cli.demo.SiteCommandLine;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hundred different files at once between real processes, every one compared by its digest. */
class FilesRunTest {
    @TempDir
    private Path folder;

    @Test
    void bringsEveryFileToEveryRecipientAsItWasDropped() throws Exception {
        FilesReport report = new FilesRun(
                        folder.resolve("run"), 2, SiteCommandLine.ofThisJava(Saddlebag.class), List.of(), List.of())
                .run(200, 10_000, 1, 120);

        assertThat(report.wrong()).isZero();
        assertThat(report.seconds()).isPositive();
        assertThat(report.sites())
                .extracting(FilesReport.SiteUsage::site)
                .containsExactly("PA-LAB", "DC-HQ", "CA-RC", "NY-RC");
        assertThat(report.sites()).allSatisfy(site -> {
            assertThat(site.cpuSeconds()).isPositive();
            assertThat(site.peakResident()).isGreaterThan(20);
        });
        assertThat(report.table())
                .contains("200 files of 10,000 bytes to 2 recipients each")
                .contains("0 wrong");
    }
}
