package io.saddlebag.hq.publish;

import io.saddlebag.clock.RunningTime;
import io.saddlebag.hq.store.PayloadStore;
import java.io.IOException;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Step {@code forgetUploads}: the parts of messages that nobody goes on with are given up. Blocks on the disk. */
public final class ForgetUploads implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(ForgetUploads.class);

    private final PayloadStore payloads;
    private final Duration age;
    private final RunningTime time;

    /** @param age how long the parts are kept after the last one came */
    public ForgetUploads(PayloadStore payloads, Duration age, RunningTime time) {
        this.payloads = payloads;
        this.age = age;
        this.time = time;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        int forgotten = payloads.discardUploads(dated -> time.isOlder(dated, age));
        if (forgotten > 0) {
            LOG.info("{} uploads that broke off more than {} ago were given up", forgotten, age);
        }
    }
}
