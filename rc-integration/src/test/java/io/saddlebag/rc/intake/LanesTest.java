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

class LanesTest {
    private final Lanes lanes = new Lanes(2);
    private final List<String> done = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        lanes.close();
    }

    @Test
    void keepsTheOrderOfEachKey() {
        for (int i = 0; i < 200; i++) {
            int number = i;
            lanes.execute("a", () -> done.add("a" + number));
            lanes.execute("b", () -> done.add("b" + number));
        }

        Awaitility.await().until(() -> done.size() == 400);
        assertThat(done.stream().filter(each -> each.startsWith("a")))
                .containsExactlyElementsOf(
                        IntStream.range(0, 200).mapToObj(i -> "a" + i).toList());
    }

    @Test
    void letsOneKeyPassAnotherThatWaits() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        lanes.execute("slow", () -> await(hold));
        lanes.execute("slow", () -> done.add("slow"));
        lanes.execute("fast", () -> done.add("fast"));

        Awaitility.await().until(() -> done.contains("fast"));
        assertThat(done).doesNotContain("slow");
        hold.countDown();
        Awaitility.await().until(() -> done.contains("slow"));
    }

    @Test
    void beginsTheNextOfAKeyWhenTheOneBeforeSaysThatItIsOver() {
        List<Runnable> overs = new CopyOnWriteArrayList<>();
        lanes.execute("a", (Lanes.Work) overs::add);
        lanes.execute("a", () -> done.add("next"));
        lanes.execute("b", () -> done.add("other"));

        Awaitility.await().until(() -> overs.size() == 1 && done.contains("other"));
        assertThat(done).containsExactly("other");
        overs.get(0).run();
        overs.get(0).run();
        Awaitility.await().until(() -> done.contains("next"));
    }

    @Test
    void goesOnAfterWorkThatFails() {
        lanes.execute("a", () -> {
            throw new IllegalStateException("as the test says");
        });
        lanes.execute("a", () -> done.add("next"));

        Awaitility.await().until(() -> done.contains("next"));
    }

    @Test
    void goesOnAfterAnError() {
        lanes.execute("a", () -> {
            throw new StackOverflowError("as the test says");
        });
        lanes.execute("a", () -> done.add("next"));

        Awaitility.await().until(() -> done.contains("next"));
    }

    @Test
    void finishesWhatRunsAndBeginsNothingMoreWhenClosed() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch hold = new CountDownLatch(1);
        lanes.execute("a", () -> {
            begun.countDown();
            await(hold);
            done.add("running");
        });
        lanes.execute("a", () -> done.add("waiting"));
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        Thread closing = new Thread(lanes::close);
        closing.start();
        Awaitility.await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        hold.countDown();
        closing.join();
        lanes.execute("b", () -> done.add("late"));

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
