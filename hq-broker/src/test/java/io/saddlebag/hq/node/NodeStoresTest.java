package io.saddlebag.hq.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.hq.queue.PendingDelivery;
import io.saddlebag.hq.queue.QueueIndex;
import io.saddlebag.hq.store.ConfirmedMessages;
import io.saddlebag.hq.store.Home;
import io.saddlebag.hq.store.MessageStore;
import io.saddlebag.hq.store.MessageStore.PublishOutcome;
import io.saddlebag.hq.store.MessageStore.PublishResult;
import io.saddlebag.hq.store.Outage;
import io.saddlebag.hq.store.QueuedDelivery;
import io.saddlebag.hq.store.Samples;
import io.saddlebag.hq.store.Settlement;
import io.saddlebag.hq.store.SoleUse;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.commit.CommitWriter;
import io.saddlebag.hq.store.rows.PostgresPayloadStore;
import io.saddlebag.hq.store.sql.DeadLetters;
import io.saddlebag.hq.store.sql.PostgresMessageStore;
import io.saddlebag.hq.testing.TestDatabase;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Priority;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes on one database, without their leases. */
class NodeStoresTest {
    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final String QUEUE = "ca_rc_queue";
    private static final AtomicLong MICROS = new AtomicLong(1_790_000_000_000_000L);

    private final List<Member> members = new ArrayList<>();
    private Member a;
    private Member b;

    /** A node's stores, writer and queues, without its threads. */
    private static final class Member implements AutoCloseable {
        final long id;
        final PostgresPayloadStore payloads = new PostgresPayloadStore(DATABASE.dataSource());
        final PostgresMessageStore messages;
        final CommitWriter writer;
        final QueueIndex index;
        final NodeReaper reaper;
        final List<QueuedDelivery> adopted = new ArrayList<>();
        /** The fate of the next commits: 1 is committed and its answer lost, 2 is not committed. */
        final AtomicInteger fate = new AtomicInteger();

        Member(long id, int slot) throws StoreException {
            this.id = id;
            Home home = new Home(id, new NodeNumbers(slot, MICROS::incrementAndGet));
            messages = new PostgresMessageStore(DATABASE.dataSource(), payloads, home);
            writer = new CommitWriter(
                    faulty(messages),
                    payloads,
                    1_000,
                    new CommitWriter.Parts(Clock.systemUTC(), SoleUse.ALWAYS, new Outage(), home));
            writer.open();
            index = new QueueIndex(
                    new ConfirmedMessages(messages, writer::confirmedUpTo)::queued, Runnable::run, 10_000);
            index.load(List.of(QUEUE));
            reaper = new NodeReaper(new PostgresNodes(DATABASE.dataSource()), id, SoleUse.ALWAYS, this::adopt);
        }

        private void adopt(Collection<QueuedDelivery> deliveries) {
            adopted.addAll(deliveries);
            index.requeued(deliveries);
        }

