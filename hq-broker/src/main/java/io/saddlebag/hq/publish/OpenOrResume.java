package io.saddlebag.hq.publish;

import io.saddlebag.hq.chain.SenderChains;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.store.ConfirmedMessages;
import io.saddlebag.hq.store.MessageStore.StoredMessage;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import java.io.IOException;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code openUpload}: part 1 of several opens the upload, or goes on with the one that broke off; of a message that
 * is committed for good, nothing more is wanted. One whose commit is under way or in doubt is taken once more, and so is
 * a doubtful one, which it completes. Blocks on the store.
 */
public final class OpenOrResume implements Processor {
    private final ConfirmedMessages confirmed;
    private final Uploads uploads;
    private final SenderChains chains;

    public OpenOrResume(ConfirmedMessages confirmed, Uploads uploads, SenderChains chains) {
        this.confirmed = confirmed;
        this.uploads = uploads;
        this.chains = chains;
    }

    @Override
    public void process(Exchange exchange) throws StoreException, IOException {
        Submission submission = Submission.of(exchange);
        Manifest manifest = submission.manifest();
        Optional<StoredMessage> stored = confirmed.find(manifest.sender().id(), manifest.messageId());
        if (stored.isEmpty()) {
            submission.belongsTo(uploads.open(HqProperties.session(exchange), submission));
        } else if (stored.get().manifestSha256().equals(submission.manifestSha256())) {
            chains.took(manifest, 0);
            submission.next(manifest.parts() + 1);
        } else {
            throw conflict(manifest);
        }
    }

    static Refusal conflict(Manifest manifest) {
        return new Refusal(
                Code.CONFLICT,
                "Expected the manifest that " + manifest.messageId()
                        + " was committed with, found another. Send a correction under its own message_id, such as "
                        + manifest.messageId() + "_r2");
    }
}
