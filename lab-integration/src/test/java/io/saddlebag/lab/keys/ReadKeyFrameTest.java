package io.saddlebag.lab.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Refusal;
import io.saddlebag.stomp.Headers;
import io.saddlebag.stomp.StompCommand;
import io.saddlebag.stomp.StompFrame;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class ReadKeyFrameTest {
    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

    private void read(String destination) {
        exchange.getIn()
                .setBody(StompFrame.of(StompCommand.MESSAGE)
                        .header(Headers.DESTINATION, destination)
                        .body(new byte[] {7})
                        .build());
        new ReadKeyFrame().process(exchange);
    }

    @Test
    void handsTheEnvelopeOnToBeVerifiedAsAKeyBundle() {
        read("/keys/CA-RC");
        assertThat(exchange.getIn().getBody()).isEqualTo(new byte[] {7});
        assertThat(exchange.getProperty(SignatureProperties.PAYLOAD_TYPE)).isEqualTo(KeyBundle.TYPE);
    }

    @Test
    void refusesWhatNobodyAskedFor() {
        assertThatThrownBy(() -> read("/queue/ca_rc_queue")).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> read(null)).isInstanceOf(Refusal.class);
    }
}
