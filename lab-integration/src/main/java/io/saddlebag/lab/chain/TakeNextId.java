package io.saddlebag.lab.chain;

import io.saddlebag.journal.AfterCommit;
import io.saddlebag.lab.message.OutgoingContext;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.outgoing.OutgoingWindow;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import java.time.Duration;
import java.util.Objects;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a message the next id of its series: the journal first, then the file in the work folder. It is sealed and
 * signed again under that id, after a pause in which the others that were on their way meet their own conflict.
 */
public final class TakeNextId extends AsyncProcessorSupport {
    private static final Logger LOG = LoggerFactory.getLogger(TakeNextId.class);
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final LabJournal journal;
    private final LabFolders folders;
    private final OutgoingWindow window;
    private final AfterCommit afterCommit;

    public TakeNextId(LabJournal journal, LabFolders folders, OutgoingWindow window, AfterCommit afterCommit) {
        this.journal = Objects.requireNonNull(journal, "journal");
        this.folders = Objects.requireNonNull(folders, "folders");
        this.window = Objects.requireNonNull(window, "window");
        this.afterCommit = Objects.requireNonNull(afterCommit, "after commit");
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        OutgoingMessage message = OutgoingContext.message(exchange);
        return afterCommit.then(journal.chain().nextId(message), exchange, callback, renamed -> {
            folders.leaveFormerName(journal, renamed);
            LOG.warn(
                    "{}: headquarters has another message of this id; sent as {}",
                    message.messageId(),
                    renamed.messageId());
            window.startOverAfter(PAUSE);
        });
    }
}
