package io.saddlebag.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumberedNameTest {
    @TempDir
    private Path folder;

    private Path place(String name) throws IOException {
        return NumberedName.place(folder, name, Files::createFile);
    }

    @Test
    void numbersFromTheSecondOn() throws IOException {
        assertThat(place("a.csv")).isEqualTo(folder.resolve("a.csv"));
        assertThat(place("a.csv")).isEqualTo(folder.resolve("a.csv.2"));
        assertThat(place("a.csv")).isEqualTo(folder.resolve("a.csv.3"));
    }

    @Test
    void findsAFreeNumberAmongManyInAFewLooks() throws IOException {
        Set<Path> taken = new HashSet<>();
        AtomicInteger looks = new AtomicInteger();
        for (int copy = 1; copy <= 100_000; copy++) {
            taken.add(NumberedName.of(folder, "a", copy));
        }

        Path free = NumberedName.place(
                folder,
                "a",
                path -> {
                    looks.incrementAndGet();
                    return taken.contains(path);
                },
                target -> {});

        assertThat(free).isEqualTo(folder.resolve("a.100001"));
        assertThat(looks).hasValueLessThan(50);
    }

    @Test
    void leavesDanglingLinksAlone() throws IOException {
        Path first = Files.createSymbolicLink(folder.resolve("a"), Path.of("nowhere"));
        Path second = Files.createSymbolicLink(folder.resolve("a.2"), Path.of("nowhere"));

        assertThat(place("a")).isEqualTo(folder.resolve("a.3"));
        assertThat(first).isSymbolicLink();
        assertThat(second).isSymbolicLink();
    }

    @Test
    void overwritesNothingWhereNumbersAreMissing() throws IOException {
        for (int copy : new int[] {1, 2, 3, 5, 8}) {
            Files.writeString(NumberedName.of(folder, "a", copy), "kept");
        }

        Path placed = place("a");

        assertThat(placed).isEmptyFile();
        assertThat(placed.getFileName().toString()).isIn("a.4", "a.6", "a.7", "a.9");
    }

    @Test
    void passesOverALinkToNowhere() throws IOException {
        Files.createSymbolicLink(folder.resolve("a"), folder.resolve("none"));

        assertThat(place("a")).isEqualTo(folder.resolve("a.2"));
    }

    @Test
    void givesEachOfManyThreadsANameOfItsOwn() {
        Set<Path> placed = Set.copyOf(IntStream.range(0, 400)
                .parallel()
                .mapToObj(each -> {
                    try {
                        return place("a");
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList());

        assertThat(placed).hasSize(400);
    }

    @Test
    void givesUpWhereEveryNameIsRefused() {
        assertThatThrownBy(() -> NumberedName.place(folder, "a", target -> {
                    throw new FileAlreadyExistsException(target.toString());
                }))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("found each taken");
    }
}
