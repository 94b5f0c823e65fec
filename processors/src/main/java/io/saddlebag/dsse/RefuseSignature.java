package io.saddlebag.dsse;

import io.saddlebag.message.Refusal;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Ends a verification that failed, whatever the provider's exception is, as the one refusal. For any thread. */
final class RefuseSignature implements Processor {
    @Override
    public void process(Exchange exchange) {
        PendingEnvelope refused = PendingEnvelope.of(exchange);
        exchange.removeProperty(PendingEnvelope.PROPERTY);
        exchange.getMessage().removeHeaders("CamelSignature*");
        exchange.getMessage().removeHeaders("CamelDigitalSignature*");
        throw refusal(refused, exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
    }

    static Refusal refusal(PendingEnvelope refused, Exception cause) {
        return new Refusal(
                Refusal.Code.BAD_SIGNATURE,
                "Expected a signature of " + refused.signer() + " by its key " + refused.fingerprint()
                        + ", found one that does not verify: the bytes were altered, or another key signed them",
                cause);
    }
}
