package io.saddlebag.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BitFlipTest {
    @TempDir
    private Path folder;

    @Test
    void changesOneBitAndMakesItRightAgain() throws Exception {
        Path file = Files.write(folder.resolve("file"), new byte[] {0, (byte) 0xff, 0});
        DiskFaults.BitFlip flip = new DiskFaults.BitFlip(file, 1, 7);

        flip.run();
        assertThat(file).hasBinaryContent(new byte[] {0, 0x7f, 0});
        flip.run();
        assertThat(file).hasBinaryContent(new byte[] {0, (byte) 0xff, 0});
    }

    @Test
    void refusesAPlaceBehindTheEnd() throws Exception {
        Path file = Files.write(folder.resolve("file"), new byte[1]);

        assertThatThrownBy(() -> new DiskFaults.BitFlip(file, 1, 0).run()).isInstanceOf(EOFException.class);
        assertThat(file).hasSize(1);
    }
}
