package io.saddlebag.stomp.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.stomp.ConnectionLostException;
import io.saddlebag.stomp.StompCommand;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PendingRequestsTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final PendingRequests requests = new PendingRequests(Duration.ofSeconds(10), nanos::get);

    private void pass(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void anAnswerIsOverdueOnceItsTimeIsOver() {
        requests.add(StompCommand.ACK).written();
        pass(10);
        assertThat(requests.overdue()).isEmpty();

        nanos.incrementAndGet();

        assertThat(requests.overdue()).contains("expected an answer to ACK within 10 s, found none");
    }

    @Test
    void anAnsweredRequestIsNeverOverdue() {
        PendingRequests.Pending request = requests.add(StompCommand.ACK);
        request.written();

        assertThat(requests.take(request.id())).isSameAs(request.answer());
        assertThat(requests.take(request.id())).isNull();
        pass(100);
        assertThat(requests.overdue()).isEmpty();
    }

    /** As on a slow line: many parts wait behind each other. */
    @Test
    void aFrameThatWaitsToBeWrittenHasTimeWhileOthersAreWritten() {
        PendingRequests.Pending first = requests.add(StompCommand.SEND);
        requests.add(StompCommand.SEND);
        pass(9);
        first.written();
        requests.take(first.id());
        pass(9);
        assertThat(requests.overdue()).isEmpty();

        pass(2);

        assertThat(requests.overdue()).isPresent();
    }

    @Test
    void failsThemAllWithTheConnection() {
        PendingRequests.Pending one = requests.add(StompCommand.SEND);
        PendingRequests.Pending two = requests.add(StompCommand.ACK);

        requests.fail(new ConnectionLostException("as the test says"));

        assertThat(one.answer()).isCompletedExceptionally();
        assertThat(two.answer()).isCompletedExceptionally();
        pass(100);
        assertThat(requests.overdue()).isEmpty();
        assertThat(requests.take(null)).isNull();
    }
}
