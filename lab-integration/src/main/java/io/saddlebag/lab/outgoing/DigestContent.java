package io.saddlebag.lab.outgoing;

import io.saddlebag.files.tree.FolderTar;
import io.saddlebag.lab.message.ContentDigest;
import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.lab.message.OutgoingMessage.State;
import io.saddlebag.lab.records.FormerName;
import io.saddlebag.lab.records.LabFolders;
import io.saddlebag.lab.records.LabJournal;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes the content's size and digest, which the seal will carry and a second drop is judged by. */
public final class DigestContent implements Processor {
    private final LabJournal journal;
    private final LabFolders folders;

    public DigestContent(LabJournal journal, LabFolders folders) {
        this.journal = Objects.requireNonNull(journal, "journal");
        this.folders = Objects.requireNonNull(folders, "folders");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        OutgoingMessage message = LabExchange.outgoing(exchange);
        FormerName.leave(journal, folders, message);
        ContentDigest content = digest(exchange, message);
        if (LabExchange.content(exchange) == null || message.mayBeFolder()) {
            // A file that is held is looked at once, when it is sealed.
            folders.requireUnchanged(message.messageId(), message.claim());
        }
        LabExchange.outgoing(
                exchange,
                new OutgoingMessage(
                        message.number(),
                        message.messageId(),
                        message.claim(),
                        State.CLAIMED,
                        content.size(),
                        content.sha256(),
                        null,
                        null));
    }

    private ContentDigest digest(Exchange exchange, OutgoingMessage message) throws IOException {
        Path file = folders.content(message.messageId());
        try {
            try (InputStream in = message.mayBeFolder() ? FolderTar.open(file) : FolderTar.openFile(file)) {
                if (!message.isSmall() || message.claim().look() == null) {
                    return ContentDigest.of(in, message.size());
                }
                // A byte more than it is to have, so that one which has grown is found by its size.
                byte[] content = in.readNBytes((int) message.size() + 1);
                LabExchange.content(exchange, content);
                return ContentDigest.of(content);
            }
        } catch (NoSuchFileException e) {
            folders.requireWork();
            throw new Refusal(
                    Refusal.Code.BAD_FILE,
                    "Expected the claimed file at " + e.getFile()
                            + ", found nothing: somebody took it out of the work folder. Drop the file again",
                    e);
        }
    }
}
