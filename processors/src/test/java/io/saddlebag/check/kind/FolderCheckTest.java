package io.saddlebag.check.kind;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.check.Checked;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderCheckTest {
    @TempDir
    private Path work;

    @Test
    void judgesEntriesByGlobsAndTheirNumber() throws IOException {
        Path folder = Checked.folder(
                work.resolve("in"), "RunInfo.xml", "x", "data/a.csv", "", "data/" + "long/".repeat(60) + "b.tmp", "y");

        assertThat(Checked.faultsOfFolder("""
            - kind: folder
              must-contain: [RunInfo.xml, data, "data/*.csv"]
              must-not-contain: "*.tmp"
              files-at-least: 3
              files-at-most: 3
            """, folder, work)).isEmpty();
        assertThat(Checked.faultsOfFolder("""
            - kind: folder
              must-contain: [SampleSheet.csv, RunInfo.xml]
              must-not-contain: "data/*.csv"
              only: ["*.xml", "**/*.csv", "**/*.tmp"]
              files-at-most: 2
            """, folder, work))
                .containsExactly(
                        "data/a.csv: expected nothing that matches data/*.csv",
                        "expected an entry that matches SampleSheet.csv, found none",
                        "expected at most 2 files, found 3");
        assertThat(Checked.faultsOfFolder("- {kind: folder, only: '*.xml', files-at-least: 4}", folder, work))
                .hasSize(3);
    }

    @Test
    void refusesAFile() throws IOException {
        assertThat(Checked.faults("- {kind: folder, must-contain: a}", "a", new byte[1], work))
                .containsExactly("expected a folder, found a file");
    }
}
