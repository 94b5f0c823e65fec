package io.saddlebag.bench.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.message.Manifest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files between real processes over mutual TLS, every one compared by its digest. */
class FilesRunTest {
    private static final long CHUNK = 64 << 10;
    private static final long PART = Manifest.PART_SIZE;
    private static final List<String> SMALL_HEAP = List.of("-Xmx128m");

    @TempDir
    private Path folder;

    private FilesReport run(FilesRun.Load load) throws Exception {
        return new FilesRun(folder.resolve("run"), load, SMALL_HEAP, SMALL_HEAP).run(600);
    }

    @Test
    void bringsTwoHundredFilesOfEverySizeToEveryRecipientAsTheyWereDropped() throws Exception {
        List<Long> sizes =
                List.of(0L, 1L, CHUNK - 1, CHUNK, CHUNK + 1, PART - 1, PART, PART + 1, 10_000L, 3 * PART + 12_345);

        FilesReport report = run(new FilesRun.Load(200, sizes, 2, 1, 0, 1_000, 0));

        assertThat(report.wrong()).isZero();
        assertThat(report.seconds()).isPositive();
        assertThat(report.sites())
                .extracting(FilesReport.SiteUsage::site)
                .containsExactly("PA-LAB", "DC-HQ", "CA-RC", "NY-RC");
        assertThat(report.sites()).allSatisfy(site -> {
            assertThat(site.cpuSeconds()).isPositive();
            assertThat(site.peakResident()).isGreaterThan(20);
        });
        assertThat(report.table()).contains("200 files of").contains("0 wrong");
    }

    @Test
    void bringsAGibibyteInSmallHeapsAndSendsNoMoreThanAWindowTwiceForEachCut() throws Exception {
        FilesReport report = run(new FilesRun.Load(1, List.of(1024 * PART + 12_345), 1, 1, 10, 0, 0));

        assertThat(report.wrong()).isZero();
        assertThat(report.lines()).extracting(FilesReport.Line::site).containsExactly("PA-LAB", "CA-RC");
        assertThat(report.lines()).allSatisfy(line -> {
            assertThat(line.cuts()).isEqualTo(10);
            // The overhead of the protocol is measured with a file of 64 MiB, which is exact to about a part. A
            // laboratory
            // has up to 32 parts under way, a centre asks for the part that it lacks.
            assertThat(line.partsTwice()).isBetween(0.0, line.site().equals("PA-LAB") ? 321.0 : 11.0);
        });
    }
}
