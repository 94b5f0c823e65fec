package io.saddlebag.rc.deliver;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.log.LimitedLines;
import io.saddlebag.message.DeliveryReceipt;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.TreeHead.LogHead;
import io.saddlebag.rc.deliver.GroupRounds.Member;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.records.JournalledDelivery;
import io.saddlebag.rc.records.Placement;
import io.saddlebag.rc.records.RcJournal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import java.io.IOException;
import java.net.ProtocolException;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of the route {@code rc-acknowledge}: a message in the outbox is acknowledged with a signed receipt, which is
 * journalled before it leaves. For any number of threads.
 */
public final class SettleSteps {
    private static final Logger LOG = LoggerFactory.getLogger(SettleSteps.class);

    private final RcJournal journal;
    private final SiteId site;
    private final Supplier<LogHead> logHead;
    private final Clock clock;
    private final LimitedLines lines = new LimitedLines();

    /** @param logHead gives the last head of the proof log that this centre has verified; null when there is none */
    public SettleSteps(RcJournal journal, SiteId site, Supplier<LogHead> logHead, Clock clock) {
        this.journal = journal;
        this.site = site;
        this.logHead = logHead;
        this.clock = clock;
    }

    /**
     * Headquarters refuses the delivery receipt of a message in the outbox. It has no cause: the routes would take that for
     * a refusal of the message.
     */
    static final class ReceiptRefusedException extends ProtocolException {
        private static final long serialVersionUID = 1L;

        ReceiptRefusedException(Refusal refusal) {
            super("it stands in the outbox, but its receipt was refused, "
                    + refusal.code().text() + ": " + Printable.reason(refusal.reason()));
        }
    }

    /** Step {@code composeReceipt}: the receipt's bytes to sign, as the body. */
    public void composeReceipt(Exchange exchange) {
        Arrival arrival = Arrival.of(exchange);
        Placement place = arrival.placement();
        RcJournal.Received received = journal.received(arrival.sender())
                .and(arrival.manifest().recipient(site).seq());
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, DeliveryReceipt.TYPE);
        exchange.getMessage()
                .setBody(Json.write(DeliveryReceipt.received(
                                arrival.manifest().networkId(),
                                arrival.messageId(),
                                arrival.sender(),
                                site,
                                place.manifestSha256(),
                                place.contentHmac(),
                                place.receivedTime(),
                                received.highest(),
                                received.complete())
                        .having(logHead.get())));
    }

    /**
     * Step {@code journalDelivery}, which deliveries take together: the delivery and its signed receipt are on the disk
     * before the acknowledgement leaves.
     */
    public void journalDelivery(List<Member> members) {
        List<CompletableFuture<List<String>>> recorded =
                journal.publish(members.stream().map(this::signed).toList());
        Failpoint.RC_JOURNALLED.reached();
        for (int i = 0; i < recorded.size(); i++) {
            Member member = members.get(i);
            recorded.get(i).whenComplete((faults, failure) -> {
                if (failure == null) {
                    finish(member, faults);
                } else {
                    member.fail(failure);
                }
            });
        }
    }

    private JournalledDelivery signed(Member member) {
        Arrival arrival = member.arrival();
        arrival.signed(member.exchange().getMessage().getBody(byte[].class));
        Placement place = arrival.placement();
        Manifest.Recipient recipient = arrival.manifest().recipient(site);
        return new JournalledDelivery(
                arrival.sender(),
                arrival.messageId(),
                arrival.queue(),
                place.manifestSha256(),
                recipient.seq(),
                recipient.prev(),
                place.contentSha256(),
                place.contentSize(),
                place.contentHmac(),
                place.receivedTime(),
                arrival.receipt(),
                arrival.message() == null
                        ? place.payloadName()
                        : arrival.message().fileName(),
                arrival.message() == null ? List.of() : arrival.message().endedFor(site));
    }

    private static void finish(Member member, List<String> faults) {
        Arrival arrival = member.arrival();
        faults.forEach(fault -> LOG.warn("message_id={} {}", arrival.messageId(), fault));
        try {
            // Not earlier: a centre that is killed in between reports all parts as kept and gets none again.
            arrival.discardWork();
        } catch (IOException e) {
            member.fail(e);
            return;
        }
        LOG.info(
                "message_id={} from={} delivered to the outbox, {} bytes",
                arrival.messageId(),
                arrival.sender(),
                arrival.placement().contentSize());
    }

    /**
     * Step {@code acknowledgeDelivery}: sends the signed receipt to headquarters and waits for the answer without a thread.
     * Without an answer the message is delivered again and acknowledged again. A refused receipt fails the step, so that the
     * delivery is given back: otherwise it would stay in flight as long as the connection and block others.
     */
    public boolean acknowledgeDelivery(Exchange exchange, AsyncCallback callback) {
        Arrival arrival = Arrival.of(exchange);
        StompFrame ack = StompFrame.of(StompCommand.ACK)
                .header(Headers.ID, arrival.token())
                .header(Headers.DELIVERY_RECEIPT, Base64.getEncoder().encodeToString(arrival.receipt()))
                .build();
        // The exchange waits for the answer, and its body needs no room in memory.
        exchange.getMessage().setBody(null);
        arrival.settle(ack).whenComplete((receipt, failure) -> {
            if (failure == null) {
                Failpoint.RC_ACKNOWLEDGED.reached();
                journal.acknowledge(arrival.sender(), arrival.messageId(), clock.instant());
                if (arrival.isEarlier()) {
                    journal.verdicts().again(arrival.sender(), arrival.messageId());
                }
                LOG.info("message_id={} from={} acknowledged", arrival.messageId(), arrival.sender());
            } else if (failure instanceof Refusal refusal && refusal.code() != Refusal.Code.NOT_PERMITTED) {
                exchange.setException(new ReceiptRefusedException(refusal));
            } else {
                // Not permitted: headquarters does not have it in flight here, so there is nothing to give back.
                lines.line("not acknowledged")
                        .ifPresent(more -> LOG.warn(
                                "message_id={} from={} not acknowledged yet: {}{}",
                                arrival.messageId(),
                                arrival.sender(),
                                Printable.reason(failure.getMessage()),
                                more));
            }
            callback.done(false);
        });
        Failpoint.RC_ACKNOWLEDGEMENT_SENT.reached();
        return false;
    }
}
