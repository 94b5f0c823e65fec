package io.saddlebag.rc.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.intake.DeliveryWindow;
import io.saddlebag.site.camel.AsyncStep;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupRoundsTest {
    private final GroupRounds rounds = new GroupRounds();
    private final List<String> taken = new CopyOnWriteArrayList<>();
    private final List<Exchange> done = new CopyOnWriteArrayList<>();
    private final CountDownLatch hold = new CountDownLatch(1);
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final AsyncStep first = step("first");
    private final AsyncStep second = step("second");

    /** Notes the size of each group; holds the first; fails the members whose body is "bad". */
    private AsyncStep step(String name) {
        return rounds.step(members -> {
            taken.add(name + " " + members.size());
            hold.await();
            for (GroupRounds.Member member : members) {
                Object body = member.exchange().getMessage().getBody();
                if ("bad".equals(body)) {
                    member.fail(new IOException("as the test says"));
                }
                if ("worse".equals(body)) {
                    throw new LinkageError("as the test says");
                }
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        hold.countDown();
        rounds.close();
        context.close();
    }

    @Test
    void takesTogetherWhatComesDuringARoundAndEachOnThroughTheStepsOfItsOwn() {
        rounds.start();
        List<Exchange> exchanges = new ArrayList<>();
        exchanges.add(begin("good"));
        Awaitility.await().until(() -> taken.size() == 1);
        for (int i = 0; i < 9; i++) {
            exchanges.add(begin("good"));
        }
        hold.countDown();

        Awaitility.await().until(() -> done.size() == 10);
        assertThat(taken).containsExactly("first 1", "second 1", "first 9", "second 9");
        assertThat(exchanges).noneMatch(Exchange::isFailed);
    }

    @Test
    void failsTheOneThatFailsAndNoOther() {
        rounds.start();
        begin("good");
        Awaitility.await().until(() -> taken.size() == 1);
        Exchange good = begin("good");
        Exchange bad = begin("bad");
        hold.countDown();

        Awaitility.await().until(() -> done.size() == 3);
        assertThat(taken).containsExactly("first 1", "second 1", "first 2", "second 1");
        assertThat(bad.getException()).isInstanceOf(IOException.class);
        assertThat(good.isFailed()).isFalse();
    }

    @Test
    void continuesAfterAnErrorOfAStep() {
        rounds.start();
        hold.countDown();
        Exchange worse = begin("worse");
        Awaitility.await().until(() -> done.size() == 1);
        begin("good");

        Awaitility.await().until(() -> done.size() == 2);
        assertThat(worse.getException()).hasRootCauseInstanceOf(LinkageError.class);
    }

    @Test
    void endsADeliveryThatAnErrorAborts() {
        rounds.start();
        hold.countDown();
        AtomicInteger overs = new AtomicInteger();
        Arrival arrival = new Arrival(
                StompFrame.of(StompCommand.MESSAGE).build(),
                null,
                null,
                new DeliveryWindow(1, 1),
                overs::incrementAndGet);
        Exchange aborted = new DefaultExchange(context);
        aborted.setProperty(Arrival.PROPERTY, arrival);
        first.process(aborted, doneSync -> {
            throw new StackOverflowError("as the test says");
        });

        Awaitility.await().until(() -> overs.get() == 1);
        assertThat(aborted.isRouteStop()).isTrue();
        begin("good");
        Awaitility.await().until(() -> done.size() == 1);
    }

    @Test
    void takesThroughWhatWaitsWhenClosedAndNothingMore() {
        rounds.start();
        begin("good");
        hold.countDown();
        rounds.close();
        begin("late");

        assertThat(done).hasSize(1);
    }

    private Exchange begin(String body) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setBody(body);
        first.process(exchange, doneSync -> {
            if (exchange.isFailed()) {
                done.add(exchange);
            } else {
                second.process(exchange, again -> done.add(exchange));
            }
        });
        return exchange;
    }
}
