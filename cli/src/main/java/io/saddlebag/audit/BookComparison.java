package io.saddlebag.audit;

import io.saddlebag.audit.AuditReport.Finding;
import io.saddlebag.audit.Ledger.Entry;
import io.saddlebag.audit.Ledger.Entry.Book;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Holds what the books of several sites say of one message for one recipient against each other. Where a site was not
 * audited, nothing is asked of it. For one thread.
 */
final class BookComparison {
    private final Set<SiteId> audited;
    private final SiteId headquarters;
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private final List<Finding> findings = new ArrayList<>();

    /**
     * @param audited every site whose books are at hand
     * @param headquarters null when it is not among them
     */
    BookComparison(Set<SiteId> audited, SiteId headquarters) {
        this.audited = Set.copyOf(audited);
        this.headquarters = headquarters;
        for (String state :
                List.of("delivered", "queued", "dead-lettered", "discarded", "expired", "on its way", "failed")) {
            counts.put(state, 0L);
        }
    }

    void judge(Map<Book, Entry> books) {
        Entry lab = books.get(Book.LAB);
        Entry hq = books.get(Book.HQ);
        Entry centre = books.get(Book.CENTRE);
        counts.merge(state(lab, hq, centre), 1L, Long::sum);
        compare(lab, hq);
        compare(lab, centre);
        compare(hq, centre);
        Entry any = lab != null ? lab : hq != null ? hq : centre;
        requireLab(any, lab, hq);
        requireHeadquarters(any, lab, hq, centre);
        if (hq != null) {
            requireCentre(hq, centre);
        }
    }

    private static String state(Entry lab, Entry hq, Entry centre) {
        if (isDelivered(centre) || is(hq, "acknowledged")) {
            return "delivered";
        }
        if (hq != null) {
            return hq.state();
        }
        if (is(lab, "failed")) {
            return "failed";
        }
        if (is(centre, "refused")) {
            return "dead-lettered";
        }
        return is(lab, "sent") ? "confirmed by headquarters" : "on its way";
    }

    private static boolean is(Entry entry, String state) {
        return entry != null && entry.state().equals(state);
    }

    private static boolean isDelivered(Entry centre) {
        return centre != null && !centre.state().equals("refused");
    }

    /** The digests of the manifest and of the content, as far as both know them. */
    private void compare(Entry one, Entry other) {
        if (one == null || other == null) {
            return;
        }
        compare(one, other, "manifest", one.manifest(), other.manifest());
        compare(one, other, "content", one.content(), other.content());
    }

    private void compare(Entry one, Entry other, String what, Sha256 expected, Sha256 found) {
        if (expected != null && found != null && !expected.equals(found)) {
            find(
                    other.site(),
                    other,
                    "expected the " + what + " of " + one.site() + ", SHA-256 " + expected + ", found " + found);
        }
    }

    private void requireLab(Entry any, Entry lab, Entry hq) {
        SiteId sender = any.messageId().sender();
        if (lab == null && audited.contains(sender)) {
            find(sender, any, "expected it in the laboratory's journal, since " + any.site() + " has it, found no row");
        }
        // A doubtful message was never confirmed: its laboratory may have been refused at the repeat.
        if (is(lab, "failed") && hq != null && !is(hq, "doubtful")) {
            find(sender, any, "expected it nowhere else, being failed, found it " + hq.state() + " at headquarters");
        }
    }

    private void requireHeadquarters(Entry any, Entry lab, Entry hq, Entry centre) {
        if (headquarters == null || hq != null) {
            return;
        }
        boolean isSent = is(lab, "sent");
        if (isSent || centre != null) {
            Entry known = isSent ? lab : centre;
            find(
                    headquarters,
                    any,
                    "expected its row, since " + known.site() + " has it as " + known.state() + ", found none"
                            + (isSent && !isDelivered(centre) ? Resend.of(any.messageId()) : ""));
        }
    }

    private void requireCentre(Entry hq, Entry centre) {
        SiteId recipient = hq.recipient();
        if (hq.state().equals("acknowledged") && audited.contains(recipient) && !isDelivered(centre)) {
            find(
                    recipient,
                    hq,
                    "expected it delivered, as headquarters has it acknowledged, found "
                            + (centre == null ? "no row in the journal" : "it " + centre.state()));
        }
        boolean isOpenAtHeadquarters = is(hq, "queued") || is(hq, "doubtful");
        if (isOpenAtHeadquarters && is(centre, "acknowledged")) {
            find(hq.site(), hq, "expected it acknowledged, as " + recipient + " has it, found it still " + hq.state());
        }
        if (!isOpenAtHeadquarters && !hq.state().equals("acknowledged") && isDelivered(centre)) {
            find(
                    hq.site(),
                    hq,
                    "expected it acknowledged, since " + recipient + " has delivered it, found it " + hq.state());
        }
    }

    private void find(SiteId site, Entry entry, String text) {
        findings.add(new Finding(site, entry.messageId() + " for " + entry.recipient(), text));
    }

    /** How many messages times recipients there are of each state. */
    Map<String, Long> counts() {
        return counts;
    }

    List<Finding> findings() {
        return findings;
    }
}
