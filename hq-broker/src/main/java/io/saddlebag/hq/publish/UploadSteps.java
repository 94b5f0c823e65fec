package io.saddlebag.hq.publish;

import io.saddlebag.clock.Durations;
import io.saddlebag.clock.RunningTime;
import io.saddlebag.failpoint.Failpoint;
import io.saddlebag.hq.receipts.SenderChains;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.hq.store.ConfirmedMessages;
import io.saddlebag.hq.store.MessageStore.StoredMessage;
import io.saddlebag.hq.store.PayloadStore;
import io.saddlebag.hq.store.StoreException;
import io.saddlebag.message.Manifest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of a message in several parts, and the one that discards old parts. All but {@link #findUpload} block on the
 * disk or the store.
 */
public final class UploadSteps {
    private static final Logger LOG = LoggerFactory.getLogger(UploadSteps.class);

    private final ConfirmedMessages confirmed;
    private final Uploads uploads;
    private final SenderChains chains;
    private final PayloadStore payloads;
    private final Duration age;
    private final RunningTime time;

    /** @param age how long the parts of a message are kept after the last one came */
    public UploadSteps(
            ConfirmedMessages confirmed,
            Uploads uploads,
            SenderChains chains,
            PayloadStore payloads,
            Duration age,
            RunningTime time) {
        this.confirmed = confirmed;
        this.uploads = uploads;
        this.chains = chains;
        this.payloads = payloads;
        this.age = age;
        this.time = time;
    }

    /**
     * Part 1 opens the upload, or resumes the one that broke off. A confirmed message needs no more parts. One whose commit
     * is under way or in doubt is taken once more, and so is a doubtful one, which it completes.
     */
    public void openUpload(Exchange exchange) throws StoreException, IOException {
        Submission submission = Submission.of(exchange);
        Manifest manifest = submission.manifest();
        Optional<StoredMessage> stored = confirmed.find(manifest.sender().id(), manifest.messageId());
        if (stored.isEmpty()) {
            submission.belongsTo(uploads.open(HqProperties.session(exchange), submission));
        } else if (submission.isRepeatOf(stored.get())) {
            chains.took(manifest, 0);
            exchange.setProperty(HqProperties.NEXT_PART, manifest.parts() + 1);
        } else {
            throw submission.conflict();
        }
    }

    /** A part after the first follows the part 1 that came on its connection. */
    public void findUpload(Exchange exchange) {
        Submission submission = Submission.of(exchange);
        submission.belongsTo(uploads.find(HqProperties.session(exchange), submission.frame()));
    }

    /** Appends the bytes to the upload. A full upload is checked against its digest and can be committed. */
    public void takePart(Exchange exchange) throws IOException {
        Submission submission = Submission.of(exchange);
        OpenUpload upload = submission.upload();
        if (upload == null) {
            return;
        }
        exchange.setProperty(HqProperties.NEXT_PART, upload.take(submission.frame()));
        Failpoint.HQ_PART_WRITTEN.reached();
        if (upload.isFull()) {
            try {
                submission.uploaded(upload.complete());
            } finally {
                uploads.ended(upload);
            }
        }
    }

    /** Discards the parts of messages of which none came for the given time, on an open connection too. */
    public void forgetUploads(Exchange exchange) throws IOException {
        uploads.closeIdle(dated -> time.isOlder(dated, age));
        int forgotten = payloads.discardUploads(dated -> time.isOlder(dated, age));
        if (forgotten > 0) {
            LOG.info("{} uploads without progress for {} were given up", forgotten, Durations.text(age));
        }
    }
}
