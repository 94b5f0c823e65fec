package io.saddlebag.hq.store;

import static io.saddlebag.hq.store.MessageStore.PublishOutcome.CONFLICTING;
import static io.saddlebag.hq.store.MessageStore.PublishOutcome.DOUBTFUL;
import static io.saddlebag.hq.store.MessageStore.PublishOutcome.REPEATED;
import static io.saddlebag.hq.store.MessageStore.PublishOutcome.STORED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.saddlebag.hq.store.MessageStore.Completed;
import io.saddlebag.hq.store.MessageStore.HeldDelivery;
import io.saddlebag.hq.store.MessageStore.PublishOutcome;
import io.saddlebag.hq.store.MessageStore.PublishResult;
import io.saddlebag.hq.store.MessageStore.StoredMessage;
import io.saddlebag.hq.store.MessageStore.StoredPublication;
import io.saddlebag.message.Priority;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The contract of every message store. */
public abstract class MessageStoreContract {
    /** An empty store. */
    public abstract MessageStore store();

    private static PayloadRef payload(long number) {
        return Samples.payload(number);
    }

    private static StoredPublication stored(long number, String... sites) {
        return new StoredPublication(number, Samples.publication((int) number, sites), payload(number));
    }

    /** Message 1 once more, as it arrives under a new number. */
    private static StoredPublication repeatOfOne(long number) {
        Publication publication = Samples.publication(1, "CA-RC");
        return new StoredPublication(
                number,
                publication,
                new PayloadRef(1, number * 1000, publication.manifest().length, publication.bodySize()));
    }

    private List<PublishOutcome> publish(StoredPublication... publications) throws StoreException {
        return store().publish(List.of(publications), publications[0].messageNumber() - 1);
    }

    private List<PayloadRef> settle(Settlement... settlements) throws StoreException {
        return store().settle(List.of(settlements)).freed();
    }

    @Test
    void isEmptyAtFirst() throws StoreException, IOException {
        assertThat(store().lastMessageNumber()).isZero();
        assertThat(store().syncedUpTo()).isZero();
        assertThat(store().queued("ca_rc_queue", Priority.NORMAL, 0, 10)).isEmpty();
        assertThat(waiting()).isEmpty();
        assertThat(store().find(Samples.FL_LAB, Samples.id(1))).isEmpty();
    }

    @Test
    void queuesADeliveryForEachReceiver() throws StoreException {
        assertThat(publish(stored(1, "CA-RC", "SF-RC"))).containsExactly(STORED);

        assertThat(store().queued("ca_rc_queue", Priority.NORMAL, 0, 10))
                .containsExactly(new QueuedDelivery(
                        1,
                        Samples.id(1),
                        Samples.FL_LAB,
                        Samples.NOW,
                        Samples.NOW,
                        null,
                        Priority.NORMAL,
                        0,
                        QueuedDelivery.Returns.NONE,
                        SiteId.of("CA-RC"),
                        "ca_rc_queue",
                        "ca_rc",
                        payload(1)));
        assertThat(store().queued("sf_rc_queue", Priority.NORMAL, 0, 10)).hasSize(1);
        assertThat(store().queued("ny_rc_queue", Priority.NORMAL, 0, 10)).isEmpty();
    }

    @Test
    void givesAQueuePageByPageInTheOrderOfCommit() throws StoreException {
        publish(LongStream.rangeClosed(1, 25)
                .mapToObj(number -> stored(number, "CA-RC"))
                .toArray(StoredPublication[]::new));

        assertThat(store().queued("ca_rc_queue", Priority.NORMAL, 0, 10))
                .extracting(QueuedDelivery::messageNumber)
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
        assertThat(store().queued("ca_rc_queue", Priority.NORMAL, 20, 10))
                .extracting(QueuedDelivery::messageNumber)
                .containsExactly(21L, 22L, 23L, 24L, 25L);
    }

    @Test
    void keepsTheExpiry() throws StoreException {
        Publication plain = Samples.publication(1, "CA-RC");
        Publication expiring = new Publication(
                plain.messageId(),
                plain.senderId(),
                plain.exchangeName(),
                plain.sentTimestamp(),
                plain.receivedTime(),
                Samples.NOW.plusSeconds(60),
                plain.manifest(),
                plain.manifestSha256(),
                plain.bodySha256(),
                plain.bodySize(),
                plain.deliveries());
        publish(new StoredPublication(1, expiring, payload(1)));

        assertThat(store().queued("ca_rc_queue", Priority.NORMAL, 0, 1).get(0).expires())
                .isEqualTo(Samples.NOW.plusSeconds(60));
    }

