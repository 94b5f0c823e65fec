package io.saddlebag.lab;

import io.saddlebag.lab.OutgoingMessage.State;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes the content's size and digest, which the seal will carry and a second drop is judged by. */
final class DigestContent implements Processor {
    private final LabFolders folders;

    DigestContent(LabFolders folders) {
        this.folders = Objects.requireNonNull(folders, "folders");
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        OutgoingMessage message = LabExchange.outgoing(exchange);
        ContentDigest content = digest(message);
        folders.requireUnchanged(message.messageId(), message.claim());
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

    private ContentDigest digest(OutgoingMessage message) throws IOException {
        try {
            return ContentDigest.of(folders.content(message.messageId()));
        } catch (NoSuchFileException e) {
            throw new Refusal(
                    Refusal.Code.BAD_FILE,
                    "Expected the claimed file at " + e.getFile()
                            + ", found nothing: somebody took it out of the work folder. Drop the file again",
                    e);
        }
    }
}
