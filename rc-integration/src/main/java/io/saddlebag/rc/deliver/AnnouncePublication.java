package io.saddlebag.rc.deliver;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.files.Presence;
import io.saddlebag.files.StoreAwayException;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.records.JournalException;
import io.saddlebag.rc.records.Publication;
import io.saddlebag.rc.records.RcJournal;
import java.util.List;

/**
 * Step {@code announcePublication}: all that was put into the outbox is on the disk, and the journal knows, before anybody
 * can see the message, that it is about to stand there. People may take it away the moment that it does; after a crash
 * right then it is not written again.
 */
public final class AnnouncePublication extends GroupStep {
    private final RcJournal journal;
    private final Presence journalDisk;

    public AnnouncePublication(GroupRounds rounds, RcJournal journal, Presence journalDisk) {
        super(rounds);
        this.journal = journal;
        this.journalDisk = journalDisk;
    }

    @Override
    void take(List<GroupRounds.Member> members) throws StoreAwayException {
        journalDisk.require();
        syncFolders(members);
        List<GroupRounds.Member> whole =
                members.stream().filter(member -> !member.isFailed()).toList();
        List<JournalException> failures = journal.announce(
                whole.stream().map(member -> publication(member.arrival())).toList());
        for (int i = 0; i < failures.size(); i++) {
            if (failures.get(i) != null) {
                whole.get(i).fail(failures.get(i));
            }
        }
        Failpoint.RC_ANNOUNCED.reached();
    }

    private static Publication publication(Arrival arrival) {
        return new Publication(
                arrival.sender(),
                arrival.messageId(),
                arrival.manifestSha256,
                arrival.contentSha256,
                arrival.contentSize,
                arrival.payloadName,
                arrival.receivedTimestamp);
    }
}
