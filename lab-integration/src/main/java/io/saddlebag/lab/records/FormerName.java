package io.saddlebag.lab.records;

import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.MessageId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The name in the work folder of a message that got another id. */
public final class FormerName {
    private FormerName() {}

    /**
     * Gives the claimed file the name of its message's id, and deletes what was sealed under the former one. Cut short by a
     * crash, it is done again and ends the same.
     */
    public static void leave(LabJournal journal, LabFolders folders, OutgoingMessage message) throws IOException {
        MessageId former = message.formerId();
        if (former == null
                || isThere(folders.content(message.messageId()))
                // Another claim has the former id: what lies there is its own.
                || journal.find(former).isPresent()) {
            return;
        }
        folders.clearSealed(former);
        if (isThere(folders.content(former))) {
            Files.move(folders.content(former), folders.content(message.messageId()));
        }
    }

    private static boolean isThere(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }
}
