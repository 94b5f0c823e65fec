package io.saddlebag.rc.verdict;

import io.saddlebag.dsse.Envelope;
import io.saddlebag.identity.CurrentIdentity;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Json;
import io.saddlebag.message.SiteId;
import io.saddlebag.message.verdict.Verdict;
import io.saddlebag.rc.records.JournalledDelivery;
import io.saddlebag.rc.records.VerdictRecords.Row;
import java.security.Provider;

/** Signs verdicts as this centre. For any number of threads. */
public final class VerdictSigner {
    private final CurrentIdentity identity;
    private final Provider ed25519;

    /** @param ed25519 computes the signatures */
    public VerdictSigner(CurrentIdentity identity, Provider ed25519) {
        this.identity = identity;
        this.ed25519 = ed25519;
    }

    SiteId site() {
        return identity.now().site();
    }

    /** The same with its envelope, for the manifest that the message has now. */
    Row signed(Row given, JournalledDelivery delivery) {
        SiteIdentity signer = identity.now();
        byte[] verdict = Json.write(new Verdict(
                given.kind(),
                signer.trust().networkId(),
                given.messageId(),
                given.sender(),
                signer.site(),
                delivery.manifestSha256(),
                delivery.contentHmac(),
                given.time(),
                given.code(),
                given.reason()));
        return given.signed(
                Envelope.signed(signer, Verdict.TYPE, verdict, ed25519).write());
    }
}
