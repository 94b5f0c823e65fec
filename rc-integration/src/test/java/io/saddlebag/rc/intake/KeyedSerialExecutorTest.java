package io.saddlebag.rc.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyedSerialExecutorTest {
    private final KeyedSerialExecutor executor = new KeyedSerialExecutor(2);
    private final List<String> done = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        executor.close();
    }

    @Test
    void keepsTheOrderOfEachKey() {
        for (int i = 0; i < 200; i++) {
            int number = i;
            executor.execute("a", () -> done.add("a" + number));
            executor.execute("b", () -> done.add("b" + number));
        }

        Awaitility.await().until(() -> done.size() == 400);
        assertThat(done.stream().filter(each -> each.startsWith("a")))
                .containsExactlyElementsOf(
                        IntStream.range(0, 200).mapToObj(i -> "a" + i).toList());
    }

    @Test
    void letsOneKeyPassAnotherThatWaits() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        executor.execute("slow", () -> await(hold));
        executor.execute("slow", () -> done.add("slow"));
        executor.execute("fast", () -> done.add("fast"));

        Awaitility.await().until(() -> done.contains("fast"));
        assertThat(done).doesNotContain("slow");
        hold.countDown();
        Awaitility.await().until(() -> done.contains("slow"));
    }

    @Test
    void beginsTheNextOfAKeyWhenTheOneBeforeSaysThatItIsOver() {
        List<Runnable> overs = new CopyOnWriteArrayList<>();
        executor.execute("a", (KeyedSerialExecutor.Work) overs::add);
        executor.execute("a", () -> done.add("next"));
        executor.execute("b", () -> done.add("other"));

        Awaitility.await().until(() -> overs.size() == 1 && done.contains("other"));
        assertThat(done).containsExactly("other");
        overs.get(0).run();
        overs.get(0).run();
        Awaitility.await().until(() -> done.contains("next"));
    }

    @Test
    void goesOnAfterWorkThatFails() {
        executor.execute("a", () -> {
            throw new IllegalStateException("as the test says");
        });
        executor.execute("a", () -> done.add("next"));

        Awaitility.await().until(() -> done.contains("next"));
    }

    @Test
    void goesOnAfterAnError() {
        executor.execute("a", () -> {
            throw new StackOverflowError("as the test says");
        });
        executor.execute("a", () -> done.add("next"));

        Awaitility.await().until(() -> done.contains("next"));
    }

    @Test
    void finishesWhatRunsAndBeginsNothingMoreWhenClosed() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch hold = new CountDownLatch(1);
        executor.execute("a", () -> {
            begun.countDown();
            await(hold);
            done.add("running");
        });
        executor.execute("a", () -> done.add("waiting"));
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        Thread closing = new Thread(executor::close);
        closing.start();
        Awaitility.await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        hold.countDown();
        closing.join();
        executor.execute("b", () -> done.add("late"));

        assertThat(done).containsExactly("running");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
