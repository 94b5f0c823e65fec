package io.saddlebag.rc.deliver;

import io.saddlebag.message.SiteId;
import io.saddlebag.rc.intake.Arrival;
import io.saddlebag.rc.outbox.Outbox;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/** A step of a route that deliveries take together. It waits for its round without a thread. */
public abstract class GroupStep extends AsyncProcessorSupport {
    private final GroupRounds rounds;

    GroupStep(GroupRounds rounds) {
        this.rounds = rounds;
    }

    @Override
    public final boolean process(Exchange exchange, AsyncCallback callback) {
        rounds.join(this, new GroupRounds.Member(exchange, Arrival.of(exchange), callback));
        return false;
    }

    /**
     * Does the step's work for all of them; whom it fails for goes no further.
     *
     * @throws Exception fails it for all that have not failed
     */
    abstract void take(List<GroupRounds.Member> members) throws Exception;

    /** Brings the entries of the outboxes' folders to the disk, of each once; fails those whose folder's cannot be. */
    static void syncFolders(List<GroupRounds.Member> members) {
        record Folder(Outbox outbox, SiteId sender) {}
        Map<Folder, IOException> synced = new HashMap<>();
        for (GroupRounds.Member member : members) {
            if (member.isFailed()) {
                continue;
            }
            Arrival arrival = member.arrival();
            Folder folder = new Folder(arrival.outbox(), arrival.sender());
            if (!synced.containsKey(folder)) {
                synced.put(folder, sync(arrival));
            }
            if (synced.get(folder) != null) {
                member.fail(synced.get(folder));
            }
        }
    }

    /** What was wrong; null when it is on the disk. */
    private static IOException sync(Arrival arrival) {
        try {
            arrival.outbox().sync(arrival.sender());
            return null;
        } catch (IOException e) {
            return e;
        }
    }
}
