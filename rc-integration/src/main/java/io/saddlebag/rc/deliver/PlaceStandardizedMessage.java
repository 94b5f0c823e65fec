package io.saddlebag.rc.deliver;

import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.SiteId;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.outbox.Outbox;
import java.io.IOException;
import java.util.List;

/**
 * Step {@code placeStandardizedMessage}: the JSON gets its name, so that its presence means that all is there; then the
 * marker, if this outbox has them. Names are on the disk when the step is over.
 */
public final class PlaceStandardizedMessage extends GroupStep {
    public PlaceStandardizedMessage(GroupRounds rounds) {
        super(rounds);
    }

    @FunctionalInterface
    private interface Naming {
        void name(Outbox outbox, SiteId sender, MessageId messageId) throws IOException;
    }

    @Override
    void take(List<GroupRounds.Member> members) {
        name(members, Outbox::nameFacts);
        syncFolders(members);
        Failpoint.RC_FACTS_PLACED.reached();
        List<GroupRounds.Member> marked = members.stream()
                .filter(member -> member.arrival().outbox().extras().readyMarker())
                .toList();
        name(marked, Outbox::nameReady);
        syncFolders(marked);
    }

    private static void name(List<GroupRounds.Member> members, Naming naming) {
        for (GroupRounds.Member member : members) {
            if (!member.isFailed()) {
                try {
                    Arrival arrival = member.arrival();
                    naming.name(arrival.outbox(), arrival.sender(), arrival.messageId());
                } catch (IOException | Refusal e) {
                    member.fail(e);
                }
            }
        }
    }
}
