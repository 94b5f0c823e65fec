package io.saddlebag.lab.records;

import io.saddlebag.lab.records.ReceivedRecords.Receipted;
import io.saddlebag.message.Message.Ended;
import io.saddlebag.message.SiteId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The journal's part of a frame of outcomes, written in one transaction. For one thread. */
public final class ReceiptedBatch {
    final Map<SiteId, Receipted> receipts = new HashMap<>();
    final List<Ended> ended = new ArrayList<>();
    final List<Long> complete = new ArrayList<>();

    /**
     * A receipt of that message holds.
     *
     * @param seq the message's place in the recipient's sequence
     * @param highest the highest place that the recipient has
     * @param completeSeq up to which it misses nothing
     */
    public void receipt(SiteId recipient, long seq, long highest, long completeSeq) {
        Receipted before = receipts.computeIfAbsent(recipient, each -> new Receipted(new TreeSet<>(), 0, 0));
        before.seqs().add(seq);
        receipts.put(
                recipient,
                new Receipted(
                        before.seqs(), Math.max(before.highest(), highest), Math.max(before.complete(), completeSeq)));
    }

    /** Headquarters says that the message does not come to that recipient any more. */
    public void ended(Ended message) {
        ended.add(message);
    }

    /** The message of that number has all its receipts; its file is on the disk. */
    public void complete(long number) {
        complete.add(number);
    }

    /** True when some message has all its receipts. */
    public boolean hasComplete() {
        return !complete.isEmpty();
    }
}
