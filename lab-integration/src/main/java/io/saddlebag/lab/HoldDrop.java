package io.saddlebag.lab;

import io.saddlebag.folder.SettledFiles;
import io.saddlebag.message.Printable;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leaves a dropped file where it is when this site's own disk made trouble, and has it offered again later. */
final class HoldDrop implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(HoldDrop.class);

    private final SettledFiles settled;
    private final Duration pause;

    HoldDrop(SettledFiles settled, Duration pause) {
        this.settled = Objects.requireNonNull(settled, "settled files");
        this.pause = Objects.requireNonNull(pause, "pause");
    }

    @Override
    public void process(Exchange exchange) {
        Path dropped = LabExchange.dropped(exchange);
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (!Files.exists(dropped, LinkOption.NOFOLLOW_LINKS)) {
            LOG.info(
                    "{}: taken out of its drop folder before this site took it; nothing of it is sent",
                    Printable.of(dropped.getFileName().toString()));
            return;
        }
        if (failure instanceof StillWrittenException) {
            LOG.info(
                    "{}: {}; taken when it is complete",
                    Printable.of(dropped.getFileName().toString()),
                    failure.getMessage());
            return;
        }
        settled.holdOff(dropped, pause);
        LOG.error(
                "{}: stays in its drop folder, tried again in {} s: {}",
                Printable.of(dropped.getFileName().toString()),
                pause.toSeconds(),
                Printable.of(failure.toString()));
    }
}
