package io.saddlebag.lab.drop;

import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Refuses a well-named file that no route of its folder takes. */
public final class RefuseStray implements Processor {
    public static final String TAKEN = "taken";

    @Override
    public void process(Exchange exchange) {
        throw new Refusal(
                Refusal.Code.BAD_NAME,
                "Expected in this folder a name like " + exchange.getProperty(TAKEN, String.class) + ", found '"
                        + Printable.of(LabExchange.droppedName(exchange).fileName())
                        + "'. Drop it into the folder for its kind, or have a route added that takes it");
    }
}
