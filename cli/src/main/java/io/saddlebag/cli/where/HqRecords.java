package io.saddlebag.cli.where;

import io.saddlebag.cli.where.Step.Basis;
import io.saddlebag.cli.where.Step.Kind;
import io.saddlebag.hq.where.WhereStore;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import io.saddlebag.where.HeldDelivery;
import io.saddlebag.where.IdPattern;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The records in headquarters' database, which has no names and no digests of files. The connection is the caller's. */
final class HqRecords implements Records {
    private final SiteId site;
    private final Proofs proofs;
    private final HeldCourse course;
    private final WhereStore store;
    private final Map<MessageId, WhereStore.Held> found = new TreeMap<>();

    HqRecords(SiteId site, Proofs proofs, StatusFile status, Connection connection) {
        this.site = site;
        this.proofs = proofs;
        this.course = new HeldCourse(site, proofs, status);
        this.store = new WhereStore(connection, true);
    }

    @Override
    public Set<MessageId> ids(Sought sought) throws IOException {
        if (sought.pattern() == null) {
            return Set.of();
        }
        find(sought.pattern());
        return new TreeSet<>(found.keySet());
    }

    private void find(IdPattern pattern) throws IOException {
        try {
            store.find(pattern, null, Long.MAX_VALUE, MOST + 1).forEach(each -> found.put(each.messageId(), each));
        } catch (SQLException e) {
            throw new IOException(
                    site + ": expected headquarters' tables, found " + e.getMessage()
                            + ". Start this version of headquarters once; it makes the tables, or says which version"
                            + " made them",
                    e);
        }
    }

    @Override
    public void tell(Set<MessageId> ids, Findings findings) throws IOException {
        for (MessageId each : ids) {
            if (!found.containsKey(each)) {
                find(IdPattern.of(each.value()));
            }
            if (found.containsKey(each)) {
                tell(found.get(each), findings);
            }
        }
    }

    private void tell(WhereStore.Held held, Findings findings) {
        for (HeldDelivery each : held.deliveries()) {
            Proofs.Claim claim = proofs.claim(held.manifest(), each);
            String note = claim.holds() ? null : "its signature does not hold: " + claim.fault();
            Basis basis = claim.holds() ? Basis.PROVED : Basis.WORD;
            Course to = findings.message(held.messageId()).to(each.receiverClientId());
            String sender = held.messageId().sender().value();
            to.add(Kind.CLAIMED, claim.holds() ? claim.time() : each.sentTimestamp(), sender, basis, note);
            to.add(Kind.SEALED, null, sender, basis, note);
            course.tell(to, each, true);
        }
    }

    @Override
    public int rank() {
        return 2;
    }

    /** The connection is closed by whoever opened it. */
    @Override
    public void close() {
        found.clear();
    }
}
