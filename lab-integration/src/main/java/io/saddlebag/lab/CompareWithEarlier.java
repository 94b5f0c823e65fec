package io.saddlebag.lab;

import io.saddlebag.folder.DroppedName;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Sha256;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Judges a drop against the journal: new, or a duplicate of what was claimed before under its message_id. Other bytes
 * under the same id are refused. An id whose file failed is free again, so that a corrected file can be dropped.
 */
final class CompareWithEarlier implements Processor {
    static final String NEW = "new";
    static final String DUPLICATE = "duplicate";

    private final LabJournal journal;
    private final LabFolders folders;

    CompareWithEarlier(LabJournal journal, LabFolders folders) {
        this.journal = Objects.requireNonNull(journal, "journal");
        this.folders = Objects.requireNonNull(folders, "folders");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        DroppedName name = LabExchange.droppedName(exchange);
        Optional<OutgoingMessage> earlier = journal.find(name.messageId());
        if (earlier.isPresent() && earlier.get().state() == OutgoingMessage.State.FAILED) {
            journal.forget(earlier.get().number());
            earlier = Optional.empty();
        }
        if (earlier.isEmpty()) {
            exchange.setProperty(LabExchange.VERDICT, NEW);
            return;
        }
        Sha256 before = earlier.get().sha256() == null
                ? ContentDigest.of(folders.content(name.messageId())).sha256()
                : earlier.get().sha256();
        Sha256 now = ContentDigest.of(LabExchange.dropped(exchange)).sha256();
        if (!now.equals(before)) {
            throw new Refusal(
                    Refusal.Code.CONFLICT,
                    "Expected the bytes that " + name.messageId() + " was first dropped with (SHA-256 " + before
                            + "), found others (SHA-256 " + now
                            + "). Drop a correction under a name that ends in _r2 before the dot");
        }
        exchange.setProperty(LabExchange.VERDICT, DUPLICATE);
    }
}
