package io.saddlebag.hq.publish;

import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code checkBody}: the bytes of a one-part message are those that the manifest names. */
public final class CheckBody implements Processor {
    @Override
    public void process(Exchange exchange) {
        Submission submission = Submission.of(exchange);
        Manifest.Body expected = submission.manifest().body();
        PublishFrame frame = submission.frame();
        if (frame.size() != expected.size()) {
            throw new Refusal(
                    Code.BAD_DIGEST,
                    "Expected a sealed message of " + expected.size() + " bytes, found " + frame.size()
                            + ". It was cut or changed on the way; send it again");
        }
        Sha256 sha256 = Sha256.of(frame.body(), frame.envelope().length, frame.size());
        if (!sha256.equals(expected.sha256())) {
            throw new Refusal(
                    Code.BAD_DIGEST,
                    "Expected a sealed message with the SHA-256 " + expected.sha256() + ", found " + sha256
                            + ". It was changed on the way; send it again");
        }
    }
}
