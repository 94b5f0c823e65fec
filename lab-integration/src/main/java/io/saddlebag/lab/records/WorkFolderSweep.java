package io.saddlebag.lab.records;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.lab.claim.DropClaims;
import io.saddlebag.lab.message.OutgoingMessage;
import io.saddlebag.message.MessageId;
import io.saddlebag.stores.FolderStore;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes, at a start, the work that a crash left half done. A claim whose file has no name in the work folder yet
 * gets it, or is taken back when there is no file. The work folder of a settled message is cleared. Reads the journal
 * page by page. Runs before the routes.
 */
public final class WorkFolderSweep {
    private static final Logger LOG = LoggerFactory.getLogger(WorkFolderSweep.class);
    private static final int PAGE = 500;

    private final LabJournal journal;
    private final LabFolders folders;
    private final Path work;

    public WorkFolderSweep(LabJournal journal, LabFolders folders, Path work) {
        this.journal = journal;
        this.folders = folders;
        this.work = work;
    }

    public void run() throws IOException {
        int waiting = takeBackEmptyClaims();
        clearSettled();
        if (waiting > 0) {
            LOG.info("{} messages wait to be sent from an earlier run", waiting);
        }
    }

    private int takeBackEmptyClaims() throws IOException {
        int waiting = 0;
        long after = 0;
        List<OutgoingMessage> page = journal.unsettled(after, PAGE);
        while (!page.isEmpty()) {
            for (OutgoingMessage message : page) {
                after = message.number();
                folders.leaveFormerName(journal, message);
                boolean isEmpty = message.state() == OutgoingMessage.State.CLAIMED && !hasContent(message);
                if (!isEmpty || !takeBack(message)) {
                    waiting++;
                }
            }
            page = journal.unsettled(after, PAGE);
        }
        return waiting;
    }

    /** @return false for one that is sent again: it is known to its recipients, and fails with a reason when its turn comes */
    private boolean takeBack(OutgoingMessage message) throws IOException {
        Optional<FailureReason> refused = folders.failed().reasonOf(message);
        if (refused.isPresent()) {
            FailureReason reason = refused.get();
            journal.failed(message, reason.code(), reason.reason(), reason.failedTimestamp());
            LOG.info("{}: refused ({}) before a crash, now recorded", message.messageId(), reason.code());
            return true;
        }
        if (journal.resends().isSentAgain(message.number())) {
            return false;
        }
        journal.forget(message.number());
        LOG.warn("{}: claimed but never moved; taken from its drop folder again if it is there", message.messageId());
        return true;
    }

    /** Gives the file its name when a crash came before that. */
    private boolean hasContent(OutgoingMessage message) throws IOException {
        if (Files.exists(folders.content(message.messageId()), LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        String place = journal.value(
                "SELECT claim_place FROM message WHERE number = ?", row -> row.getString(1), message.number());
        if (place == null || !Files.exists(folders.claim(place), LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        folders.takeIn(folders.claim(place), message.messageId());
        return true;
    }

    /** A message was about to be sent again, and the journal does not say so yet. */
    private boolean giveBackToSent(MessageId messageId) throws IOException {
        String keptAs = journal.resends().keptAs(messageId);
        if (keptAs == null) {
            return false;
        }
        Path kept = folders.sent().resolve(keptAs);
        if (Files.exists(kept, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        AtomicFiles.createFolders(kept.getParent());
        LabFolders.move(folders.content(messageId), kept);
        return true;
    }

    private static String withoutSuffix(String name) {
        return name.endsWith(LabFolders.SEALED_SUFFIX)
                ? name.substring(0, name.length() - LabFolders.SEALED_SUFFIX.length())
                : name;
    }

    private void clearSettled() throws IOException {
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(work, entry -> !entry.endsWith(FolderStore.MARKER))) {
            for (Path entry : entries) {
                if (entry.equals(DropClaims.baseIn(work))) {
                    continue;
                }
                MessageId messageId;
                try {
                    messageId = MessageId.of(withoutSuffix(entry.getFileName().toString()));
                } catch (IllegalArgumentException e) {
                    LOG.warn("{}: not of this application, left alone", entry);
                    continue;
                }
                Optional<OutgoingMessage> known = journal.find(messageId);
                boolean holdsContent = Files.exists(folders.content(messageId), LinkOption.NOFOLLOW_LINKS);
                boolean isSent = known.isPresent() && known.get().state() == OutgoingMessage.State.SENT;
                if (known.isPresent() && !known.get().isSettled()) {
                    continue;
                }
                // One that was sent got its name in sent/ before the row said so; only this one was left.
                if (!holdsContent || (isSent && LabFolders.isNamedElsewhere(folders.content(messageId)))) {
                    folders.clear(messageId);
                } else if (!isSent || !giveBackToSent(messageId)) {
                    LOG.error("{}: holds a file that the journal does not know; look at it by hand", entry);
                }
            }
        }
    }
}