    @Test
    void tellsARepeatAndAConflictFromANewMessage() throws StoreException {
        publish(stored(1, "CA-RC"));
        StoredPublication conflict = new StoredPublication(
                3, Samples.publication(Samples.id(1), Samples.manifest(9), Samples.body(1), "CA-RC"), payload(3));

        assertThat(publish(repeatOfOne(2), conflict, stored(4, "CA-RC")))
                .containsExactly(REPEATED, CONFLICTING, STORED);

        assertThat(store().queued("ca_rc_queue", Priority.NORMAL, 0, 10))
                .extracting(QueuedDelivery::messageNumber)
                .containsExactly(1L, 4L);
        assertThat(store().lastMessageNumber()).isEqualTo(4);
    }

    @Test
    void tellsARepeatWithinOneCommit() throws StoreException {
        assertThat(publish(stored(1, "CA-RC"), repeatOfOne(2))).containsExactly(STORED, REPEATED);
        assertThat(store().queued("ca_rc_queue", Priority.NORMAL, 0, 10)).hasSize(1);
    }

    @Test
    void tellsARepeatOfWhatWasAcknowledged() throws StoreException {
        publish(stored(1, "CA-RC"));
        settle(Samples.acknowledged(1, "CA-RC"));

        assertThat(publish(repeatOfOne(2))).containsExactly(REPEATED);
        assertThat(store().queued("ca_rc_queue", Priority.NORMAL, 0, 10)).isEmpty();
    }

    @Test
    void freesThePayloadWithTheLastDelivery() throws StoreException {
        publish(stored(1, "CA-RC", "SF-RC"));

        assertThat(settle(Samples.acknowledged(1, "CA-RC"))).isEmpty();
        assertThat(store().queued("ca_rc_queue", Priority.NORMAL, 0, 10)).isEmpty();
        assertThat(store().find(Samples.FL_LAB, Samples.id(1)).orElseThrow().payload())
                .isEqualTo(payload(1));

        assertThat(settle(Samples.acknowledged(1, "SF-RC"))).containsExactly(payload(1));
        StoredMessage message = store().find(Samples.FL_LAB, Samples.id(1)).orElseThrow();
        assertThat(message.payload()).isNull();
        assertThat(message.messageNumber()).isEqualTo(1);
    }

    @Test
    void freesNothingThatSomebodyWaitsForWhenASettlementIsRepeated() throws StoreException {
        publish(stored(1, "CA-RC", "SF-RC"));

        assertThat(settle(Samples.acknowledged(1, "CA-RC"), Samples.acknowledged(1, "CA-RC")))
                .isEmpty();
        assertThat(settle(Samples.acknowledged(1, "CA-RC"))).isEmpty();
        assertThat(settle(Samples.acknowledged(1, "SF-RC"))).containsExactly(payload(1));
    }

    @Test
    void freesThePayloadsOfAGroupInWhichMessagesEnd() throws StoreException {
        publish(stored(1, "CA-RC", "SF-RC"));
        publish(stored(2, "CA-RC"));

        assertThat(settle(
                        Samples.acknowledged(1, "CA-RC"),
                        Samples.acknowledged(2, "CA-RC"),
                        Samples.acknowledged(1, "SF-RC")))
                .containsExactlyInAnyOrder(payload(1), payload(2));
    }

    @Test
    void keepsThePayloadOfADeadLetterWhenTheOtherIsAcknowledgedInTheSameGroup() throws StoreException {
        publish(stored(1, "CA-RC", "SF-RC"));

        assertThat(settle(
                        ended(1, Settlement.Outcome.DEAD_LETTERED, "bad-seal", null), Samples.acknowledged(1, "SF-RC")))
                .isEmpty();
    }

    @Test
    void saysAgainWhatIsFreeWhenASettlementIsRepeated() throws StoreException {
        publish(stored(1, "CA-RC"));
        settle(Samples.acknowledged(1, "CA-RC"));

        assertThat(settle(Samples.acknowledged(1, "CA-RC"), Samples.acknowledged(77, "CA-RC")))
                .containsExactly(payload(1));
    }

