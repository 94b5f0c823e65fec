package io.saddlebag.rc.deliver;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.records.JournalledDelivery;
import io.saddlebag.rc.records.RcJournal;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Step {@code journalDelivery}: the delivery and its signed receipt are on the disk before the acknowledgement leaves. */
public final class JournalDelivery extends GroupStep {
    private static final Logger LOG = LoggerFactory.getLogger(JournalDelivery.class);

    private final RcJournal journal;
    private final SiteId site;

    public JournalDelivery(GroupRounds rounds, RcJournal journal, SiteId site) {
        super(rounds);
        this.journal = journal;
        this.site = site;
    }

    @Override
    void take(List<GroupRounds.Member> members) throws IOException {
        List<RcJournal.Recorded> recorded =
                journal.publish(members.stream().map(this::delivery).toList());
        Failpoint.RC_JOURNALLED.reached();
        for (int i = 0; i < recorded.size(); i++) {
            RcJournal.Recorded each = recorded.get(i);
            GroupRounds.Member member = members.get(i);
            if (each.failure() == null) {
                finish(member, each.faults());
            } else {
                member.fail(each.failure());
            }
        }
    }

    private JournalledDelivery delivery(GroupRounds.Member member) {
        Arrival arrival = member.arrival();
        Manifest.Recipient place = arrival.manifest.recipient(site);
        arrival.receipt = member.exchange().getMessage().getBody(byte[].class);
        return new JournalledDelivery(
                arrival.sender(),
                arrival.messageId(),
                arrival.queue(),
                arrival.manifestSha256,
                place.seq(),
                place.prev(),
                arrival.contentSha256,
                arrival.contentSize,
                arrival.receivedTimestamp,
                arrival.receipt);
    }

    private static void finish(GroupRounds.Member member, List<String> faults) {
        Arrival arrival = member.arrival();
        faults.forEach(fault -> LOG.warn("message_id={} {}", arrival.messageId(), fault));
        try {
            // Not before: killed in between, the centre says that it has all parts and does not get them again.
            arrival.discardWork();
        } catch (IOException e) {
            member.fail(e);
            return;
        }
        LOG.info(
                "message_id={} from={} delivered to the outbox, {} bytes",
                arrival.messageId(),
                arrival.sender(),
                arrival.contentSize);
    }
}
