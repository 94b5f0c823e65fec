package io.saddlebag.lab.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutgoingWindowTest {
    private static final int WINDOW = 3;

    @TempDir
    Path folder;

    private final AtomicBoolean connected = new AtomicBoolean(true);
    private final List<Started> started = new CopyOnWriteArrayList<>();
    private LabJournal journal;
    private OutgoingWindow window;

    private record Started(OutgoingMessage message, Runnable done) {}

    @BeforeEach
    void open() {
        journal = LabJournal.open(folder.resolve("lab.db"));
        window = new OutgoingWindow(journal, connected::get, message -> 10, WINDOW, 1000, Duration.ofMillis(50));
        window.open((message, done) -> started.add(new Started(message, done)));
    }

    @AfterEach
    void close() {
        window.drain(Duration.ZERO);
        journal.close();
    }

    @Test
    void keepsNoMoreOnTheirWayThanTheWindowAllows() throws IOException {
        claim(1, 10);
        window.appeared(1);
        await().until(() -> started.size() == WINDOW);
        assertThat(window.underWay()).isEqualTo(WINDOW);

        settle(0);
        await().until(() -> started.size() == WINDOW + 1);
        assertThat(window.underWay()).isEqualTo(WINDOW);
    }

    @Test
    void keepsNoMoreBytesOnTheirWayThanAllowedButLetsALargeOneTravelAlone() throws IOException {
        window.drain(Duration.ZERO);
        window = new OutgoingWindow(journal, connected::get, message -> 600, WINDOW, 500, Duration.ofMillis(50));
        window.open((message, done) -> started.add(new Started(message, done)));
        claim(1, 3);
        window.appeared(1);
        await().until(() -> started.size() == 1);
        settle(0);
        await().until(() -> started.size() == 2);
        assertThat(window.underWay()).isEqualTo(1);
    }

    @Test
    void startsNothingWhileHeadquartersIsAway() throws IOException {
        connected.set(false);
        claim(1, 2);
        window.appeared(1);
        window.startOver();
        assertThat(started).isEmpty();

        connected.set(true);
        window.startOver();
        await().until(() -> started.size() == 2);
    }

    @Test
    void doesNotOfferWhatStayedBehindUntilItIsToldTo() throws IOException {
        claim(1, 1);
        window.appeared(1);
        await().until(() -> started.size() == 1);
        started.get(0).done().run();
        claim(2, 2);
        window.appeared(2);
        await().until(() -> started.size() == 2);
        assertThat(started.get(1).message().messageId()).isEqualTo(id(2));

        window.startOver();
        await().until(() -> started.size() == 3);
        assertThat(started.get(2).message().messageId()).isEqualTo(id(1));
    }

    @Test
    void doesNotOfferAgainWhatWasUnderWayBeforeItsAppearanceWasTold() throws IOException {
        claim(1, 1);
        window.appeared(1);
        await().until(() -> started.size() == 1);
        window.appeared(1);
        claim(2, 2);
        window.appeared(2);
        await().until(() -> started.size() == 2);

        started.get(0).done().run();
        claim(3, 3);
        window.appeared(3);
        await().until(() -> started.size() == 3);
        assertThat(started.get(2).message().messageId()).isEqualTo(id(3));
    }

    @Test
    void offersAgainWhatGaveUpAfterItWasToldTo() throws IOException {
        claim(1, 1);
        window.appeared(1);
        await().until(() -> started.size() == 1);
        window.startOver();
        claim(2, 2);
        window.appeared(2);
        await().until(() -> started.size() == 2);

        started.get(0).done().run();
        await().until(() -> started.size() == 3);
        assertThat(started.get(2).message().messageId()).isEqualTo(id(1));
    }

    @Test
    void offersAgainAfterTheRetryInterval() throws IOException {
        claim(1, 1);
        window.appeared(1);
        await().until(() -> started.size() == 1);
        started.get(0).done().run();
        window.retryLater();

        await().until(() -> started.size() == 2);
    }

    @Test
    void looksAgainAfterAFaultAndKeepsNoRoomForWhatDidNotStart() throws IOException {
        window.drain(Duration.ZERO);
        window = new OutgoingWindow(journal, connected::get, message -> 10, 1, 1000, Duration.ofMillis(50));
        AtomicBoolean broken = new AtomicBoolean(true);
        window.open((message, done) -> {
            if (broken.getAndSet(false)) {
                throw new IllegalStateException("not now");
            }
            started.add(new Started(message, done));
        });
        claim(1, 1);
        window.appeared(1);

        await().until(() -> started.size() == 1);
        assertThat(window.underWay()).isEqualTo(1);
    }

    @Test
    void waitsWhenItDrainsAndStartsNothingMore() throws IOException {
        claim(1, 5);
        window.appeared(1);
        await().until(() -> started.size() == WINDOW);
        Thread drain = new Thread(() -> window.drain(Duration.ofSeconds(20)));
        drain.start();
        await().until(() -> drain.getState() == Thread.State.TIMED_WAITING);
        started.forEach(each -> each.done().run());

        await().until(() -> !drain.isAlive());
        assertThat(started).hasSize(WINDOW);
    }

    private void settle(int index) {
        journal.sent(started.get(index).message(), null, Instant.now(), null).join();
        started.get(index).done().run();
    }

    private void claim(int from, int to) throws IOException {
        for (int i = from; i <= to; i++) {
            TestLab.claimed(journal, id(i), TestLab.claim("a.csv", SiteId.of("CA-RC")), id -> {});
        }
    }

    private static MessageId id(int number) {
        return MessageId.of("FL-LAB_DAT_20251008_%03d".formatted(number));
    }
}