    @Test
    void storesALargeGroupAsItDoesASmallOne() throws StoreException {
        publish(stored(1, "CA-RC"));
        List<StoredPublication> large = new ArrayList<>();
        List<PublishOutcome> expected = new ArrayList<>();
        for (int number = 2; number <= 300; number++) {
            boolean repeat = number == 150;
            large.add(repeat ? repeatOfOne(number) : stored(number, "CA-RC", "SF-RC"));
            expected.add(repeat ? REPEATED : STORED);
        }

        assertThat(store().publish(large, 1)).isEqualTo(expected);
        List<StoredPublication> fresh = new ArrayList<>();
        for (int number = 301; number <= 500; number++) {
            fresh.add(stored(number, "CA-RC", "SF-RC"));
        }
        assertThat(store().publish(fresh, 300)).hasSize(200).containsOnly(STORED);

        assertThat(store().queued("sf_rc_queue", Priority.NORMAL, 0, 1000)).hasSize(298 + 200);
        QueuedDelivery last =
                store().queued("sf_rc_queue", Priority.NORMAL, 499, 10).get(0);
        QueuedDelivery small =
                PublishResult.of(stored(500, "SF-RC"), STORED).deliveries().get(0);
        assertThat(last).isEqualTo(small);
        assertThat(store().syncedUpTo()).isEqualTo(300);
    }

    private static Settlement ended(long number, Settlement.Outcome outcome, String reason, String error) {
        return new Settlement(
                number,
                "ca_rc_queue",
                payload(number),
                outcome,
                Samples.NOW,
                Samples.NOW,
                3,
                null,
                null,
                reason,
                error,
                QueuedDelivery.Returns.NONE,
                null);
    }

    @Test
    void aDeadLetterWaitsNoMoreAndKeepsItsPayload() throws StoreException, IOException {
        publish(stored(1, "CA-RC"));

        assertThat(settle(ended(1, Settlement.Outcome.DEAD_LETTERED, "bad-seal", "bad-seal")))
                .isEmpty();

        assertThat(store().queued("ca_rc_queue", Priority.NORMAL, 0, 10)).isEmpty();
        assertThat(waiting()).isEmpty();
        assertThat(dead()).containsExactly(new HeldDelivery(1, "ca_rc_queue", payload(1)));
        assertThat(store().find(Samples.FL_LAB, Samples.id(1)).orElseThrow().payload())
                .isEqualTo(payload(1));

        store().missing(List.of(1L), Samples.NOW);

        assertThat(dead()).isEmpty();
    }

    @Test
    void aDeadLetterOfAMessageThatWaitsElsewhereIsFoundWithThatOne() throws StoreException, IOException {
        publish(stored(1, "CA-RC", "SF-RC"));
        settle(ended(1, Settlement.Outcome.DEAD_LETTERED, "bad-seal", null));

        assertThat(dead()).isEmpty();
        assertThat(settle(Samples.acknowledged(1, "SF-RC"))).isEmpty();
        assertThat(dead()).hasSize(1);
    }

    @Test
    void remembersTheAttemptsOfWhatCameBackAndTheLastOfSeveralInOneCommit() throws StoreException, IOException {
        publish(stored(1, "CA-RC"), stored(2, "CA-RC"));

        settle(
                ended(1, Settlement.Outcome.RETURNED, null, "disk full"),
                ended(2, Settlement.Outcome.RETURNED, null, "disk full"),
                ended(2, Settlement.Outcome.DEAD_LETTERED, "too often", "disk broken"));

        assertThat(store().queued("ca_rc_queue", Priority.NORMAL, 0, 10))
                .singleElement()
                .satisfies(each -> assertThat(each.attempts()).isEqualTo(3));
        assertThat(dead()).hasSize(1);
    }

