package io.saddlebag.check.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UniqueValuesTest {
    @TempDir
    private Path work;

    private static long add(UniqueValues values, String value, long row) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return values.add(bytes, 0, bytes.length, row);
    }

    @Test
    void tellsARepeatInMemoryImmediately() throws IOException {
        try (UniqueValues values = new UniqueValues(work)) {
            assertThat(add(values, "a", 2)).isZero();
            assertThat(add(values, "b", 3)).isZero();
            assertThat(add(values, "a", 4)).isEqualTo(2);
            assertThat(add(values, "", 5)).isZero();
        }
    }

    @Test
    void findsRepeatsOfMoreValuesThanItHoldsAndLeavesNoFile() throws IOException {
        int many = 200_000;
        List<String> found = new ArrayList<>();
        try (UniqueValues values = new UniqueValues(work)) {
            for (int row = 1; row <= many; row++) {
                add(values, "value " + row, row);
            }
            add(values, "value 7", many + 1L);
            add(values, "value " + (many - 1), many + 2L);
            values.end((row, earlier) -> found.add(row + " as " + earlier));
        }

        assertThat(found).containsExactlyInAnyOrder(many + 1 + " as 7", many + 2 + " as " + (many - 1));
        assertThat(work).isEmptyDirectory();
    }
}