        private MessageStore faulty(MessageStore store) {
            return (MessageStore) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {MessageStore.class}, (proxy, method, arguments) -> {
                        boolean isFaulty = method.getName().equals("publish") && fate.get() != 0;
                        try {
                            Object result = isFaulty && fate.get() == 2 ? null : method.invoke(store, arguments);
                            if (isFaulty) {
                                throw new StoreException("the connection is lost", null, true);
                            }
                            return result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        CompletableFuture<PublishResult> publish(int number) throws InterruptedException {
            CompletableFuture<PublishResult> result =
                    Samples.publish(writer, Samples.publication(number, "CA-RC"), Samples.body(number));
            result.thenAccept(stored -> index.arrived(stored.deliveries()));
            writer.publishNext();
            return result;
        }

        boolean settle(PendingDelivery pending, Settlement.Outcome outcome) throws InterruptedException {
            CompletableFuture<Boolean> result = writer.settle(settlement(pending, outcome));
            writer.settleNext();
            return result.join();
        }

        List<QueuedDelivery> waiting() throws StoreException {
            return messages.queued(QUEUE, Priority.NORMAL, 0, 10_000);
        }

        @Override
        public void close() {
            payloads.close();
        }
    }

    @BeforeEach
    void join() throws StoreException {
        DATABASE.execute(
                "TRUNCATE message, delivery_held, delivery_ended, operator_change, payload_part, payload_number,"
                        + " upload, hq_node");
        a = member("a", 1);
        b = member("b", 2);
    }

    private Member member(String name, int slot) throws StoreException {
        DATABASE.execute("INSERT INTO hq_node (name, slot, address, version, started_time, beat_time) VALUES ('" + name
                + "', " + slot + ", 'x:1', '1', now(), now())");
        Member member = new Member(DATABASE.number("SELECT max(node_id) FROM hq_node"), slot);
        members.add(member);
        return member;
    }

    @AfterEach
    void leave() {
        members.forEach(Member::close);
    }

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    private static void end(Member member) throws StoreException {
        assertThat(new PostgresNodes(DATABASE.dataSource()).end(member.id, "x")).isTrue();
    }

    private static List<String> names(Collection<QueuedDelivery> deliveries) {
        return deliveries.stream().map(each -> each.messageId().value()).toList();
    }

    @Test
    void eachDispatchesWhatItTookInAndNumbersAscendPerNode() throws Exception {
        long first = a.publish(1).join().deliveries().get(0).messageNumber();
        long other = b.publish(2).join().deliveries().get(0).messageNumber();
        long second = a.publish(3).join().deliveries().get(0).messageNumber();

        assertThat(second).isGreaterThan(first);
        assertThat(List.of(first & 63, other & 63, second & 63)).containsExactly(1L, 2L, 1L);
        assertThat(names(a.waiting())).containsExactly("FL-LAB_DAT_20251008_001", "FL-LAB_DAT_20251008_003");
        assertThat(names(b.waiting())).containsExactly("FL-LAB_DAT_20251008_002");
    }

    @Test
    void groupsByCopyAreTheNodesOwnToo() throws Exception {
        for (int number = 1; number <= 60; number++) {
            Samples.publish(a.writer, Samples.publication(number, "CA-RC"), Samples.body(number));
        }
        a.writer.publishNext();

        assertThat(a.waiting()).hasSize(60);
        assertThat(b.waiting()).isEmpty();
        assertThat(DATABASE.number("SELECT count(*) FROM payload_part")).isEqualTo(60);
    }

    @Test
    void aRepeatAtAnotherNodeIsConfirmedAndNotStoredAgain() throws Exception {
        a.publish(1).join();

        assertThat(b.publish(1).join().outcome()).isEqualTo(PublishOutcome.REPEATED);
        assertThat(b.messages.find(Samples.FL_LAB, Samples.id(1))).isPresent();
        assertThat(DATABASE.number("SELECT count(*) FROM delivery_held")).isEqualTo(1);
        assertThat(DATABASE.number("SELECT count(*) FROM payload_part")).isEqualTo(1);
    }

    /** A message that is lone waits for one answer of the database, a group of larger ones goes by COPY. */
    @Test
    void payloadsThatGoAlongWithTheirMessagesAreThoseThatWerePublished() throws Exception {
        byte[] large = new byte[100_000];
        Arrays.fill(large, (byte) 7);
        MessageId id = Samples.id(2);
        List<PublishResult> stored = new ArrayList<>(List.of(a.publish(1).join()));
        CompletableFuture<PublishResult> other =
                Samples.publish(a.writer, Samples.publication(id, Samples.manifest(2), large, "CA-RC"), large);
        a.writer.publishNext();
        stored.add(other.join());

        try (PostgresPayloadStore reader = new PostgresPayloadStore(DATABASE.dataSource())) {
            for (PublishResult each : stored) {
                QueuedDelivery delivery = each.deliveries().get(0);
                byte[] body = delivery.messageId().equals(id) ? large : Samples.body(1);
                ByteBuffer read = ByteBuffer.allocate(body.length);
                reader.read(delivery.payload(), 0, read);
                assertThat(read.array()).isEqualTo(body);
                assertThat(reader.manifest(delivery.payload())).isEqualTo(Samples.manifest(body == large ? 2 : 1));
            }
        }
    }

    private static Settlement settlement(PendingDelivery pending, Settlement.Outcome outcome) {
        QueuedDelivery delivery = pending.delivery();
        return new Settlement(
                delivery.messageNumber(),
                delivery.queueName(),
                delivery.payload(),
                outcome,
                Samples.NOW,
                Samples.NOW,
                1,
                null,
                null,
                outcome == Settlement.Outcome.ACKNOWLEDGED ? null : "a reason",
                null,
                QueuedDelivery.Returns.NONE,
                null);
    }

    private static long transactions() throws StoreException {
        return DATABASE.number("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
    }

    @Test
    void anEndThatWasCommittedBeforeIsAnsweredAfterACommitThatTheStandbyHas() throws Exception {
        a.publish(1).join();
        a.publish(2).join();
        for (Settlement.Outcome outcome : List.of(Settlement.Outcome.ACKNOWLEDGED, Settlement.Outcome.EXPIRED)) {
            List<Settlement> ends = List.of(settlement(a.index.take(QUEUE), outcome));
            a.messages.settle(ends);
            long before = transactions();

            a.messages.settle(ends);

            assertThat(transactions()).as("%s", outcome).isGreaterThan(before);
        }
    }

    @Test
    void whatWaitsAtANodeThatEndedIsDispatchedByAnotherOnceAndInOrder() throws Exception {
        for (int number = 1; number <= 5; number++) {
            a.publish(number).join();
        }
        b.publish(6).join();
        end(a);

        b.reaper.look();
        b.reaper.look();

        List<String> order = new ArrayList<>();
        for (PendingDelivery next = b.index.take(QUEUE); next != null; next = b.index.take(QUEUE)) {
            order.add(next.delivery().messageId().value());
        }
        assertThat(order)
                .containsExactly(
                        "FL-LAB_DAT_20251008_001",
                        "FL-LAB_DAT_20251008_002",
                        "FL-LAB_DAT_20251008_003",
                        "FL-LAB_DAT_20251008_004",
                        "FL-LAB_DAT_20251008_005",
                        "FL-LAB_DAT_20251008_006");
        assertThat(b.index.load(QUEUE).messages()).isEqualTo(6);
    }

    @Test
    void aNodeThatEndedCommitsNoMessage() throws Exception {
        end(a);

        CompletableFuture<PublishResult> result = a.publish(1);

        assertThat(result).isNotDone();
        assertThat(DATABASE.number("SELECT count(*) FROM message")).isZero();
        assertThatThrownBy(() -> a.messages.lastMessageNumber())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("has ended");
    }

    @Test
    void anAnswerThatWasLostIsLookedUpBeforeThePublisherHears() throws Exception {
        a.fate.set(1);
        CompletableFuture<PublishResult> stored = a.publish(1);
        assertThat(stored).isNotDone();
        a.fate.set(0);
        a.writer.publishNext();

        assertThat(stored.join().outcome()).isEqualTo(PublishOutcome.STORED);
        assertThat(a.index.take(QUEUE)).isNotNull();
        assertThat(DATABASE.number("SELECT count(*) FROM delivery_held WHERE payload_missing_time IS NULL"))
                .isEqualTo(1);
    }

    @Test
    void whatTheLookupDoesNotFindFails() throws Exception {
        a.fate.set(2);
        CompletableFuture<PublishResult> lost = a.publish(1);
        assertThat(lost).isNotDone();
        a.fate.set(0);
        a.writer.publishNext();

        assertThatThrownBy(lost::join).isInstanceOf(CompletionException.class).hasMessageContaining("is lost");
        assertThat(a.publish(1).join().outcome()).isEqualTo(PublishOutcome.STORED);
    }

    @Test
    void anAcknowledgementAtTheFormerHomeCountsAndAReturnDoesNot() throws Exception {
        a.publish(1).join();
        a.publish(2).join();
        PendingDelivery first = a.index.take(QUEUE);
        PendingDelivery second = a.index.take(QUEUE);
        end(a);
        b.reaper.look();

        assertThat(a.settle(first, Settlement.Outcome.ACKNOWLEDGED)).isTrue();
        assertThat(a.settle(second, Settlement.Outcome.DEAD_LETTERED)).isFalse();
        assertThat(names(b.waiting())).containsExactly("FL-LAB_DAT_20251008_002");
        assertThat(b.settle(b.index.take(QUEUE), Settlement.Outcome.ACKNOWLEDGED))
                .isTrue();
        assertThat(b.settle(b.index.take(QUEUE), Settlement.Outcome.ACKNOWLEDGED))
                .isTrue();
        assertThat(DATABASE.number("SELECT count(*) FROM delivery_ended WHERE acknowledged_time IS NOT NULL"))
                .isEqualTo(2);
    }

    @Test
    void survivorsShareWhatIsLeft() throws Exception {
        Member c = member("c", 3);
        for (int number = 1; number <= 9_000; number++) {
            Samples.publish(a.writer, Samples.publication(number, "CA-RC"), Samples.body(number));
            if (number % 900 == 0) {
                a.writer.publishNext();
            }
        }
        end(a);
        b.reaper.look();
        assertThat(b.adopted).as("half of 9,000, in steps of 1,000").hasSize(5_000);
        Thread other = new Thread(() -> lookUntilNothingIsLeft(c));
        // Or one of them ends the other after a few looks.
        try (Connection held = DATABASE.dataSource().getConnection()) {
            assertThat(NodeRows.take(held, new Node(b.id, "b", 2))).isTrue();
            assertThat(NodeRows.take(held, new Node(c.id, "c", 3))).isTrue();
            other.start();
            lookUntilNothingIsLeft(b);
            other.join();
            NodeRows.execute(held, "SELECT pg_advisory_unlock_all()");
        }

        Set<String> all = new HashSet<>(names(b.adopted));
        all.addAll(names(c.adopted));
        assertThat(all).hasSize(9_000);
        assertThat(b.adopted.size() + c.adopted.size()).isEqualTo(9_000);
    }

    private static void lookUntilNothingIsLeft(Member member) {
        try {
            do {
                member.reaper.look();
            } while (DATABASE.number("SELECT count(*) FROM delivery_held WHERE node NOT IN (SELECT node_id FROM hq_node"
                            + " WHERE ended_time IS NULL)")
                    > 0);
        } catch (StoreException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void nodesWhoseLockNobodyHoldsAreEndedAfterTheOthersHadTimeToComeBack() throws Exception {
        a.publish(1).join();
        for (int look = 0; look < 4; look++) {
            b.reaper.look();
        }
        assertThat(b.adopted).isEmpty();

        b.reaper.look();

        assertThat(names(b.adopted)).containsExactly("FL-LAB_DAT_20251008_001");
        assertThat(DATABASE.number("SELECT count(*) FROM hq_node WHERE ended_time IS NULL"))
                .isEqualTo(1);
    }

    @Test
    void anAdoptionOfUnknownOutcomeIsLookedUp() throws Exception {
        a.publish(1).join();
        end(a);
        PostgresNodes nodes = new PostgresNodes(DATABASE.dataSource());
        List<QueuedDelivery> chosen = new ArrayList<>();
        assertThat(nodes.left()).containsExactlyEntriesOf(Map.of(a.id, 1L));
        nodes.adopt(a.id, b.id, 10, chosen);

        assertThat(names(nodes.adopted(b.id, chosen))).containsExactly("FL-LAB_DAT_20251008_001");
        assertThat(nodes.adopted(a.id, chosen)).isEmpty();
        assertThat(nodes.left()).isEmpty();
    }

    @Test
    void anEndedNodeAdoptsNothing() throws Exception {
        b.publish(1).join();
        end(a);
        end(b);

        assertThatThrownBy(() -> new PostgresNodes(DATABASE.dataSource()).adopt(b.id, a.id, 10, new ArrayList<>()))
                .isInstanceOf(StoreException.class);
        assertThat(b.waiting()).hasSize(1);
    }

    @Test
    void whatAnOperatorChangesIsTakenUpByItsHomeAndAfterItsEndByAnother() throws Exception {
        for (int number = 1; number <= 3; number++) {
            a.publish(number).join();
            assertThat(a.settle(a.index.take(QUEUE), Settlement.Outcome.DEAD_LETTERED))
                    .isTrue();
        }
        DeadLetters operator = new DeadLetters(DATABASE.dataSource(), "test");
        operator.requeue(choice(1));
        assertThat(b.messages.takeChanges().requeued()).isEmpty();
        assertThat(names(a.messages.takeChanges().requeued())).containsExactly("FL-LAB_DAT_20251008_001");

        end(a);
        operator.requeue(choice(2));
        operator.discard(choice(3), "not wanted");
        b.reaper.look();
        assertThat(names(b.adopted)).containsExactly("FL-LAB_DAT_20251008_001", "FL-LAB_DAT_20251008_002");
        MessageStore.Changes changes = b.messages.takeChanges();
        assertThat(changes.requeued()).isEmpty();
        assertThat(changes.discarded()).hasSize(1);
        assertThat(changes.freed()).hasSize(1);
        assertThat(DATABASE.number("SELECT count(*) FROM operator_change")).isZero();
    }

    private static DeadLetters.Choice choice(int number) {
        return new DeadLetters.Choice(null, List.of(Samples.id(number).value()));
    }
}
