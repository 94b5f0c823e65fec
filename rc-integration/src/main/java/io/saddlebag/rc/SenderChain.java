package io.saddlebag.rc;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a sender's messages to this centre fit together: each manifest counts them and names the one before, so that
 * nobody on the way can put one in another's place unseen. In whatever order they come; what has not come at all is for
 * {@link ReportMissing}.
 */
final class SenderChain {
    private final RcJournal journal;

    SenderChain(RcJournal journal) {
        this.journal = journal;
    }

    /** What is wrong in the chain around this manifest, a sentence each; it may be recorded itself or not yet. */
    List<String> faults(SiteId sender, MessageId messageId, Sha256 manifestSha256, Manifest.Recipient place)
            throws JournalException {
        List<String> faults = new ArrayList<>();
        Optional<RcJournal.Link> same = journal.link(sender, place.seq(), messageId);
        if (same.isPresent()) {
            faults.add("seq " + place.seq() + " of " + sender + " was "
                    + same.get().messageId() + " before; ask the sender whether its journal was lost");
        }
        Optional<RcJournal.Link> before = journal.link(sender, place.seq() - 1, messageId);
        if (before.isPresent() && !before.get().manifestSha256().equals(place.prev())) {
            faults.add("expected " + before.get().messageId() + " (manifest "
                    + before.get().manifestSha256() + ") before seq " + place.seq() + " of " + sender + ", found "
                    + place.prev() + "; ask the sender whether its journal was lost");
        }
        Optional<RcJournal.Link> after = journal.link(sender, place.seq() + 1, messageId);
        if (after.isPresent() && !manifestSha256.equals(after.get().prev())) {
            faults.add("expected seq " + place.seq() + " of " + sender + " to be manifest "
                    + after.get().prev() + ", as " + after.get().messageId() + " says, found " + manifestSha256);
        }
        return faults;
    }
}
