package io.saddlebag.hq.shared;

import io.saddlebag.hq.keys.KeyDirectory;
import io.saddlebag.hq.keys.RevocationSteps;
import io.saddlebag.hq.receipts.ReceiptWatch;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.hq.store.shared.SharedMarks;
import java.io.IOException;
import javax.sql.DataSource;
import org.apache.camel.Exchange;

/**
 * The steps that a timer starts at each node to hear of the others. They block on the database; one question asks whether there
 * is news, and one for the ends of deliveries if there are some to watch.
 */
public final class SharedSteps {
    private final DataSource database;
    private final KeyDirectory keys;
    private final SharedTopology topology;
    private final SharedTrust trust;
    private final RevocationSteps revocations;
    private final SharedRenewals renewals;
    private final ReceiptWatch receipts;

    public SharedSteps(
            DataSource database,
            KeyDirectory keys,
            SharedTopology topology,
            SharedTrust trust,
            RevocationSteps revocations,
            SharedRenewals renewals,
            ReceiptWatch receipts) {
        this.database = database;
        this.keys = keys;
        this.topology = topology;
        this.trust = trust;
        this.revocations = revocations;
        this.renewals = renewals;
        this.receipts = receipts;
    }

    /** Takes up keys, topology, revocation list, and requests for certificates that another node has. */
    public void takeUpNews(Exchange exchange) throws StoreException, IOException {
        trust.handOn();
        SharedMarks marks = SharedMarks.read(database);
        keys.takeUp(marks.keys());
        topology.takeUp(marks.topology());
        if (trust.takeUp(marks.trust())) {
            revocations.lookAtRevocations(exchange);
        }
        renewals.takeUp(marks.renewals());
    }

    /** Tells senders here what other nodes settled. */
    public void tellEnds(Exchange exchange) throws StoreException {
        receipts.tell();
    }
}
