package io.saddlebag.hq.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final SerialExecutor serial = new SerialExecutor(threads::add);
    private final List<String> done = new ArrayList<>();

    private void runAll() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }

    @Test
    void runsItsTasksInOrderOneAtATimeThoughOneFails() {
        for (int i = 0; i < 40; i++) {
            int number = i;
            serial.execute(() -> {
                done.add(Integer.toString(number));
                if (number == 3) {
                    throw new IllegalStateException("this one fails");
                }
                if (number == 5) {
                    throw new StackOverflowError("and this one with an error");
                }
            });
        }
        assertThat(threads).hasSize(1);
        runAll();
        assertThat(done)
                .hasSize(40)
                .isSortedAccordingTo((one, other) -> Integer.parseInt(one) - Integer.parseInt(other));
    }

    @Test
    void leavesTheThreadToOthersAfterATurn() {
        for (int i = 0; i < 20; i++) {
            serial.execute(() -> done.add("task"));
        }
        threads.remove().run();
        assertThat(done).hasSize(16);
        assertThat(threads).hasSize(1);
    }

    @Test
    void refusesATaskWhenItsThreadsDo() {
        SerialExecutor stopped = new SerialExecutor(task -> {
            throw new RejectedExecutionException("shut down");
        });
        assertThatThrownBy(() -> stopped.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }
}
