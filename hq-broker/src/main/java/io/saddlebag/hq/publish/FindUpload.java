package io.saddlebag.hq.publish;

import io.saddlebag.hq.session.HqProperties;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code findUpload}: a part after the first follows the part 1 that came on its connection. */
public final class FindUpload implements Processor {
    private final Uploads uploads;

    public FindUpload(Uploads uploads) {
        this.uploads = uploads;
    }

    @Override
    public void process(Exchange exchange) {
        Submission submission = Submission.of(exchange);
        submission.belongsTo(uploads.find(HqProperties.session(exchange), submission.frame()));
    }
}
