package io.saddlebag.rc.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.journal.JournalFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupCommitTest {
    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newFixedThreadPool(16);
    private final AtomicInteger undone = new AtomicInteger();
    private Connection connection;
    private GroupCommit commits;

    @BeforeEach
    void open() throws Exception {
        connection = JournalFile.open(folder.resolve("test.db"), List.of(List.of("CREATE TABLE t (n INTEGER UNIQUE)")));
        commits = new GroupCommit(connection, undone::incrementAndGet);
    }

    @AfterEach
    void close() throws Exception {
        threads.shutdownNow();
        connection.close();
    }

    @Test
    void takesAlongWhatWaitsMeanwhile() throws Exception {
        Set<Thread> made = new HashSet<>();
        Set<Thread> waiting = ConcurrentHashMap.newKeySet();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        Future<?> first = threads.submit(() -> {
            commits.commit(() -> {
                begun.countDown();
                await(held);
            });
            return null;
        });
        begun.await();
        List<Future<?>> others = new ArrayList<>();
        for (int number = 1; number <= 10; number++) {
            int n = number;
            others.add(threads.submit(() -> {
                waiting.add(Thread.currentThread());
                commits.commit(() -> {
                    insert(n);
                    made.add(Thread.currentThread());
                });
                return null;
            }));
        }
        Awaitility.await()
                .until(() -> waiting.size() == 10
                        && waiting.stream().allMatch(each -> each.getState() == Thread.State.BLOCKED));
        held.countDown();

        first.get();
        for (Future<?> each : others) {
            each.get();
        }
        assertThat(count()).isEqualTo(10);
        assertThat(made).hasSize(1);
    }

    @Test
    void failsForTheOneThatFailsAndNoOther() throws Exception {
        commits.commit(() -> insert(3));
        List<Future<?>> all = new ArrayList<>();
        for (int number = 1; number <= 8; number++) {
            int n = number;
            all.add(threads.submit(() -> {
                commits.commit(() -> insert(n));
                return null;
            }));
        }

        int failed = 0;
        for (Future<?> each : all) {
            try {
                each.get();
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(SQLException.class);
                failed++;
            }
        }
        assertThat(failed).isEqualTo(1);
        assertThat(count()).isEqualTo(8);
    }

    @Test
    void makesWhatWasAddedWithTheNextCommit() throws Exception {
        commits.add(() -> insert(1));
        commits.add(() -> {
            throw new IllegalStateException("as the test says");
        });
        assertThat(count()).isZero();

        commits.commit(() -> insert(2));

        assertThat(count()).isEqualTo(2);
    }

    @Test
    void leavesNothingOfAChangeThatFailsHalfway() throws Exception {
        assertThatThrownBy(() -> commits.commit(() -> {
                    insert(1);
                    insert(1);
                }))
                .isInstanceOf(SQLException.class);

        assertThat(count()).isZero();
    }

    @Test
    void saysOfEachOfSeveralHowItEnded() throws Exception {
        commits.commit(() -> insert(2));

        List<SQLException> failures = commits.commitAll(List.of(() -> insert(1), () -> insert(2), () -> insert(3)));

        assertThat(failures).hasSize(3);
        assertThat(failures.stream().map(Objects::isNull)).containsExactly(true, false, true);
        assertThat(count()).isEqualTo(3);
        assertThat(undone).hasPositiveValue();
    }

    private void insert(int number) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO t VALUES (" + number + ")");
        }
    }

    private int count() throws SQLException {
        try (Statement statement = connection.createStatement();
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
