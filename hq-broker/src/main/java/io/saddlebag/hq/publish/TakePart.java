package io.saddlebag.hq.publish;

import io.saddlebag.failpoint.Failpoint;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code takePart}: the bytes go into the upload; when it is full its digest is checked and it can be committed.
 * Blocks on the disk.
 */
public final class TakePart implements Processor {
    private final Uploads uploads;

    public TakePart(Uploads uploads) {
        this.uploads = uploads;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Submission submission = Submission.of(exchange);
        OpenUpload upload = submission.upload();
        if (upload == null) {
            return;
        }
        submission.next(upload.take(submission.frame()));
        Failpoint.HQ_PART_WRITTEN.reached();
        if (upload.isFull()) {
            try {
                submission.uploaded(upload.complete());
            } finally {
                uploads.ended(upload);
            }
        }
    }
}
