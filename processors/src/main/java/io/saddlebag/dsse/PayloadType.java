package io.saddlebag.dsse;

import org.apache.camel.Exchange;

/** The payload type that the caller of a signature route asks for. */
final class PayloadType {
    private PayloadType() {}

    static String of(Exchange exchange) {
        String type = exchange.getProperty(SignatureProperties.PAYLOAD_TYPE, String.class);
        if (type == null) {
            throw new IllegalStateException(
                    "Expected the exchange property " + SignatureProperties.PAYLOAD_TYPE + ", found none");
        }
        return type;
    }
}
