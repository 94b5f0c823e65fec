package io.saddlebag.rc.keys;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code takeKeyFrame}: the envelope of a MESSAGE from {@code /keys}, ready to be verified. */
public final class TakeKeyFrame implements Processor {
    @Override
    public void process(Exchange exchange) {
        byte[] envelope = exchange.getMessage().getBody(StompFrame.class).body();
        exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, KeyBundle.TYPE);
        exchange.setProperty(AdoptKeyBundle.ENVELOPE, envelope);
        exchange.getMessage().setBody(envelope);
    }
}
