package io.saddlebag.stomp.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.stomp.client.PartWindow.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PartWindowTest {
    private static final long PART = 1 << 20;
    private static final int MOST = (int) (PartWindow.MOST_BYTES / PART);

    private final AtomicBoolean isWritable = new AtomicBoolean(true);
    private final PartWindow window = new PartWindow(isWritable::get);
    private final List<String> sent = new ArrayList<>();
    private final Queue<Turn> underWay = new ConcurrentLinkedQueue<>();

    private void send(String name) {
        window.turn(PART).thenAccept(turn -> {
            sent.add(name);
            underWay.add(turn);
            turn.sent();
        });
    }

    /** As an upload does: it asks for its next part when it has sent one. */
    private void upload(String name, int part, int parts) {
        window.turn(PART).thenAccept(turn -> {
            sent.add(name + part);
            underWay.add(turn);
            turn.sent();
            if (part < parts) {
                upload(name, part + 1, parts);
            }
        });
    }

    @Test
    void letsPartsGoUpToTheBoundAndOneMoreForEachAnswer() {
        upload("a", 1, MOST + 10);
        assertThat(sent).hasSize(MOST);

        underWay.remove().over();
        assertThat(sent).hasSize(MOST + 1);

        underWay.remove().over();
        underWay.remove().over();
        assertThat(sent).hasSize(MOST + 3);
    }

    @Test
    void uploadsTakeTurnsAtTheBound() {
        upload("a", 1, 100);
        upload("b", 1, 2);
        upload("c", 1, 2);
        sent.clear();
        for (int i = 0; i < 6; i++) {
            underWay.remove().over();
        }
        assertThat(sent).containsExactly("a" + (MOST + 1), "b1", "c1", "a" + (MOST + 2), "b2", "c2");
    }

    @Test
    void readsNoOtherPartBeforeTheOneBeforeItIsHandedOn() {
        List<Turn> come = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            window.turn(PART).thenAccept(come::add);
        }
        assertThat(come).hasSize(1);

        come.get(0).sent();
        assertThat(come).hasSize(2);
        come.get(0).sent();
        assertThat(come).as("said twice").hasSize(2);
    }

    @Test
    void aPartThatCannotBeReadMakesRoomForTheNext() {
        List<Turn> come = new ArrayList<>();
        window.turn(PART).thenAccept(come::add);
        window.turn(PART).thenAccept(come::add);

        come.get(0).over();
        assertThat(come).hasSize(2);
    }

    @Test
    void nothingGoesWhileTheConnectionTakesNoMore() {
        isWritable.set(false);
        send("a");
        send("b");
        assertThat(sent).isEmpty();

        isWritable.set(true);
        window.lookAgain();
        assertThat(sent).containsExactly("a", "b");
    }

    @Test
    void hasFewerUnderWayWhereANodeMayLoseThem() {
        PartWindow ofNodes = new PartWindow(isWritable::get, PartWindow.MOST_BYTES_OF_NODES);
        for (int i = 0; i < 10; i++) {
            ofNodes.turn(PART).thenAccept(turn -> {
                sent.add("part");
                turn.sent();
            });
        }
        assertThat(sent).hasSize(8);
    }

    @Test
    void aPartBeyondTheBoundGoesAlone() {
        send("small");
        window.turn(PartWindow.MOST_BYTES + 1).thenAccept(turn -> {
            sent.add("large");
            turn.sent();
        });
        assertThat(sent).containsExactly("small");

        underWay.remove().over();
        assertThat(sent).containsExactly("small", "large");
    }

    @Test
    void keepsTheBoundAndGivesEveryUploadItsTurnAmongThreads() throws Exception {
        AtomicLong bytes = new AtomicLong();
        AtomicLong most = new AtomicLong();
        int uploads = 8;
        int parts = 500;
        CountDownLatch answered = new CountDownLatch(uploads * parts);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int i = 0; i < uploads; i++) {
                threads.execute(() -> go(threads, bytes, most, answered, parts));
            }
            assertThat(answered.await(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            threads.shutdownNow();
        }
        assertThat(most.get()).isBetween(PART, PartWindow.MOST_BYTES);
        assertThat(bytes).hasValue(0);
    }

    private void go(ExecutorService threads, AtomicLong bytes, AtomicLong most, CountDownLatch answered, int left) {
        window.turn(PART)
                .thenAcceptAsync(
                        turn -> {
                            long now = bytes.addAndGet(PART);
                            most.accumulateAndGet(now, Math::max);
                            turn.sent();
                            threads.execute(() -> {
                                bytes.addAndGet(-PART);
                                turn.over();
                                answered.countDown();
                            });
                            if (left > 1) {
                                go(threads, bytes, most, answered, left - 1);
                            }
                        },
                        threads);
    }
}
