package io.saddlebag.rc.keys;

import io.saddlebag.message.Json;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.rc.records.RcJournal;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code keepKeyBundle}: a signed bundle is in the journal before anybody sees it. */
public final class KeepKeyBundle implements Processor {
    private final RcJournal journal;

    public KeepKeyBundle(RcJournal journal) {
        this.journal = journal;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        byte[] bundle = exchange.getProperty(FindKeyBundle.BUNDLE, byte[].class);
        journal.keep(new RcJournal.SignedBundle(
                Json.read(bundle, KeyBundle.class).version(),
                bundle,
                exchange.getMessage().getBody(byte[].class)));
    }
}
