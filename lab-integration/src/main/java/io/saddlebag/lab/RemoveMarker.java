package io.saddlebag.lab;

import io.saddlebag.folder.AtomicFiles;
import io.saddlebag.folder.SettledFiles;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Removes the markers {@code .ready} and {@code .bagit} of a dropped file or folder that has been dealt with. */
final class RemoveMarker implements Processor {
    @Override
    public void process(Exchange exchange) throws IOException {
        AtomicFiles.deleteIfThere(SettledFiles.readyMarker(LabExchange.dropped(exchange)));
        AtomicFiles.deleteIfThere(SettledFiles.bagMarker(LabExchange.dropped(exchange)));
    }
}
