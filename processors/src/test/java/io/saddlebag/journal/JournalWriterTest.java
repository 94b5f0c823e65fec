package io.saddlebag.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.journal.JournalWriter.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalWriterTest {
    @TempDir
    private Path folder;

    private final AtomicInteger undone = new AtomicInteger();
    private Connection connection;
    private Connection reader;
    private JournalWriter writer;

    @BeforeEach
    void open() throws Exception {
        Path file = folder.resolve("test.db");
        connection = JournalFile.open(file, 1, List.of(List.of("CREATE TABLE t (n INTEGER UNIQUE)")));
        reader = JournalFile.reader(file);
        writer = new JournalWriter(file, connection, Duration.ZERO, undone::incrementAndGet);
    }

    @AfterEach
    void close() throws Exception {
        writer.close();
        reader.close();
        connection.close();
    }

    @Test
    void takesAlongWhatWaitsMeanwhile() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        CompletableFuture<Void> first = writer.submit(() -> {
            begun.countDown();
            await(held);
            return null;
        });
        begun.await();
        List<CompletableFuture<Integer>> others = new ArrayList<>();
        for (int number = 1; number <= 10; number++) {
            int n = number;
            others.add(writer.submit(() -> {
                insert(n);
                return committed();
            }));
        }
        held.countDown();

        first.join();
        // None of the ten saw another committed before: one transaction holds them all.
        for (CompletableFuture<Integer> each : others) {
            assertThat(each.join()).isZero();
        }
        assertThat(committed()).isEqualTo(10);
    }

    @Test
    void failsForTheOneThatFailsAndNoOther() throws Exception {
        writer.write(inserted(3));
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        for (int number = 1; number <= 8; number++) {
            all.add(writer.submit(inserted(number)));
        }

        int failed = 0;
        for (CompletableFuture<Integer> each : all) {
            try {
                each.join();
            } catch (RuntimeException e) {
                assertThat(e).hasCauseInstanceOf(JournalException.class).hasRootCauseInstanceOf(SQLException.class);
                failed++;
            }
        }
        assertThat(failed).isEqualTo(1);
        assertThat(committed()).isEqualTo(8);
    }

    @Test
    void makesWhatWasAddedWithTheNextCommit() throws Exception {
        writer.add(inserted(1));
        writer.add(() -> {
            throw new IllegalStateException("as the test says");
        });
        assertThat(committed()).isZero();

        writer.write(inserted(2));

        assertThat(committed()).isEqualTo(2);
    }

    @Test
    void writesWhatWasAddedWhenItIsClosedAndNothingLater() throws Exception {
        writer.add(inserted(1));

        writer.close();

        assertThat(committed()).isEqualTo(1);
        writer.add(inserted(2));
        assertThatThrownBy(() -> writer.write(inserted(3)))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("closed");
        assertThat(committed()).isEqualTo(1);
    }

    @Test
    void leavesNothingOfAChangeThatFailsHalfway() throws Exception {
        assertThatThrownBy(() -> writer.write(() -> {
                    insert(1);
                    insert(1);
                    return null;
                }))
                .isInstanceOf(JournalException.class);

        assertThat(committed()).isZero();
        assertThat(undone).hasValue(1);
    }

    @Test
    void reportsTheEndOfEachOfSeveral() throws Exception {
        writer.write(inserted(2));

        List<CompletableFuture<Integer>> ends = writer.writeAll(List.of(inserted(1), inserted(2), inserted(3)));

        assertThat(ends).hasSize(3).allMatch(CompletableFuture::isDone);
        assertThat(ends.stream().map(CompletableFuture::isCompletedExceptionally))
                .containsExactly(false, true, false);
        assertThat(ends.get(2).join()).isEqualTo(3);
        assertThat(committed()).isEqualTo(3);
        assertThat(undone).hasPositiveValue();
    }

    @Test
    void writesAfterAnEmptyList() throws Exception {
        assertThat(writer.writeAll(List.<Work<Integer>>of())).isEmpty();

        writer.write(inserted(1));

        assertThat(committed()).isEqualTo(1);
    }

    @Test
    void continuesAfterAnError() throws Exception {
        assertThatThrownBy(() -> writer.submit(() -> {
                            throw new StackOverflowError("as the test says");
                        })
                        .join())
                .hasCauseInstanceOf(StackOverflowError.class);

        writer.write(inserted(1));

        assertThat(committed()).isEqualTo(1);
    }

    @Test
    void writesNothingWhenTheFolderCannotBeSynced() throws Exception {
        assertThatThrownBy(
                        () -> writer.submit(inserted(1), folder.resolve("gone")).join())
                .hasCauseInstanceOf(JournalException.class)
                .hasRootCauseInstanceOf(IOException.class);

        assertThat(committed()).isZero();
    }

    private Work<Integer> inserted(int number) {
        return () -> {
            insert(number);
            return number;
        };
    }

    private void insert(int number) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO t VALUES (" + number + ")");
        }
    }

    private int committed() throws SQLException {
        try (Statement statement = reader.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM t")) {
            return row.getInt(1);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
