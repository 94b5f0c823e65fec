package io.saddlebag.hq.session;

import static io.saddlebag.hq.testing.StepFixture.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.deliver.Dispatcher;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.routing.Topology.SiteLimits;
import io.saddlebag.hq.testing.NotingConnection;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.StompFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionTest {
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final SilentConnection connection = new SilentConnection();
    private final Session session = new Session(
            SiteId.of("FL-LAB"),
            connection,
            new Session.Limits(100, 4, 2, 1),
            new Dispatcher(new QueueIndex((queue, priority, after, limit) -> List.of(), Runnable::run, 10)),
            threads::add);

    @Test
    void stopsReadingAboveItsBytesAndGoesOnWhenHalfOfThemAreAnswered() {
        session.admit(60);
        assertThat(connection.reading).isTrue();
        session.admit(60);
        assertThat(connection.reading).isFalse();
        session.release(60);
        assertThat(connection.reading).isFalse();
        session.release(60);
        assertThat(connection.reading).isTrue();
    }

    @Test
    void stopsReadingAboveItsFrames() {
        for (int i = 0; i < 5; i++) {
            session.admit(0);
        }
        assertThat(connection.reading).isFalse();
        session.release(0);
        session.release(0);
        session.release(0);
        assertThat(connection.reading).isTrue();
    }

    private final AtomicLong nanos = new AtomicLong(-5);
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stop() {
        later.shutdownNow();
    }

    private Session sharing(SiteQuota quota, SilentConnection over) {
        Session sharing = new Session(
                SiteId.of("FL-LAB"),
                over,
                new Session.Limits(100, 4, 2, 1),
                new Dispatcher(new QueueIndex((queue, priority, after, limit) -> List.of(), Runnable::run, 10)),
                threads::add,
                quota);
        quota.join(sharing);
        return sharing;
    }

    @Test
    void noConnectionOfASiteIsReadWhileTogetherTheyHaveTooMuchUnderWay() {
        SiteQuota quota = new SiteQuota(new SiteLimits(0, 0, 100), later, nanos::get, InFlightBudget.UNLIMITED);
        SilentConnection other = new SilentConnection();
        SilentConnection third = new SilentConnection();
        Session one = sharing(quota, connection);
        Session two = sharing(quota, other);
        one.admit(60);
        two.admit(60);
        sharing(quota, third);
        assertThat(List.of(connection.reading, other.reading, third.reading)).containsOnly(false);
        one.release(60);
        assertThat(connection.reading).isFalse();
        two.release(60);
        assertThat(List.of(connection.reading, other.reading, third.reading)).containsOnly(true);
    }

    /** A site that does not read its answers keeps its own share, and takes none of another's. */
    @Test
    void aSiteAboveItsShareIsNotReadWhileAllHaveTooMuchTogether() {
        InFlightBudget budget = new InFlightBudget(100);
        SiteQuota greedy = new SiteQuota(SiteLimits.NONE, later, nanos::get, budget);
        SiteQuota modest = new SiteQuota(SiteLimits.NONE, later, nanos::get, budget);
        SilentConnection others = new SilentConnection();
        Session one = sharing(greedy, connection);
        Session two = sharing(modest, others);
        one.admit(90);
        assertThat(connection.reading).isTrue();
        two.admit(30);
        assertThat(others.reading).isTrue();
        one.admit(1);
        assertThat(connection.reading).isFalse();
        two.admit(20);
        assertThat(others.reading).isTrue();
        two.admit(1);
        assertThat(others.reading).isFalse();

        two.release(26);
        assertThat(others.reading).isTrue();
        assertThat(connection.reading).isFalse();
        one.release(66);
        assertThat(connection.reading).isTrue();
    }

    @Test
    void theShareOfASiteThatLeavesGoesToTheOthers() {
        InFlightBudget budget = new InFlightBudget(100);
        SiteQuota leaving = new SiteQuota(SiteLimits.NONE, later, nanos::get, budget);
        Session gone = sharing(leaving, new SilentConnection());
        Session one = sharing(new SiteQuota(SiteLimits.NONE, later, nanos::get, budget), connection);
        leaving.leave(gone);
        leaving.leave(gone);

        one.admit(100);
        assertThat(connection.reading).isTrue();
        one.admit(1);
        assertThat(connection.reading).isFalse();
    }

    @Test
    void twoReasonsNotToReadBothHaveToEnd() {
        SiteQuota quota = new SiteQuota(new SiteLimits(0, 0, 100), later, nanos::get, InFlightBudget.UNLIMITED);
        Session one = sharing(quota, connection);
        one.admit(120);
        quota.limits(SiteLimits.NONE);
        assertThat(connection.reading).isFalse();
        one.release(120);
        assertThat(connection.reading).isTrue();
    }

    @Test
    void aSiteThatPublishesTooFastIsNotReadUntilItHasKeptToItsRate() {
        SiteQuota quota = new SiteQuota(new SiteLimits(10, 0, 0), later, nanos::get, InFlightBudget.UNLIMITED);
        Session one = sharing(quota, connection);
        for (int i = 0; i < 10; i++) {
            one.published();
        }
        assertThat(connection.reading).isTrue();
        one.published();
        assertThat(connection.reading).isFalse();
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
        Awaitility.await().untilAsserted(() -> assertThat(connection.reading).isTrue());
        one.published();
        assertThat(connection.reading).isFalse();
    }

    @Test
    void runsItsTasksInOrderOneAtATimeThoughOneFails() {
        List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            int number = i;
            session.inOrder().execute(() -> {
                ran.add(number);
                if (number == 3) {
                    throw new IllegalStateException("this one fails");
                }
            });
        }
        assertThat(threads).hasSize(1);
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
        assertThat(ran).hasSize(40).isSorted();
    }

    @Test
    void endsWhatItFollowsOnceWithTheConnectionAtTheLatest() {
        List<String> ended = new ArrayList<>();
        session.follow("a", () -> ended.add("a"));
        session.follow("b", () -> ended.add("b"));
        assertThat(session.unsubscribe("a")).isTrue();
        assertThat(session.unsubscribe("a")).isFalse();
        session.close();
        session.close();
        assertThat(ended).containsExactly("a", "b");
        session.follow("c", () -> ended.add("c"));
        session.onClose(() -> ended.add("d"));
        assertThat(ended).containsExactly("a", "b", "c", "d");
    }

    @Test
    void refusesAnIdThatIsTakenAndMoreSubscriptionsThanItsLimit() {
        session.follow("a", () -> {});
        assertRefused(Code.MALFORMED, () -> session.follow("a", () -> {}));
        session.follow("b", () -> {});
        assertRefused(Code.TOO_LARGE, () -> session.follow("c", () -> {}));
    }

    private static final class SilentConnection extends NotingConnection {
        @Override
        public void send(StompFrame frame) {
            throw new IllegalStateException("Expected a session that sends nothing by itself, found " + frame);
        }
    }
}