    @Test
    void givesAQueueByPriority() throws StoreException {
        Publication plain = Samples.publication(1, "CA-RC");
        Publication high = new Publication(
                plain.messageId(),
                plain.senderId(),
                plain.exchangeName(),
                plain.sentTimestamp(),
                plain.receivedTime(),
                null,
                plain.manifest(),
                plain.manifestSha256(),
                plain.bodySha256(),
                plain.bodySize(),
                List.of(new Publication.Target(SiteId.of("CA-RC"), "ca_rc_queue", "ca_rc", Priority.HIGH)));
        publish(new StoredPublication(1, high, payload(1)), stored(2, "CA-RC"));

        assertThat(store().queued("ca_rc_queue", Priority.HIGH, 0, 10))
                .singleElement()
                .satisfies(each -> assertThat(each.priority()).isEqualTo(Priority.HIGH));
        assertThat(store().queued("ca_rc_queue", Priority.NORMAL, 0, 10))
                .extracting(QueuedDelivery::messageNumber)
                .containsExactly(2L);
    }

    @Test
    void aDoubtfulMessageKeepsItsRowsAndIsNotDispatched() throws StoreException, IOException {
        StoredPublication doubtful = stored(1, "CA-RC", "SF-RC");
        publish(doubtful, stored(2, "CA-RC"));

        assertThat(store().doubt(List.of(doubtful, stored(99, "CA-RC")), Samples.NOW))
                .isEqualTo(1);

        assertThat(store().queued("ca_rc_queue", Priority.NORMAL, 0, 10))
                .extracting(QueuedDelivery::messageNumber)
                .containsExactly(2L);
        assertThat(waiting()).extracting(HeldDelivery::messageNumber).containsExactly(2L);
        assertThat(store().doubtful()).isEqualTo(Map.of(1L, Samples.NOW));
        StoredMessage message = store().find(Samples.FL_LAB, Samples.id(1)).orElseThrow();
        assertThat(message.messageNumber()).isEqualTo(1);
        assertThat(message.payloadIsMissing()).isTrue();
        assertThat(message.payload()).isNull();
    }

    @Test
    void neverTakesTheMessageOfAnotherForItsOwnByTheNumberAlone() throws StoreException {
        publish(stored(1, "CA-RC"));

        StoredPublication other = new StoredPublication(1, Samples.publication(7, "CA-RC"), payload(7));
        assertThat(store().doubt(List.of(other), Samples.NOW)).isZero();

        assertThat(store().queued("ca_rc_queue", Priority.NORMAL, 0, 10)).hasSize(1);
    }

    @Test
    void aRepeatCompletesADoubtfulMessageUnderItsOldNumber() throws StoreException, IOException {
        StoredPublication doubtful = stored(1, "CA-RC", "SF-RC");
        publish(doubtful);
        settle(Samples.acknowledged(1, "SF-RC"));
        store().doubt(List.of(doubtful), Samples.NOW);
        StoredPublication repeat = new StoredPublication(
                2,
                doubtful.publication(),
                new PayloadRef(7, 77, doubtful.publication().manifest().length, 101));

        assertThat(publish(repeat)).containsExactly(DOUBTFUL);
        List<Completed> completed = store().complete(List.of(repeat));

        assertThat(completed).singleElement().satisfies(each -> {
            assertThat(each.waits()).isTrue();
            assertThat(each.delivery().messageNumber()).isEqualTo(1);
            assertThat(each.delivery().queueName()).isEqualTo("ca_rc_queue");
            assertThat(each.delivery().payload()).isEqualTo(repeat.payload());
        });
        assertThat(store().complete(List.of(repeat))).as("tried again").isEqualTo(completed);
        assertThat(store().queued("ca_rc_queue", Priority.NORMAL, 0, 10))
                .containsExactly(completed.get(0).delivery());
        assertThat(store().doubtful()).isEmpty();
        assertThat(publish(new StoredPublication(3, doubtful.publication(), payload(3))))
                .containsExactly(REPEATED);
        assertThat(settle(Samples.acknowledged(1, "CA-RC"))).hasSize(1);
    }

