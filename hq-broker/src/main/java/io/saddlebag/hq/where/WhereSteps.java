package io.saddlebag.hq.where;

import io.saddlebag.hq.receipts.OwnSubscriptions;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.session.Session;
import io.saddlebag.message.Json;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.where.HeldDelivery;
import io.saddlebag.where.IdPattern;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.apache.camel.Exchange;

/**
 * The steps that tell a site where its own messages are. A sender hears of every delivery of its messages, a receiver of
 * the deliveries to itself alone. {@link #followWhere} does not block, {@link #askWhere} reads the store. Safe for any
 * number of threads.
 */
public final class WhereSteps {
    /** The most messages that one beginning finds of the site's own. */
    private static final int MOST_FOUND = 100;
    /** The most messages of another sender that are looked at for the site's own deliveries. */
    private static final int MOST_LOOKED_AT = 1000;

    private static final int MOST_DELIVERIES = 512;
    /** As JSON at most; a frame stays well below a part's. */
    private static final int MOST_IN_A_FRAME = 256 * 1024;

    private static final int MOST_BYTES = 2 << 20;
    private static final int SMALL = 600;

    private final DataSource database;
    /** One question at a time: publications need the threads and the connections to the database. */
    private final Semaphore turn = new Semaphore(1);

    private final LongSupplier confirmedUpTo;
    private final OwnSubscriptions<Frames> subscriptions =
            new OwnSubscriptions<>(Headers.WHERE_PREFIX, (id, session) -> new Frames(id, session), ended -> {});

    /** @param confirmedUpTo the message_number up to which commits are certain; a site hears of no other message */
    public WhereSteps(DataSource database, LongSupplier confirmedUpTo) {
        this.database = database;
        this.confirmedUpTo = confirmedUpTo;
    }

    /** The answers to the connection's questions come on this subscription. */
    public void followWhere(Exchange exchange) {
        subscriptions.begin(exchange);
    }

    /** Answers with the site's own deliveries of the messages that the frame names. */
    public void askWhere(Exchange exchange) throws SQLException {
        Session session = HqProperties.session(exchange);
        List<IdPattern> asked = question(exchange);
        Frames frames = subscriptions.answering(session);
        if (!turn.tryAcquire()) {
            throw new Refusal(
                    Code.QUEUE_FULL,
                    "Expected no other question on where messages are, found one that is being answered. Ask again"
                            + " after a pause");
        }
        try {
            answer(session.site(), asked, frames);
        } finally {
            turn.release();
        }
    }

    private void answer(SiteId site, List<IdPattern> asked, Frames frames) throws SQLException {
        List<HeldDelivery> answer = new ArrayList<>();
        boolean more = false;
        long confirmed = confirmedUpTo.getAsLong();
        try (Connection connection = database.getConnection()) {
            WhereStore store = new WhereStore(connection, false);
            for (IdPattern each : asked) {
                if (answer.size() >= MOST_DELIVERIES) {
                    more = true;
                    break;
                }
                boolean isOwn = each.sender().equals(site);
                List<WhereStore.Held> found =
                        store.find(each, isOwn ? null : site, confirmed, isOwn ? MOST_FOUND + 1 : MOST_LOOKED_AT);
                // The number of another's messages is not told.
                boolean isCut = isOwn && found.size() > MOST_FOUND;
                more |= isCut;
                found.stream()
                        .skip(isCut ? 1 : 0)
                        .flatMap(held -> held.deliveries().stream())
                        .map(delivery -> isOwn ? delivery.withoutQueue() : delivery)
                        .forEach(answer::add);
            }
        }
        more |= keepLast(answer);
        frames.send(answer, more);
    }

    /** Takes away what does not fit into one answer; true when that is some. */
    private static boolean keepLast(List<HeldDelivery> answer) {
        long bytes = 0;
        int from = answer.size();
        while (from > 0 && answer.size() - from < MOST_DELIVERIES) {
            bytes += size(answer.get(from - 1));
            if (bytes > MOST_BYTES) {
                break;
            }
            from--;
        }
        answer.subList(0, from).clear();
        return from > 0;
    }

    /** As JSON, at most. */
    private static int size(HeldDelivery delivery) {
        int receipt = delivery.receipt() == null ? 0 : delivery.receipt().length * 3 / 2;
        return SMALL + receipt + length(delivery.reason()) + length(delivery.lastError());
    }

    /** Escaped. */
    private static int length(String text) {
        return text == null ? 0 : text.length() * 6;
    }

    private static List<IdPattern> question(Exchange exchange) {
        List<IdPattern> asked = new ArrayList<>();
        try {
            for (String each : Json.read(HqProperties.frame(exchange).body(), String[].class)) {
                asked.add(IdPattern.of(String.valueOf(each)));
            }
        } catch (IllegalArgumentException e) {
            throw new Refusal(
                    Code.MALFORMED,
                    e.getMessage() + ". Send a JSON array of message_ids, or with one beginning and a star",
                    e);
        }
        boolean isTooMany = asked.isEmpty()
                || asked.size() > OwnSubscriptions.MOST
                || asked.size() > 1 && asked.stream().anyMatch(IdPattern::isBeginning);
        if (isTooMany) {
            throw new Refusal(
                    Code.TOO_LARGE,
                    "Expected 1 to " + OwnSubscriptions.MOST + " message_ids or one beginning in one question, found "
                            + asked.size() + ". Ask in several");
        }
        return asked;
    }

    /** The MESSAGE frames of one subscription. */
    private static final class Frames {
        private final String subscription;
        private final Session session;
        private final AtomicLong lastNumber = new AtomicLong();

        Frames(String subscription, Session session) {
            this.subscription = subscription;
            this.session = session;
        }

        void send(List<HeldDelivery> answer, boolean more) {
            List<HeldDelivery> together = new ArrayList<>();
            int bytes = 0;
            for (HeldDelivery each : answer) {
                int size = size(each);
                if (!together.isEmpty() && bytes + size > MOST_IN_A_FRAME) {
                    sendFrame(together, more);
                    together.clear();
                    bytes = 0;
                }
                together.add(each);
                bytes += size;
            }
            if (!together.isEmpty()) {
                sendFrame(together, more);
            }
        }

        private void sendFrame(List<HeldDelivery> together, boolean more) {
            byte[] body = Json.write(together);
            session.connection()
                    .send(StompFrame.of(StompCommand.MESSAGE)
                            .header(Headers.SUBSCRIPTION, subscription)
                            .header(
                                    Headers.MESSAGE_ID_OF_STOMP,
                                    "where/" + session.site() + "/" + lastNumber.incrementAndGet())
                            .header(Headers.DESTINATION, Headers.WHERE_PREFIX + session.site())
                            .header(Headers.MORE, more ? "true" : null)
                            .header(Headers.CONTENT_TYPE, "application/json")
                            .header(Headers.CONTENT_LENGTH, body.length)
                            .body(body)
                            .build());
        }
    }
}
