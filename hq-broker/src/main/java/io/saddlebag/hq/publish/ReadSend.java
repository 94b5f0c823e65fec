package io.saddlebag.hq.publish;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.hq.session.HqProperties;
import io.saddlebag.message.Manifest;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code readSend}: the frame's headers and body become a submission; the manifest's envelope becomes the body. */
public final class ReadSend implements Processor {
    @Override
    public void process(Exchange exchange) {
        PublishFrame frame = PublishFrame.of(HqProperties.frame(exchange));
        exchange.setProperty(Submission.PROPERTY, new Submission(frame));
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, Manifest.TYPE);
        exchange.getMessage().setBody(frame.envelope());
    }
}
