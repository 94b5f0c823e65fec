package io.saddlebag.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DroppedFileTest {
    @Test
    void isTheSameForTheSameSeedAndAnotherForAnother() {
        assertThat(DroppedFile.of(7, 12)).isEqualTo(DroppedFile.of(7, 12));
        assertThat(DroppedFile.of(7, 12).sha256())
                .isNotEqualTo(DroppedFile.of(8, 12).sha256());
    }

    @Test
    void isTakenHalfOfTheTimesAndHasAllSizesAmongAFewHundred() {
        List<DroppedFile> files = IntStream.range(0, 300)
                .mapToObj(number -> DroppedFile.of(20251008, number))
                .toList();

        assertThat(files).filteredOn(DroppedFile::isTaken).hasSizeBetween(100, 200);
        assertThat(files.stream().mapToInt(DroppedFile::size))
                .contains(0)
                .anyMatch(size -> size > 48 << 10)
                .anyMatch(size -> size > 1 << 20);
    }
}