    @Test
    void whatStaysDoubtfulBecomesADeadLetterAndARepeatRevivesIt() throws StoreException, IOException {
        StoredPublication doubtful = stored(1, "CA-RC", "SF-RC");
        publish(doubtful, stored(2, "CA-RC"));
        settle(ended(1, Settlement.Outcome.DEAD_LETTERED, "bad-seal", "bad-seal"));
        store().doubt(List.of(doubtful), Samples.NOW.plusSeconds(1));

        assertThat(store().giveUpDoubtful(List.of(1L, 2L), "never repeated", Samples.NOW.plusSeconds(2)))
                .extracting(QueuedDelivery::queueName)
                .containsExactly("sf_rc_queue");

        assertThat(store().doubtful()).isEmpty();
        assertThat(dead()).as("nothing to requeue").isEmpty();
        StoredPublication repeat = new StoredPublication(3, doubtful.publication(), payload(3));
        assertThat(publish(repeat)).containsExactly(DOUBTFUL);
        assertThat(store().complete(List.of(repeat)))
                .extracting(each -> each.delivery().queueName(), Completed::waits)
                .containsExactlyInAnyOrder(tuple("ca_rc_queue", false), tuple("sf_rc_queue", true));
    }

    @Test
    void losesWhatWasSynced() throws StoreException, IOException {
        publish(stored(1, "CA-RC", "SF-RC"), stored(2, "CA-RC"));
        settle(Samples.acknowledged(1, "SF-RC"));

        assertThat(store().lose(List.of(1L), "damaged", Samples.NOW))
                .extracting(QueuedDelivery::queueName)
                .containsExactly("ca_rc_queue");

        assertThat(store().queued("ca_rc_queue", Priority.NORMAL, 0, 10)).hasSize(1);
        assertThat(dead()).isEmpty();
        assertThat(store().doubtful()).isEmpty();
    }

    @Test
    void theFirstOfTwoEndsWins() throws StoreException, IOException {
        publish(stored(1, "CA-RC"), stored(2, "CA-RC"), stored(3, "CA-RC"), stored(4, "CA-RC"));
        Settlement expired = ended(1, Settlement.Outcome.EXPIRED, "over", null);
        Settlement late = ended(2, Settlement.Outcome.DEAD_LETTERED, "bad-seal", null);
        Settlement acknowledged = Samples.acknowledged(3, "CA-RC");

        MessageStore.Settled first = store().settle(List.of(
                expired,
                Samples.acknowledged(1, "CA-RC"),
                Samples.acknowledged(2, "CA-RC"),
                late,
                ended(3, Settlement.Outcome.RETURNED, null, "disk full"),
                acknowledged,
                ended(3, Settlement.Outcome.RETURNED, null, "disk full")));
        MessageStore.Settled second = store().settle(List.of(
                ended(3, Settlement.Outcome.EXPIRED, "over", null),
                Samples.acknowledged(3, "CA-RC"),
                Samples.acknowledged(4, "CA-RC")));

        assertThat(first.superseded())
                .extracting(Settlement::messageNumber, Settlement::outcome)
                .containsExactlyInAnyOrder(
                        tuple(1L, Settlement.Outcome.ACKNOWLEDGED), tuple(2L, Settlement.Outcome.DEAD_LETTERED));
        assertThat(first.freed()).containsExactlyInAnyOrder(payload(1), payload(2), payload(3));
        assertThat(second.superseded())
                .extracting(Settlement::messageNumber, Settlement::outcome)
                .contains(tuple(3L, Settlement.Outcome.EXPIRED))
                .doesNotContain(tuple(4L, Settlement.Outcome.ACKNOWLEDGED));
        assertThat(waiting()).isEmpty();
        assertThat(dead()).isEmpty();
    }

    @Test
    void namesWhatWaitsAndUpToWhichNumberTheSpoolIsSynced() throws StoreException, IOException {
        publish(stored(1, "CA-RC"), stored(2, "CA-RC", "SF-RC"));
        publish(stored(5, "NY-RC"), stored(6, "SF-RC"));
        settle(Samples.acknowledged(1, "CA-RC"), Samples.acknowledged(2, "CA-RC"));

        assertThat(store().syncedUpTo()).isEqualTo(4);
        assertThat(waiting())
                .containsExactlyInAnyOrder(
                        new HeldDelivery(2, "sf_rc_queue", payload(2)),
                        new HeldDelivery(5, "ny_rc_queue", payload(5)),
                        new HeldDelivery(6, "sf_rc_queue", payload(6)));
    }

    private List<HeldDelivery> waiting() throws StoreException, IOException {
        List<HeldDelivery> found = new ArrayList<>();
        store().waiting(found::add);
        return found;
    }

    private List<HeldDelivery> dead() throws StoreException, IOException {
        List<HeldDelivery> found = new ArrayList<>();
        store().dead(found::add);
        return found;
    }
}
